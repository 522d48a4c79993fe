// WITH in front of an UPDATE or a DELETE, where it only gives sub-selects a name. Looks at the text only.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sql_scan.h"

namespace pgfill::spec {

/// The statement with the first query of its WITH written where it is named. Nothing where that would mean something
/// else: a recursive query, one that writes, or one that reads the table that is changed, which chooses batches.
/// `change`: the node of the UPDATE or DELETE.
std::optional<std::string> without_first_with(std::string_view text, const std::vector<parse::Token>& tokens,
                                              const nlohmann::json& change);

}  // namespace pgfill::spec
