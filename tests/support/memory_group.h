// A limit on the memory of one process: a memory cgroup, where this process may make one (root with version 1 or 2),
// else the limit of the shell on data.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rig/process.h"

namespace pgfill::tests {

/// The group goes with the object, which must outlive the process.
class MemoryGroup {
 public:
  explicit MemoryGroup(std::size_t bytes);
  ~MemoryGroup();
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  /// The same process within the limit.
  rig::ProcessSpec confine(const rig::ProcessSpec& spec) const;
  /// What limits it, for people.
  std::string name() const { return directory_.empty() ? "ulimit -d" : directory_.string(); }

 private:
  bool make(const std::filesystem::path& parent, const std::string& limit);

  std::size_t bytes_;
  std::filesystem::path directory_;  ///< empty: there is no cgroup
};

/// The most memory the process has had in use at once, in bytes, as long as it runs; 0 afterwards.
std::size_t peak_memory(pid_t pid);

}  // namespace pgfill::tests
