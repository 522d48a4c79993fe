// Collects what a tree of statements reads, writes and calls. Of names_in_sql.h; knows the tree, not the text.
#pragma once

#include <nlohmann/json.hpp>

#include "parse/names_in_sql.h"

namespace pgfill::parse {

NamesInSql names_in_tree(const nlohmann::json& tree);

}  // namespace pgfill::parse
