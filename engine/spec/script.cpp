#include "spec/script.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "parse/source_text.h"
#include "parse/sql_name.h"
#include "parse/sql_scan.h"

namespace pgfill::spec {

namespace {

/// Settings of a session that decide nothing about what a statement means; each batch has its own of them.
constexpr std::array<std::string_view, 21> settings_without_meaning{"lock_timeout",
                                                                    "statement_timeout",
                                                                    "idle_in_transaction_session_timeout",
                                                                    "transaction_timeout",
                                                                    "idle_session_timeout",
                                                                    "deadlock_timeout",
                                                                    "client_min_messages",
                                                                    "application_name",
                                                                    "synchronous_commit",
                                                                    "work_mem",
                                                                    "maintenance_work_mem",
                                                                    "temp_buffers",
                                                                    "transaction",
                                                                    "session",
                                                                    "row_security",
                                                                    "check_function_bodies",
                                                                    "log_statement",
                                                                    "log_min_duration_statement",
                                                                    "max_parallel_workers_per_gather",
                                                                    "jit",
                                                                    "default_transaction_isolation"};

constexpr std::array<std::string_view, 12> commands_without_meaning{
    "set", "unset", "timing", "echo", "qecho", "warn", "pset", "x", "t", "a", "errverbose", "encoding"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

parse::SqlProblem refusal(std::size_t offset, std::string message, std::string hint) {
  parse::SqlProblem problem;
  problem.code = ErrorCode::sql_not_a_backfill;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.offset = offset;
  return problem;
}

/// The tokens between two semicolons.
struct Piece {
  std::vector<parse::Token> tokens;
  std::size_t begin() const { return tokens.front().begin; }
  std::size_t end() const { return tokens.back().end; }
  std::string word(std::size_t index) const {
    return index < tokens.size() ? parse::fold_case(tokens[index].text) : "";
  }
};

/// Brackets and BEGIN ATOMIC … END hold semicolons of their own.
std::vector<Piece> split(const std::vector<parse::Token>& tokens) {
  std::vector<Piece> pieces(1);
  int brackets = 0;
  int bodies = 0;
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    const parse::Token& token = tokens[index];
    if (token.text == "(") ++brackets;
    if (token.text == ")" && brackets > 0) --brackets;
    const bool atomic = parse::is_keyword(token, "begin") && index + 1 < tokens.size() &&
                        parse::is_keyword(tokens[index + 1], "atomic");
    if (atomic || (bodies > 0 && parse::is_keyword(token, "case"))) ++bodies;
    if (bodies > 0 && parse::is_keyword(token, "end")) --bodies;
    if (token.text == ";" && brackets == 0 && bodies == 0) {
      if (!pieces.back().tokens.empty()) pieces.emplace_back();
    } else {
      pieces.back().tokens.push_back(token);
    }
  }
  if (pieces.back().tokens.empty()) pieces.pop_back();
  return pieces;
}

/// The name in SET [SESSION | LOCAL] name; TRANSACTION, ROLE and the like are such names here.
std::string setting_of(const Piece& piece) {
  if (piece.word(1) == "session" && piece.word(2) == "authorization") return "session_authorization";
  const bool scope = piece.word(1) == "local" || (piece.word(1) == "session" && piece.word(2) != "characteristics");
  return piece.word(scope ? 2 : 1);
}

enum class Role { work, around, refused };

/// Whether a piece may stand around the statement; `problem` says why one may not.
Role role_of(const Piece& piece, parse::SqlProblem& problem) {
  const std::string first = piece.word(0);
  for (const std::string_view word : {"begin", "start", "commit", "end", "savepoint", "release"}) {
    if (first == word) return Role::around;
  }
  if (first == "rollback" || first == "abort") {
    problem = refusal(piece.begin(), "the script takes back what it changes, and a batch that is committed stays",
                      "leave ROLLBACK out to make the change; pgfill plan FILE shows what it would do");
    return Role::refused;
  }
  if (first != "set" && first != "reset") return Role::work;
  const std::string name = setting_of(piece);
  const bool usual = (name == "client_encoding" && piece.word(3).find("utf") != std::string::npos) ||
                     (name == "standard_conforming_strings" && piece.word(3) == "on");
  if (usual || is_one_of(settings_without_meaning, name)) return Role::around;
  problem =
      refusal(piece.begin(), "a setting that may change what the statement means: " + name,
              "leave it out of the file, and give it to the session instead: PGOPTIONS='-c " + name +
                  "=...' pgfill run FILE; a schema can stand before the table's name, a role is the connection's");
  return Role::refused;
}

std::optional<parse::SqlProblem> check_command(const PsqlCommand& command) {
  const std::size_t end = std::min(command.text.find_first_of(" \t"), command.text.size());
  const std::string name = command.text.substr(1, end - 1);
  if (is_one_of(commands_without_meaning, name)) return std::nullopt;
  const bool connects = name == "c" || name == "connect";
  return refusal(command.offset, "\\" + name + " is a command of psql, which pgfill cannot carry out",
                 connects ? "leave it out, and give the database to pgfill: --dbname, or PGDATABASE"
                          : "leave in the file one UPDATE or DELETE; what psql is to do, do by psql");
}

std::string line_with(const parse::SourceText& source, std::size_t offset, std::string_view text) {
  constexpr std::size_t longest = 100;
  std::string line = "line " + std::to_string(source.place(offset).line) + ": ";
  for (const char c : text.substr(0, longest)) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!blank || !line.ends_with(' ')) line += blank ? ' ' : c;
  }
  return text.size() > longest ? line + "..." : line;
}

parse::SqlProblem several(const parse::SourceText& source, const std::vector<const Piece*>& work) {
  constexpr std::size_t most_named = 10;
  std::string list;
  for (std::size_t index = 0; index < std::min(work.size(), most_named); ++index) {
    const SourcePlace place = source.place(work[index]->begin());
    list += (index == 0 ? "" : ", ") + std::string(work[index]->tokens.front().text) + " at " +
            std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  if (work.size() > most_named) list += ", and " + std::to_string(work.size() - most_named) + " more";
  return refusal(work[1]->begin(), std::to_string(work.size()) + " statements do work: " + list,
                 "leave one UPDATE or DELETE in the file; run the others with psql before or after it, and make each "
                 "UPDATE or DELETE of "
                 "many rows a job of its own");
}

}  // namespace

parse::OrProblem<FoundStatement> find_statement(std::string_view script) {
  if (script.size() > max_script_bytes) {
    parse::SqlProblem problem = refusal(0, "an SQL file of more than " + std::to_string(max_script_bytes) + " bytes",
                                        "put long lists of values into a table and read them with a sub-select");
    problem.code = ErrorCode::spec_too_large;
    return problem;
  }
  const parse::SourceText source("", script);
  std::vector<std::pair<std::size_t, std::string_view>> around;
  std::vector<PsqlCommand> commands;
  const std::string sql = without_psql_commands(script, commands);
  for (const PsqlCommand& command : commands) {
    if (auto problem = check_command(command)) return *problem;
    around.emplace_back(command.offset, command.text);
  }
  const auto scanned = parse::scan_sql(sql, max_script_bytes);
  if (const parse::SqlProblem* problem = parse::problem_in(scanned)) return *problem;
  const std::vector<Piece> pieces = split(std::get<std::vector<parse::Token>>(scanned));
  std::vector<const Piece*> work;
  for (const Piece& piece : pieces) {
    parse::SqlProblem problem;
    const Role role = role_of(piece, problem);
    if (role == Role::refused) return problem;
    if (role == Role::work) work.push_back(&piece);
    if (role == Role::around) {
      around.emplace_back(piece.begin(), script.substr(piece.begin(), piece.end() - piece.begin()));
    }
  }
  if (work.size() > 1) return several(source, work);
  if (work.empty())
    return refusal(0, "there is no statement that does work in this file", "give one UPDATE or DELETE of one table");
  std::sort(around.begin(), around.end());
  FoundStatement found{script.substr(work[0]->begin(), work[0]->end() - work[0]->begin()), work[0]->begin(), {}};
  for (const auto& [offset, text] : around) found.left_out.push_back(line_with(source, offset, text));
  return found;
}

}  // namespace pgfill::spec
