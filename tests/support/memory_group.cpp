#include "support/memory_group.h"

#include <unistd.h>

#include <fstream>

namespace pgfill::tests {
namespace {

namespace fs = std::filesystem;

bool write(const fs::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text;
  stream.close();
  return !stream.fail();
}

}  // namespace

MemoryGroup::MemoryGroup(std::size_t bytes) : bytes_(bytes) {
  if (make("/sys/fs/cgroup/memory", "memory.limit_in_bytes")) return;
  write("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
  make("/sys/fs/cgroup", "memory.max");
}

MemoryGroup::~MemoryGroup() {
  std::error_code ignored;
  if (!directory_.empty()) fs::remove(directory_, ignored);
}

bool MemoryGroup::make(const fs::path& parent, const std::string& limit) {
  static int made = 0;
  const fs::path directory = parent / ("pgfill-test-" + std::to_string(::getpid()) + "-" + std::to_string(++made));
  std::error_code error;
  if (!fs::create_directory(directory, error) || error) return false;
  if (fs::exists(directory / limit) && write(directory / limit, std::to_string(bytes_))) {
    directory_ = directory;
    return true;
  }
  fs::remove(directory, error);
  return false;
}

rig::ProcessSpec MemoryGroup::confine(const rig::ProcessSpec& spec) const {
  const std::string enter = directory_.empty() ? "ulimit -d " + std::to_string(bytes_ / 1024)
                                               : "echo $$ > " + (directory_ / "cgroup.procs").string();
  rig::ProcessSpec confined = spec;
  confined.program = "/bin/sh";
  confined.arguments = {"-c", enter + " && exec \"$0\" \"$@\"", spec.program};
  confined.arguments.insert(confined.arguments.end(), spec.arguments.begin(), spec.arguments.end());
  return confined;
}

std::size_t peak_memory(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    std::size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

}  // namespace pgfill::tests
