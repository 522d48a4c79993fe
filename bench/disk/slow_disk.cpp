// A file system that passes everything on to another folder and lets each read wait first, as a disk or a volume of a
// cloud does. What the operating system has in its cache is not read and does not wait; reads beside each other wait
// beside each other, so asking ahead pays. Writes do not wait, and nothing is made durable.
//   slow_disk FOLDER MICROSECONDS MOUNTPOINT [OPTION of FUSE]...
#define FUSE_USE_VERSION 31
#include <dirent.h>
#include <fcntl.h>
#include <fuse.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

std::string folder;
std::chrono::microseconds wait{0};

std::string real(const char* path) {
  return folder + path;
}
int answer(long result) {
  return result < 0 ? -errno : static_cast<int>(result);
}
int file(const fuse_file_info* info) {
  return static_cast<int>(info->fh);
}

int keep(int descriptor, fuse_file_info* info) {
  if (descriptor < 0) return -errno;
  info->fh = static_cast<std::uint64_t>(descriptor);
  info->keep_cache = 1;
  return 0;
}

int read_folder(const char* path, void* entries, fuse_fill_dir_t fill, off_t, fuse_file_info*, fuse_readdir_flags) {
  DIR* opened = opendir(real(path).c_str());
  if (opened == nullptr) return -errno;
  while (const dirent* entry = readdir(opened)) fill(entries, entry->d_name, nullptr, 0, fuse_fill_dir_flags{});
  closedir(opened);
  return 0;
}

void* begin(fuse_conn_info* connection, fuse_config* config) {
  connection->want |= connection->capable & FUSE_CAP_WRITEBACK_CACHE;
  connection->max_background = 256;
  connection->congestion_threshold = 256;
  config->kernel_cache = 1;
  return nullptr;
}

fuse_operations operations() {
  fuse_operations all{};
  all.init = begin;
  all.getattr = [](const char* path, struct stat* found, fuse_file_info*) {
    return answer(lstat(real(path).c_str(), found));
  };
  all.readdir = read_folder;
  all.mkdir = [](const char* path, mode_t mode) { return answer(mkdir(real(path).c_str(), mode)); };
  all.unlink = [](const char* path) { return answer(unlink(real(path).c_str())); };
  all.rmdir = [](const char* path) { return answer(rmdir(real(path).c_str())); };
  all.rename = [](const char* from, const char* to, unsigned) {
    return answer(rename(real(from).c_str(), real(to).c_str()));
  };
  all.chmod = [](const char* path, mode_t mode, fuse_file_info*) { return answer(chmod(real(path).c_str(), mode)); };
  all.truncate = [](const char* path, off_t size, fuse_file_info*) {
    return answer(truncate(real(path).c_str(), size));
  };
  all.utimens = [](const char* path, const timespec* times, fuse_file_info*) {
    return answer(utimensat(AT_FDCWD, real(path).c_str(), times, AT_SYMLINK_NOFOLLOW));
  };
  all.create = [](const char* path, mode_t mode, fuse_file_info* info) {
    return keep(open(real(path).c_str(), O_RDWR | O_CREAT, mode), info);
  };
  all.open = [](const char* path, fuse_file_info* info) { return keep(open(real(path).c_str(), info->flags), info); };
  all.read = [](const char*, char* bytes, std::size_t size, off_t offset, fuse_file_info* info) {
    std::this_thread::sleep_for(wait);
    return answer(pread(file(info), bytes, size, offset));
  };
  all.write = [](const char*, const char* bytes, std::size_t size, off_t offset, fuse_file_info* info) {
    return answer(pwrite(file(info), bytes, size, offset));
  };
  all.release = [](const char*, fuse_file_info* info) { return answer(close(file(info))); };
  all.fsync = [](const char*, int, fuse_file_info*) { return 0; };
  all.statfs = [](const char*, struct statvfs* found) { return answer(statvfs(folder.c_str(), found)); };
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fputs("slow_disk FOLDER MICROSECONDS MOUNTPOINT [OPTION of FUSE]...\n", stderr);
    return 2;
  }
  folder = arguments[1];
  wait = std::chrono::microseconds(std::atol(arguments[2]));
  std::vector<char*> rest{arguments[0]};
  rest.insert(rest.end(), arguments + 3, arguments + count);
  const fuse_operations all = operations();
  return fuse_main(static_cast<int>(rest.size()), rest.data(), &all, nullptr);
}
