// A file system of a few megabytes that only this process and its children see.
#pragma once

#include <filesystem>
#include <string>

namespace pgfill::tests {

/// Whether this process may mount file systems: root outside of most containers. Call it before anything is started
/// that is to see them.
bool may_mount();

/// In memory, mounted over a directory, gone with the object. May be filled up and enlarged.
class SmallDisk {
 public:
  /// `directory` is made if it is missing, and given to the owner of its parent. Throws std::system_error.
  SmallDisk(std::filesystem::path directory, int megabytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// Takes all the room that is left.
  void fill();
  /// Gives it back.
  void make_room();
  void resize(int megabytes);
  const std::filesystem::path& directory() const { return directory_; }

 private:
  void mount(int megabytes, unsigned long flags);
  std::filesystem::path filler() const { return directory_ / "filler"; }

  std::filesystem::path directory_;
};

}  // namespace pgfill::tests
