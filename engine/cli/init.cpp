// `pgfill init`: a commented spec, from an SQL statement, an SQL script or from the catalogue's facts of a table.
#include <filesystem>
#include <ostream>
#include <set>
#include <string_view>

#include "cli/subject.h"
#include "cli/verbs.h"
#include "parse/sql_name.h"
#include "report/quantity.h"
#include "report/style.h"

namespace pgfill::cli {

namespace {

/// A YAML scalar that means the text, whatever is in it; quoted unless it is plainly a word.
std::string yaml_text(const std::string& text) {
  static const std::set<std::string> not_words{"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
  const bool word = text.find_first_not_of(plain) == std::string::npos && text.find_first_of(plain.substr(0, 26)) == 0;
  if (word && !not_words.contains(text)) return text;
  std::string quoted = "'";
  for (const char character : report::one_line(text))
    quoted += character == '\'' ? std::string("''") : std::string(1, character);
  return quoted + "'";
}

/// A spec that sets a column no table has: good for reading the facts of the table, useless for anything else.
Result<JobSpec> spec_to_look_with(const InitArguments& arguments) {
  const std::string job = arguments.job.empty() ? "fill-me-in" : arguments.job;
  return parse_spec("version: 1\njob: " + yaml_text(job) + "\ntable: " + yaml_text(arguments.subject) +
                        "\nset: {pgfill_column_to_set: 'NULL'}\n",
                    "table " + arguments.subject);
}

std::string key_line(const KeyChoice& key) {
  if (key.columns.empty())
    return "# key: []  # no usable key was found, so `where` has to demand that what is set is NULL: see pgfill plan\n";
  std::string names;
  for (const KeyColumn& column : key.columns)
    names += (names.empty() ? "" : ", ") + yaml_text(parse::write_name(column.name));
  return "key: [" + names + "]  # " + (key.primary ? "primary key " : "unique index ") + report::one_line(key.index) +
         "\n";
}

std::string facts_line(const TableFacts& table) {
  return "# A backfill of " + report::one_line(table.schema + "." + table.name) + ": about " +
         report::short_count(static_cast<double>(table.estimated_rows)) + " rows, " + report::size(table.heap_bytes) +
         " and " + report::size(table.index_bytes) + " of indexes.\n";
}

std::string template_of(const InitArguments& arguments, const JobSpec& spec, const Plan& plan) {
  const JobSpec defaults;
  std::string text = facts_line(plan.table);
  text += "# Fill in `set` and `where`; then pgfill validate FILE, pgfill plan FILE, pgfill run FILE.\n";
  text += "# pgfill explain FIELD says more about a field.\n";
  text += "version: 1\n";
  text += "job: " + yaml_text(spec.job) + "\n";
  text += "table: " + yaml_text(arguments.subject) + "\n";
  text += "set: {}  # column: SQL expression over the row, for instance {state: old_state}\n";
  text += "# where: state IS NULL  # the rows still to do; makes a rerun find only what is left\n";
  text += key_line(plan.key);
  text += "# workers: auto  # the most batches at once: a number, or as many as pay\n";
  text += "# batch: {time: " + report::duration(defaults.batch.target_time) + "}  # what a batch may take\n";
  return text;
}

ExitCode init_statement(const InitArguments& arguments, Console& console) {
  const Result<JobSpec> spec = parse_statement(arguments.subject, arguments.job);
  if (!spec) return fail(spec.error(), console);
  console.out << to_yaml(*spec) << std::flush;
  return ExitCode::done;
}

ExitCode init_script(const InitArguments& arguments, Console& console) {
  const Result<ScriptStatement> script = load_script(arguments.subject, arguments.job);
  if (!script) return fail(script.error(), console);
  say_left_out(arguments.subject, script->left_out, console);
  console.out << to_yaml(script->spec) << std::flush;
  return ExitCode::done;
}

/// A table may be called app.sql.
bool is_script(const std::string& subject) {
  std::error_code ignored;
  return is_script_name(subject) &&
         (subject.find('/') != std::string::npos || std::filesystem::is_regular_file(subject, ignored));
}

ExitCode init_table(const InitArguments& arguments, Console& console) {
  const Result<JobSpec> spec = spec_to_look_with(arguments);
  if (!spec) return fail(spec.error(), console);
  const Result<Plan> plan = plan_job(*spec, resolve_connection(arguments.connection, console.environment));
  if (!plan) return fail(plan.error(), console);
  console.out << template_of(arguments, *spec, *plan) << std::flush;
  console.err << "`set` is empty: pgfill validate refuses the spec until it is filled in\n" << std::flush;
  return ExitCode::done;
}

}  // namespace

ExitCode execute(const InitArguments& arguments, Console& console) {
  if (is_script(arguments.subject)) return init_script(arguments, console);
  return looks_like_sql(arguments.subject) ? init_statement(arguments, console) : init_table(arguments, console);
}

}  // namespace pgfill::cli
