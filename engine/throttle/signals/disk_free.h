// Room left on the file systems of the server, where they can be seen from here.
#pragma once

#include <cstdint>
#include <optional>

#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Each directory is a subject. PostgreSQL tells no role how full its disks are, so this works only on the server's own
/// host; elsewhere, or where this role may not know the directory, it is not watched and says so.
class DiskFree : public Signal {
 public:
  /// `least`: a share, or bytes. `table`: OID; its tablespace is watched, too.
  DiskFree(double least, Unit unit, std::uint32_t table);

  async::milliseconds every() const override { return std::chrono::seconds(5); }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;
  std::string not_watched() const override { return not_watched_; }

 private:
  void look_at(const std::string& directory, std::vector<Reading>& readings);

  Unit unit_;
  std::uint32_t table_;
  std::string not_watched_;
};

}  // namespace pgfill::throttle
