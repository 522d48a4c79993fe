#include "cli/program.h"

#include <exception>
#include <new>
#include <ostream>

#include "cli/arguments.h"
#include "cli/verbs.h"

namespace pgfill::cli {

namespace {

ExitCode fail_internally(const std::string& what, Console& console) {
  Error error;
  error.code = ErrorCode::internal;
  error.message = "pgfill met a case it does not handle: " + what;
  error.state = "what is committed is in the ledger; running again resumes there";
  error.hint = "please report this, with the command and the message";
  return fail(error, console);
}

/// Says it without asking for more than a few bytes.
ExitCode fail_without_memory(Console& console) {
  Error error;
  error.code = ErrorCode::no_memory;
  error.message = "this process got no more memory";
  error.state = "what is committed is in the ledger; running again resumes there";
  error.hint = "pgfill needs 64 MiB: look at the limits of its container (ulimit -v, cgroup)";
  return fail(error, console);
}

ExitCode parse_and_execute(const std::vector<std::string>& words, Console& console) {
  const auto parsed = parse_arguments(words);
  if (const auto* error = std::get_if<Error>(&parsed)) return fail(*error, console);
  if (const auto* help = std::get_if<HelpText>(&parsed)) {
    console.out << help->text << std::flush;
    return ExitCode::done;
  }
  return std::visit([&](const auto& arguments) { return execute(arguments, console); }, std::get<Command>(parsed));
}

}  // namespace

ExitCode run_program(const std::vector<std::string>& words, Console& console) noexcept {
  try {
    return parse_and_execute(words, console);
  } catch (const std::bad_alloc&) {
    return fail_without_memory(console);
  } catch (const std::exception& failure) {
    return fail_internally(failure.what(), console);
  } catch (...) {
    return fail_internally("an exception without a message", console);
  }
}

}  // namespace pgfill::cli
