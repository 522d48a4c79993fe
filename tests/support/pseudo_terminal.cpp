#include "support/pseudo_terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace pgfill::tests {

namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

PseudoTerminal::PseudoTerminal(const std::string& program, std::vector<std::string> arguments,
                               const Environment& environment, unsigned short columns) {
  arguments.insert(arguments.begin(), program);
  std::vector<std::string> variables;  // the first of a name counts
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  variables.insert(variables.end(), {"TERM=xterm", "PATH=/usr/bin:/bin"});
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(variables);
  winsize size{24, columns, 0, 0};
  pid_ = forkpty(&terminal_, nullptr, nullptr, &size);
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "forkpty");
  if (pid_ == 0) {
    execve(program.c_str(), argv.data(), envp.data());
    _exit(127);
  }
}

PseudoTerminal::~PseudoTerminal() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(terminal_);
}

bool PseudoTerminal::read_some(std::chrono::milliseconds patience) {
  pollfd input{terminal_, POLLIN, 0};
  if (poll(&input, 1, static_cast<int>(patience.count())) <= 0) return true;
  char buffer[4096];
  const ssize_t size = read(terminal_, buffer, sizeof buffer);
  if (size <= 0) return false;  // EIO: the program has closed its side
  output_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

bool PseudoTerminal::shows(const std::string& text, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (output_.find(text) == std::string::npos) {
    if (std::chrono::steady_clock::now() > until || !read_some(std::chrono::milliseconds{50})) break;
  }
  return output_.find(text) != std::string::npos;
}

void PseudoTerminal::type(const std::string& keys) {
  if (write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::system_error(errno, std::generic_category(), "write to the pseudo terminal");
}

int PseudoTerminal::finish() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < until && read_some(std::chrono::milliseconds{50})) {
  }
  int status = 0;
  if (std::chrono::steady_clock::now() >= until) kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace pgfill::tests
