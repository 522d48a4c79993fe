#include "rig/process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace pgfill::rig {
namespace {

[[noreturn]] void throw_errno(const std::string& doing) {
  throw std::system_error(errno, std::generic_category(), doing);
}

/// Everything the child needs between fork and exec, made before: there only async-signal-safe calls are allowed.
struct Image {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::vector<char*> argument_pointers;
  std::vector<char*> environment_pointers;
  uid_t uid = 0;
  gid_t gid = 0;
  bool switch_user = false;
  const char* working_directory = nullptr;
  bool own_session = false;
  std::array<int, 3> descriptors{-1, -1, -1};  ///< to become stdin, stdout, stderr; -1 = inherited
  int failure_pipe = -1;
};

std::vector<char*> pointers_of(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (auto& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool is_inherited(std::string_view variable, const ProcessSpec& spec) {
  if (variable.starts_with("PG") && !variable.starts_with("PGFILL_POSTGRES=")) return false;
  auto name = variable.substr(0, variable.find('='));
  return std::ranges::none_of(spec.environment, [&](const auto& added) { return added.first == name; });
}

Image image_of(const ProcessSpec& spec) {
  Image image;
  image.arguments.push_back(spec.program);
  image.arguments.insert(image.arguments.end(), spec.arguments.begin(), spec.arguments.end());
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (is_inherited(*variable, spec)) image.environment.emplace_back(*variable);
  }
  for (const auto& [name, value] : spec.environment) image.environment.push_back(name + "=" + value);
  if (!spec.user.empty()) {
    const passwd* user = ::getpwnam(spec.user.c_str());
    if (user == nullptr) throw std::system_error(ENOENT, std::generic_category(), "user " + spec.user);
    image.uid = user->pw_uid;
    image.gid = user->pw_gid;
    image.switch_user = true;
  }
  image.own_session = spec.own_session;
  return image;
}

/// Runs in the child; returns only on failure, with errno set.
void become(const Image& image) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (image.own_session) ::setsid();
  for (int target = 0; target < 3; ++target) {
    int source = image.descriptors[static_cast<std::size_t>(target)];
    if (source >= 0 && ::dup2(source, target) < 0) return;
  }
  if (image.switch_user && (::setgroups(0, nullptr) != 0 || ::setgid(image.gid) != 0 || ::setuid(image.uid) != 0))
    return;
  if (image.working_directory != nullptr && ::chdir(image.working_directory) != 0) return;
  ::execve(image.argument_pointers[0], image.argument_pointers.data(), image.environment_pointers.data());
}

int memory_file(const char* name) {
  int descriptor = ::memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) throw_errno("memfd_create");
  return descriptor;
}

std::string contents(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer;
  off_t offset = 0;
  while (descriptor >= 0) {
    auto count = ::pread(descriptor, buffer.data(), buffer.size(), offset);
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    offset += count;
  }
  return text;
}

/// Forks and waits until the child has become the program, or throws what kept it from that.
pid_t launch(Image& image, const std::string& program) {
  std::array<int, 2> failure_pipe;
  if (::pipe2(failure_pipe.data(), O_CLOEXEC) != 0) throw_errno("pipe");
  image.failure_pipe = failure_pipe[1];
  pid_t pid = ::fork();
  if (pid == 0) {
    become(image);
    int error = errno;
    [[maybe_unused]] auto written = ::write(image.failure_pipe, &error, sizeof error);
    ::_exit(127);
  }
  int fork_error = errno;
  ::close(failure_pipe[1]);
  int error = pid < 0 ? fork_error : 0;
  if (pid > 0 && ::read(failure_pipe[0], &error, sizeof error) > 0) ::waitpid(pid, nullptr, 0);
  ::close(failure_pipe[0]);
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start " + program);
  return pid;
}

}  // namespace

Process::Process(const ProcessSpec& spec) {
  try {
    start(spec);
  } catch (...) {
    release();
    throw;
  }
}

Process::Process(Process&& other) noexcept {
  *this = std::move(other);
}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    release();
    pid_ = std::exchange(other.pid_, -1);
    output_ = std::exchange(other.output_, -1);
    error_ = std::exchange(other.error_, -1);
    end_ = std::exchange(other.end_, std::nullopt);
  }
  return *this;
}

Process::~Process() {
  release();
}

void Process::release() noexcept {
  if (pid_ > 0 && !end_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) ::close(output_);
  if (error_ >= 0) ::close(error_);
  pid_ = output_ = error_ = -1;
}

void Process::start(const ProcessSpec& spec) {
  Image image = image_of(spec);
  image.argument_pointers = pointers_of(image.arguments);
  image.environment_pointers = pointers_of(image.environment);
  if (!spec.working_directory.empty()) image.working_directory = spec.working_directory.c_str();
  int opened = -1;
  image.descriptors[0] = spec.standard_input;
  if (spec.standard_input < 0) {
    image.descriptors[0] = opened = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  int log = -1;
  if (spec.output == ProcessSpec::Output::capture) {
    image.descriptors[1] = output_ = memory_file("stdout");
    image.descriptors[2] = error_ = memory_file("stderr");
  } else if (spec.output == ProcessSpec::Output::file) {
    log = ::open(spec.output_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (log < 0) throw_errno("cannot open " + spec.output_file);
    image.descriptors[1] = image.descriptors[2] = log;
  }
  try {
    pid_ = launch(image, spec.program);
  } catch (...) {
    if (opened >= 0) ::close(opened);
    if (log >= 0) ::close(log);
    throw;
  }
  if (opened >= 0) ::close(opened);
  if (log >= 0) ::close(log);
}

std::optional<ProcessEnd> Process::wait_for(std::chrono::milliseconds timeout) {
  if (end_ || pid_ < 0) return end_;
  if (timeout.count() > 0) {
    // glibc 2.36 declares pidfd_open() without extern "C".
    int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (descriptor < 0) throw_errno("pidfd_open");
    pollfd ready{descriptor, POLLIN, 0};
    auto until = std::chrono::steady_clock::now() + timeout;
    while (::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(timeout.count(), 0))) < 0 && errno == EINTR) {
      timeout = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    }
    ::close(descriptor);
  }
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  end_ = WIFSIGNALED(status) ? ProcessEnd{0, WTERMSIG(status)} : ProcessEnd{WEXITSTATUS(status), 0};
  return end_;
}

ProcessEnd Process::finish(std::chrono::milliseconds timeout) {
  auto end = wait_for(timeout);
  return end ? *end : kill();
}

void Process::signal(int number) {
  if (running()) ::kill(pid_, number);
}

ProcessEnd Process::kill() {
  signal(SIGKILL);
  while (!wait_for(std::chrono::seconds{1})) continue;
  return *end_;
}

std::string Process::standard_output() const {
  return contents(output_);
}
std::string Process::standard_error() const {
  return contents(error_);
}

}  // namespace pgfill::rig
