#include "cli/subject.h"

#include <filesystem>
#include <ostream>

#include "report/style.h"

namespace pgfill::cli {

SubjectKind kind_of(const std::string& text) {
  std::error_code ignored;
  if (is_script_name(text) && (!looks_like_sql(text) || std::filesystem::is_regular_file(text, ignored))) {
    return SubjectKind::script;
  }
  if (looks_like_sql(text)) return SubjectKind::statement;
  const bool path = text.find('/') != std::string::npos || text.ends_with(".yaml") || text.ends_with(".yml");
  return path || std::filesystem::is_regular_file(text, ignored) ? SubjectKind::file : SubjectKind::job;
}

Result<Subject> load_job(const std::string& job, const ConnectionFlags& flags, const Environment& environment) {
  // The spec's own connection is left out: the ledger that knows the job has been found already.
  const ConnectionSettings connection = resolve_connection(flags, environment);
  Result<JobStatus> standing = job_status(connection, job);
  if (!standing) return standing.error();
  Result<JobSpec> spec = parse_spec(standing->spec_yaml, "spec of job " + job);
  if (!spec) return spec.error();
  return Subject{std::move(*spec), connection, std::move(*standing), {}};
}

namespace {

Result<Subject> load_script_subject(const std::string& path, const std::string& job, const ConnectionFlags& flags,
                                    const Environment& environment) {
  Result<ScriptStatement> script = load_script(path, job);
  if (!script) return script.error();
  return Subject{std::move(script->spec), resolve_connection(flags, environment), std::nullopt,
                 std::move(script->left_out)};
}

}  // namespace

Result<Subject> load_subject(const std::string& text, const std::string& job, const ConnectionFlags& flags,
                             const Environment& environment) {
  const SubjectKind kind = kind_of(text);
  if (!job.empty() && kind != SubjectKind::statement && kind != SubjectKind::script) {
    Error error;
    error.code = ErrorCode::usage;
    error.message = "--job names the job of an SQL statement; " + text + " has a name";
    error.hint = "leave --job out";
    return error;
  }
  if (kind == SubjectKind::job) {
    Result<Subject> subject = load_job(text, flags, environment);
    if (subject) return subject;
    Error error = subject.error();
    if (error.code == ErrorCode::no_such_job || error.code == ErrorCode::ledger_missing)
      error.message += "; and there is no file " + text;
    return error;
  }
  if (kind == SubjectKind::script) return load_script_subject(text, job, flags, environment);
  Result<JobSpec> spec = kind == SubjectKind::statement ? parse_statement(text, job) : load_spec(text);
  if (!spec) return spec.error();
  ConnectionSettings connection = resolve_connection(flags, environment, spec->connection);
  return Subject{std::move(*spec), std::move(connection), std::nullopt, {}};
}

void say_left_out(const std::string& file, const std::vector<std::string>& left_out, Console& console) {
  if (left_out.empty()) return;
  console.err << "note: only the statement of " << report::one_line(file) << " is run, in batches; left out:\n";
  for (const std::string& line : left_out) console.err << "  " << report::one_line(line) << '\n';
  console.err << std::flush;
}

Result<std::optional<JobStatus>> find_standing(const Subject& subject) {
  if (subject.standing) return subject.standing;
  Result<JobStatus> standing = job_status(subject.connection, subject.spec.job);
  if (standing) return std::optional<JobStatus>(std::move(*standing));
  const ErrorCode code = standing.error().code;
  if (code == ErrorCode::no_such_job || code == ErrorCode::ledger_missing) return std::optional<JobStatus>();
  return standing.error();
}

}  // namespace pgfill::cli
