#include "support/small_disk.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <system_error>
#include <vector>

namespace pgfill::tests {

bool may_mount() {
  static const bool may = ::unshare(CLONE_NEWNS) == 0 && ::mount("", "/", "", MS_REC | MS_PRIVATE, "") == 0;
  return may;
}

SmallDisk::SmallDisk(std::filesystem::path directory, int megabytes) : directory_(std::move(directory)) {
  std::filesystem::create_directory(directory_);
  mount(megabytes, 0);
  struct stat owner {};
  if (::stat(directory_.parent_path().c_str(), &owner) != 0 ||
      ::chown(directory_.c_str(), owner.st_uid, owner.st_gid) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot give away " + directory_.string());
  }
}

SmallDisk::~SmallDisk() {
  ::umount2(directory_.c_str(), MNT_DETACH);
}

void SmallDisk::mount(int megabytes, unsigned long flags) {
  const std::string size = "size=" + std::to_string(megabytes) + "m,mode=700";
  if (::mount("tmpfs", directory_.c_str(), "tmpfs", flags, size.c_str()) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot mount " + directory_.string());
  }
}

void SmallDisk::fill() {
  const std::vector<char> block(4096, 'x');
  std::ofstream file(filler(), std::ios::binary);
  while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

void SmallDisk::make_room() {
  std::filesystem::remove(filler());
}

void SmallDisk::resize(int megabytes) {
  mount(megabytes, MS_REMOUNT);
}

}  // namespace pgfill::tests
