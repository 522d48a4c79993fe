#include "cli/arguments.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "cli/command_line.h"
#include "cli/verb_table.h"
#include "spec/did_you_mean.h"

namespace pgfill::cli {

namespace {

/// Where a parse puts its result.
using Target = std::optional<Command>;

const std::map<std::string, OutputFormat> output_formats{
    {"table", OutputFormat::table}, {"json", OutputFormat::json}, {"jsonl", OutputFormat::jsonl}};
const std::map<std::string, report::LogLevel> log_levels{{"debug", report::LogLevel::debug},
                                                         {"info", report::LogLevel::info},
                                                         {"warning", report::LogLevel::warning},
                                                         {"error", report::LogLevel::error}};

Error usage_error(std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.hint = std::move(hint);
  return error;
}

CLI::App* add_verb(CLI::App& app, const char* name) {
  const auto text =
      std::find_if(verb_table.begin(), verb_table.end(), [&](const auto& verb) { return verb.name == name; });
  CLI::App* verb = app.add_subcommand(name, std::string(text->summary));
  if (!text->examples.empty()) verb->footer("Examples:\n" + std::string(text->examples));
  return verb;
}

template <class Value>
void add_choice(CLI::App& verb, const std::string& flags, Value& value, const std::map<std::string, Value>& choices,
                const std::string& description) {
  std::string names;
  for (const auto& [name, unused] : choices) names += (names.empty() ? "" : "|") + name;
  verb.add_option_function<std::string>(
          flags, [&value, &choices](const std::string& name) { value = choices.at(name); }, description)
      ->type_name(names)
      ->check([&choices, names](const std::string& name) {
        return choices.contains(name) ? std::string() : "\"" + name + "\" is none of " + names;
      });
}

void add_output(CLI::App& verb, OutputFormat& output) {
  add_choice(verb, "-o,--output", output, output_formats, "Form of the data on stdout (default: table)");
}

void add_connection(CLI::App& verb, ConnectionFlags& flags) {
  const auto add = [&](const char* names, std::optional<std::string>& value, const char* type,
                       const char* description) {
    verb.add_option_function<std::string>(
            names, [&value](const std::string& text) { value = text; }, description)
        ->type_name(type)
        ->group("Database");
  };
  add("--dsn", flags.dsn, "CONNINFO", "libpq connection string or URI, without a password");
  add("--service", flags.service, "NAME", "Section of the service file");
  add("-h,--host", flags.host, "HOST", "Host or socket directory");
  add("-p,--port", flags.port, "PORT", "Port");
  add("-U,--user", flags.user, "USER", "Role");
  add("-d,--dbname", flags.dbname, "DBNAME", "Database");
}

void add_job_name(CLI::App& verb, std::string& job) {
  verb.add_option("--job", job, "Name for an SQL statement's job (default: made from it)")->type_name("NAME");
}

/// Registers the verb's struct as the outcome when the verb is parsed.
template <class Arguments>
void finish(CLI::App* verb, const std::shared_ptr<Arguments>& arguments, Target& target) {
  verb->callback([arguments, &target] { target = *arguments; });
}

void add_no_sample(CLI::App& verb, bool& no_sample) {
  verb.add_flag("--no-sample", no_sample, "Estimate by statistics alone: try no rows, not even to roll them back");
}

/// The options of every verb that runs a job.
void add_running(CLI::App& verb, RunArguments& run) {
  verb.add_flag("-y,--yes", run.yes, "Do not ask: needed where nobody can answer");
  verb.add_flag("--takeover", run.takeover, "Do not wait for a silent runner's lease to end");
  verb.add_option("--workers", run.workers, "The most batches at once (default: as the spec says)")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""));
  verb.add_option("--log", run.log, "Append a JSON line for each event to a file; - is stderr")->type_name("FILE");
  add_choice(verb, "--log-level", run.log_level, log_levels, "Least level that is logged (default: info)");
  add_output(verb, run.output);
  add_connection(verb, run.connection);
}

void add_running_verbs(CLI::App& app, Target& target, const std::vector<std::string>& words) {
  CLI::App* verb = add_verb(app, "run");
  auto run = std::make_shared<RunArguments>();
  run->words = words;
  verb->add_option("subject", run->subject, "Spec file, SQL statement, or a job of the ledger")
      ->type_name("")
      ->required();
  verb->add_flag("--again", run->again, "Run a finished job anew");
  add_no_sample(*verb, run->no_sample);
  add_job_name(*verb, run->job);
  add_running(*verb, *run);
  finish(verb, run, target);

  verb = add_verb(app, "retry");
  auto retry = std::make_shared<RetryArguments>();
  retry->run.words = words;
  verb->add_option("job", retry->run.subject, "A job")->type_name("")->required();
  verb->add_flag("--quarantined", retry->quarantined, "Put its quarantined rows back for another try first");
  add_running(*verb, retry->run);
  finish(verb, retry, target);

  verb = add_verb(app, "adopt");
  auto adopt = std::make_shared<AdoptArguments>();
  verb->add_option("job", adopt->job, "A job")->type_name("")->required();
  add_connection(*verb, adopt->connection);
  finish(verb, adopt, target);
}

void add_writing_verbs(CLI::App& app, Target& target) {
  CLI::App* verb = add_verb(app, "init");
  auto init = std::make_shared<InitArguments>();
  verb->add_option("subject", init->subject, "A table or an SQL statement")->type_name("")->required();
  add_job_name(*verb, init->job);
  add_connection(*verb, init->connection);
  finish(verb, init, target);

  verb = add_verb(app, "validate");
  auto validate = std::make_shared<ValidateArguments>();
  verb->add_option("files", validate->files, "Spec files")->type_name("")->required();
  finish(verb, validate, target);

  verb = add_verb(app, "explain");
  auto explain = std::make_shared<ExplainArguments>();
  verb->add_option("field", explain->field, "A field of the spec, for instance batch.time")->type_name("");
  verb->add_flag("--markdown", explain->markdown, "Print jobs/README.md, the reference of all fields");
  finish(verb, explain, target);

  finish(add_verb(app, "schema"), std::make_shared<SchemaArguments>(), target);

  verb = add_verb(app, "plan");
  auto plan = std::make_shared<PlanArguments>();
  verb->add_option("subject", plan->subject, "Spec file, SQL statement, or a job of the ledger")
      ->type_name("")
      ->required();
  add_job_name(*verb, plan->job);
  add_no_sample(*verb, plan->no_sample);
  add_output(*verb, plan->output);
  add_connection(*verb, plan->connection);
  finish(verb, plan, target);
}

void add_looking_verbs(CLI::App& app, Target& target) {
  CLI::App* verb = add_verb(app, "list");
  auto list = std::make_shared<ListArguments>();
  add_output(*verb, list->output);
  add_connection(*verb, list->connection);
  finish(verb, list, target);

  verb = add_verb(app, "status");
  auto status = std::make_shared<StatusArguments>();
  verb->add_option("job", status->job, "A job (default: those that are not done)")->type_name("");
  verb->add_flag("-w,--watch", status->watch, "Look again every second until the job is done");
  add_output(*verb, status->output);
  add_connection(*verb, status->connection);
  finish(verb, status, target);

  verb = add_verb(app, "events");
  auto events = std::make_shared<EventsArguments>();
  verb->add_option("job", events->job, "A job")->type_name("")->required();
  verb->add_flag("-f,--follow", events->follow, "Go on with new events until interrupted");
  verb->add_option("--limit", events->limit, "How many of the last events (default: 50)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000).description(""));
  add_output(*verb, events->output);
  add_connection(*verb, events->connection);
  finish(verb, events, target);

  verb = add_verb(app, "metrics");
  auto metrics = std::make_shared<MetricsArguments>();
  add_connection(*verb, metrics->connection);
  finish(verb, metrics, target);
}

void add_steering_verbs(CLI::App& app, Target& target) {
  using What = SteerArguments::What;
  constexpr std::array<std::pair<const char*, What>, 4> verbs{
      {{"pause", What::pause}, {"resume", What::resume}, {"cancel", What::cancel}, {"set", What::set}}};
  for (const auto& [name, what] : verbs) {
    CLI::App* verb = add_verb(app, name);
    auto steer = std::make_shared<SteerArguments>();
    steer->what = what;
    verb->add_option("job", steer->job, "A job")->type_name("");
    if (what == What::set) verb->add_option("settings", steer->settings, "FIELD=VALUE; no VALUE: as the spec has it");
    if (what != What::set) verb->add_flag("--all", steer->all, "Every job of the database that is not over");
    if (what == What::pause || what == What::cancel)
      verb->add_option("--reason", steer->reason, "Why, for people who look at the job")->type_name("TEXT");
    add_output(*verb, steer->output);
    add_connection(*verb, steer->connection);
    finish(verb, steer, target);
  }
}

void add_other_verbs(CLI::App& app, Target& target) {
  CLI::App* verb = add_verb(app, "install");
  auto install = std::make_shared<InstallArguments>();
  add_connection(*verb, install->connection);
  finish(verb, install, target);

  verb = add_verb(app, "demo");
  auto demo = std::make_shared<DemoArguments>();
  verb->add_option("--rows", demo->rows, "Rows of the demo's table (default: 1,000,000)")
      ->type_name("N")
      ->check(CLI::Range(1'000, 100'000'000).description(""));
  verb->add_flag("--keep", demo->keep, "Leave the servers running until Enter is pressed");
  finish(verb, demo, target);

  finish(add_verb(app, "version"), std::make_shared<VersionArguments>(), target);
}

/// "--wokers" is near "--workers".
std::string similar_option(const CLI::App& verb, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return std::string(spec::did_you_mean(word.substr(0, word.find('=')), candidates).value_or(""));
}

Error explain_failure(const CLI::App& app, const CLI::ParseError& failure) {
  const auto verbs = app.get_subcommands();
  const std::string verb = verbs.empty() ? "" : verbs.front()->get_name();
  const std::string help = "pgfill " + verb + " --help";
  const std::vector<std::string> extra = verbs.empty() ? std::vector<std::string>{} : verbs.front()->remaining();
  if (extra.empty()) return usage_error(verb + ": " + failure.what(), help);
  const std::string message = verb + " does not know " + shell_word(extra.front());
  if (!extra.front().starts_with('-'))
    return usage_error(message, "an SQL statement is one word for the shell: put it in quotes. " + help);
  const std::string similar = similar_option(*verbs.front(), extra.front());
  return usage_error(message, similar.empty() ? help : "did you mean " + similar + "?");
}

std::optional<Error> check_verb(const std::string& word) {
  for (const VerbText& verb : verb_table)
    if (verb.name == word) return std::nullopt;
  const std::string similar = similar_verb(word);
  const std::string message =
      word.starts_with('-') ? "a verb comes first, then its options" : shell_word(word) + " is no verb of pgfill";
  return usage_error(message, similar.empty() ? "pgfill --help" : "did you mean " + similar + "?");
}

}  // namespace

std::variant<Command, HelpText, Error> parse_arguments(const std::vector<std::string>& words) {
  if (words.empty()) return usage_error("what shall be done?", "pgfill --help");
  if (words.front() == "--help" || words.front() == "help") return HelpText{program_help()};
  if (words.front() == "--version") return Command{VersionArguments{}};
  if (auto error = check_verb(words.front())) return *error;
  CLI::App app("", "pgfill");
  app.set_help_flag("--help", "Print this text");
  app.require_subcommand(1);
  Target target;
  add_running_verbs(app, target, words);
  add_writing_verbs(app, target);
  add_looking_verbs(app, target);
  add_steering_verbs(app, target);
  add_other_verbs(app, target);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    return HelpText{app.help()};
  } catch (const CLI::ParseError& failure) {
    return explain_failure(app, failure);
  }
  return *target;
}

}  // namespace pgfill::cli
