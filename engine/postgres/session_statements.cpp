// Which statements the server has prepared in a session, and under which texts.
#include <libpq-fe.h>

#include "postgres/session.h"

namespace pgfill::postgres {

/// Unless the server has this text under this name.
void Session::prepare(const std::string& name, const std::string& text, std::size_t number,
                      std::vector<Expected>& expected) {
  const auto known = prepared_.find(name);
  if (known != prepared_.end() && known->second == text) return;
  if (known != prepared_.end()) {
    const std::string forget = "DEALLOCATE " + name;
    expected.push_back({number, Expected::Step::forget, name, known->second});
    if (PQsendQueryParams(connection_, forget.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 0)
      broken("sending");
  }
  prepared_[name] = text;
  expected.push_back({number, Expected::Step::prepare, name});
  if (PQsendPrepare(connection_, name.c_str(), text.c_str(), 0, nullptr) == 0) broken("sending");
}

/// A statement whose preparation failed or was skipped is not there: it must be prepared again. `has_former`: nor was
/// the one before it forgotten.
void Session::note_failed(const Expected& expected, bool has_former) {
  if (expected.step == Expected::Step::forget) prepared_[expected.name] = expected.former;
  if (expected.step == Expected::Step::prepare && !has_former) prepared_.erase(expected.name);
}

}  // namespace pgfill::postgres
