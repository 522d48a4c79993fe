// The other tables of UPDATE … FROM and DELETE … USING: what may stand there, what they make of the job's condition,
// and how they are joined. Looks at the text only.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_problem.h"
#include "pgfill/spec.h"
#include "spec/batch_rules.h"

namespace pgfill::spec {

/// The text, tidied, when it is a list of tables and nothing more, and keeps to the rules of sub-selects. Problems:
/// sql_syntax, spec_too_large, sql_not_batchable; their offsets are in the text.
parse::OrProblem<std::string> check_joined(std::string_view text, const ExpressionContext& context);

/// The nodes of the list, without locations; null when it does not parse.
nlohmann::json joined_tree(std::string_view text);

/// The list in one spelling; empty for an empty one.
std::string canonical_joined(std::string_view text);

/// The condition of a row by itself: `where`, or that some rows of the other tables fulfil it with the row. Empty:
/// every row.
std::string row_condition(const JobSpec& spec);

/// A test that a pair of joined rows has to pass.
struct JoinTest {
  std::string text;
  std::set<std::string> tables = {};      ///< qualifiers of its columns
  std::set<std::string> names = {};       ///< of columns without a qualifier
  std::optional<std::size_t> right = {};  ///< of a LEFT JOIN: it chooses rows of this table only
};

struct JoinedTable {
  std::string text;  ///< as FROM names it
  std::string name;  ///< how columns call it
};

struct Join {
  std::vector<JoinedTable> tables;
  std::vector<JoinTest> tests;  ///< all of them hold
};

/// The other tables and what joins them. Nothing for joins other than a comma, JOIN, CROSS JOIN and LEFT JOIN … ON.
std::optional<Join> take_apart(const JobSpec& spec);

}  // namespace pgfill::spec
