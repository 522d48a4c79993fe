// A statement or an SQL script becomes a job: read, named, its problems placed.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "parse/source_text.h"
#include "parse/sql_name.h"
#include "pgfill/spec.h"
#include "spec/job_name.h"
#include "spec/script.h"
#include "spec/statement_reader.h"

namespace pgfill {

namespace spec {
namespace {

Error to_error(const parse::SqlProblem& problem, const parse::SourceText& source, std::size_t base) {
  Error error;
  error.code = problem.code;
  error.message = problem.message;
  error.hint = problem.hint;
  error.remark = problem.remark;
  error.place = source.place(base + problem.offset, problem.length);
  return error;
}

Result<JobSpec> named(JobSpec spec, std::string job) {
  if (job.empty()) {
    std::vector<std::string> columns;
    for (const Assignment& assignment : assignments_of(spec.kind)) columns.push_back(assignment.column);
    if (columns.empty()) columns.emplace_back(name_of(spec.kind));
    job = make_job_name(spec.table, columns);
  }
  if (!is_job_name(job)) {
    Error error;
    error.code = ErrorCode::spec_bad_value;
    error.message = parse::in_quotes(job) + " is not a job name";
    error.hint = "a job name has 1 to 63 of the signs a-z, 0-9, _ and -";
    return error;
  }
  spec.job = std::move(job);
  return spec;
}

Error unreadable(const std::string& path, const std::string& reason) {
  Error error;
  error.code = ErrorCode::spec_unreadable;
  error.message = "cannot read " + parse::in_quotes(path) + ": " + reason;
  error.hint = "give the path of an SQL file, or an SQL statement in quotes";
  error.place.file = path;
  return error;
}

/// The text begins with a word that begins a statement, and assigns something or chooses rows.
bool reads_like_statement(std::string_view text) {
  const std::string first = parse::fold_case(text.substr(0, text.find_first_of(" \t\r\n\f\v")));
  if (first == "delete") return parse::fold_case(text).find("where") != std::string::npos;
  return (first == "update" || first == "with") && text.find('=') != std::string_view::npos;
}

}  // namespace
}  // namespace spec

Result<JobSpec> parse_statement(std::string_view sql, std::string job) {
  const parse::SourceText source("<sql>", sql);
  if (auto error = source.check(ErrorCode::sql_syntax)) return *error;
  auto read = spec::read_statement(sql);
  if (const auto* problem = parse::problem_in(read)) return spec::to_error(*problem, source, 0);
  return spec::named(std::get<JobSpec>(std::move(read)), std::move(job));
}

Result<ScriptStatement> parse_script(std::string_view script, std::string file, std::string job) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (script.starts_with(byte_order_mark)) script.remove_prefix(byte_order_mark.size());
  const parse::SourceText source(std::move(file), script);
  if (auto error = source.check(ErrorCode::sql_syntax)) return *error;
  auto found = spec::find_statement(script);
  if (const auto* problem = parse::problem_in(found)) return spec::to_error(*problem, source, 0);
  auto& statement = std::get<spec::FoundStatement>(found);
  auto read = spec::read_statement(statement.text);
  if (const auto* problem = parse::problem_in(read)) return spec::to_error(*problem, source, statement.offset);
  auto spec = spec::named(std::get<JobSpec>(std::move(read)), std::move(job));
  if (!spec) return spec.error();
  return ScriptStatement{std::move(*spec), std::move(statement.left_out)};
}

Result<ScriptStatement> load_script(const std::string& path, std::string job) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) return spec::unreadable(path, "it is a directory");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return spec::unreadable(path, std::strerror(errno));
  // One byte more than is allowed, so that parse_script sees a file that is too large, whatever its size.
  std::string text(spec::max_script_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return spec::unreadable(path, std::strerror(errno));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_script(text, path, std::move(job));
}

bool is_script_name(std::string_view path) {
  return path.ends_with(".sql") || path.ends_with(".SQL");
}

bool looks_like_sql(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return false;
  text = text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
  // A path may hold blanks; no statement ends like one, but for a column of the name sql.
  if (text.ends_with(".yaml") || text.ends_with(".yml")) return false;
  if (is_script_name(text) && !spec::reads_like_statement(text)) return false;
  if (text.starts_with('"')) return false;  // the name of a table
  return text.find_first_of(blanks) != std::string_view::npos;
}

}  // namespace pgfill
