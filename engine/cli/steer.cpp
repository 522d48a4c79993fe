// `pgfill pause`, `resume`, `cancel` and `set`: steer a job from anywhere, and say what its runner answered.
#include "pgfill/steer.h"

#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/verbs.h"
#include "report/json.h"
#include "report/quantity.h"

namespace pgfill::cli {

namespace {

using What = SteerArguments::What;
using Settings = std::vector<std::pair<std::string, std::string>>;

Error usage_error(std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.hint = std::move(hint);
  return error;
}

/// "workers=1" and the like; an empty value lets the spec hold again.
Result<Settings> settings_of(const std::vector<std::string>& words) {
  Settings settings;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return usage_error("\"" + word + "\" is no setting", "FIELD=VALUE, for instance workers=1 or batch.time=5ms");
    }
    settings.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return settings;
}

Result<Steered> steer(const SteerArguments& arguments, const ConnectionSettings& connection, const std::string& job,
                      const Settings& settings) {
  switch (arguments.what) {
    case What::pause:
      return pause_job(connection, job, arguments.reason);
    case What::resume:
      return resume_job(connection, job);
    case What::cancel:
      return cancel_job(connection, job, arguments.reason);
    case What::set:
      break;
  }
  return set_job(connection, job, settings);
}

std::string_view done_word(What what) {
  constexpr std::array<std::string_view, 4> words{"paused", "resumed", "cancelled", "set"};
  return words[static_cast<std::size_t>(what)];
}

/// "users-state: paused after 0.4s by node-a pid 4121, 18,204 batches committed".
std::string words_of(const Steered& steered, What what) {
  std::string text = steered.job + ": ";
  switch (steered.answer) {
    case Steered::Answer::acknowledged:
      text += std::string(done_word(what)) + " after " + report::duration(steered.after) + " by " + steered.runner +
              ", " + report::counted(steered.batches, "batch") + " committed";
      break;
    case Steered::Answer::no_runner:
      text += std::string(done_word(what)) + "; nobody runs it now, " + report::counted(steered.batches, "batch") +
              " committed";
      break;
    case Steered::Answer::over:
      text += "done already: nothing is left to steer";
      break;
    case Steered::Answer::silent:
      text += steered.runner + " has not answered for " + report::duration(steered.after) + " (last seen " +
              report::duration(steered.seen) + " ago); the request stands";
  }
  if (!steered.overruled_by.empty()) text += "; " + steered.overruled_by + " has changed it again meanwhile";
  return text;
}

std::string_view answer_word(Steered::Answer answer) {
  constexpr std::array<std::string_view, 4> words{"acknowledged", "no_runner", "silent", "over"};
  return words[static_cast<std::size_t>(answer)];
}

void print(const Steered& steered, const SteerArguments& arguments, Console& console) {
  if (arguments.output == OutputFormat::table) {
    console.out << words_of(steered, arguments.what) + "\n" << std::flush;
    return;
  }
  const nlohmann::ordered_json json{{"job", steered.job},
                                    {"answer", answer_word(steered.answer)},
                                    {"runner", steered.runner},
                                    {"after_ms", steered.after.count()},
                                    {"runner_seen_ms_ago", steered.seen.count()},
                                    {"batches", steered.batches},
                                    {"overruled_by", steered.overruled_by}};
  console.out << report::dump(json) + "\n" << std::flush;
}

Result<std::vector<std::string>> jobs_of(const SteerArguments& arguments, const ConnectionSettings& connection) {
  if (arguments.all && arguments.job.empty()) return open_jobs(connection);
  if (!arguments.all && !arguments.job.empty()) return std::vector<std::string>{arguments.job};
  return usage_error("which job?", "name one, or --all for every job of the database that is not over");
}

}  // namespace

ExitCode execute(const SteerArguments& arguments, Console& console) {
  const ConnectionSettings connection = resolve_connection(arguments.connection, console.environment);
  const Result<Settings> settings = settings_of(arguments.settings);
  if (!settings) return fail(settings.error(), console, arguments.output);
  const Result<std::vector<std::string>> jobs = jobs_of(arguments, connection);
  if (!jobs) return fail(jobs.error(), console, arguments.output);
  if (jobs->empty()) console.err << "no job of this database is open\n";
  ExitCode exit = ExitCode::done;
  for (const std::string& job : *jobs) {
    const Result<Steered> steered = steer(arguments, connection, job, *settings);
    if (!steered) {
      exit = fail(steered.error(), console, arguments.output);
      continue;
    }
    print(*steered, arguments, console);
    if (steered->answer == Steered::Answer::silent) exit = ExitCode::wait_timeout;
  }
  return exit;
}

}  // namespace pgfill::cli
