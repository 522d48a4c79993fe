// One SQL expression of a spec: is it exactly one, does it keep to itself, does it survive batching. No database.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "parse/sql_problem.h"
#include "spec/batch_rules.h"

namespace pgfill::spec {

/// DEFAULT as a new value, whatever its spelling in the text was.
inline constexpr std::string_view default_word = "DEFAULT";

struct Expression {
  std::string text;     ///< tidied: no comments; safe to put in parentheses anywhere a value may stand
  nlohmann::json tree;  ///< locations are offsets in the text that was parsed, or -1
};

/// Parses text that must be one expression and nothing more: balanced, without `;`, commas, clauses or statements of
/// its own, so that no text can end the parentheses it is put in. Problems: sql_syntax, spec_too_large.
parse::OrProblem<Expression> parse_expression(std::string_view text, bool condition);

/// parse_expression, then the batch rules. Problems: also sql_not_batchable.
parse::OrProblem<std::string> check_expression(std::string_view text, const ExpressionContext& context);

/// The expression in one spelling: two texts have the same one when they parse to the same tree, and only then. Text
/// that does not parse is its own spelling but for white space, comments and letter case.
std::string canonical_expression(std::string_view text, bool condition);

}  // namespace pgfill::spec
