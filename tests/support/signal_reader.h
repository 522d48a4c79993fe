// Reads signals of the throttle as the sampler does, but blocking: one session on an io_context of its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "throttle/sampler.h"

namespace pgfill::tests {

/// One call at a time. Throws postgres::Failure.
class SignalReader {
 public:
  explicit SignalReader(const std::string& conninfo);
  ~SignalReader();
  SignalReader(const SignalReader&) = delete;
  SignalReader& operator=(const SignalReader&) = delete;

  std::vector<throttle::Reading> read(throttle::Signal& signal);
  /// The only reading; a failure and an empty one when there are several, or none.
  throttle::Reading only(throttle::Signal& signal);
  void sample(throttle::Sampler& sampler);
  /// As if the server had gone.
  void close() { session_->close(); }
  int backend_pid() const { return session_->backend_pid(); }

 private:
  boost::asio::io_context io_;
  std::unique_ptr<postgres::Session> session_;
};

/// The reading whose subject begins so; an empty one when there is none.
throttle::Reading about(const std::vector<throttle::Reading>& readings, const std::string& signal,
                        const std::string& subject = {});

}  // namespace pgfill::tests
