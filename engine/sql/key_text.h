// What the text of a key depends on. Keys are written under settings of the engine's own; the expressions of a job are
// evaluated under those of the session it was registered in. Knows names of types only; no connection.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgfill::sql {

/// Columns of a key with their types, as the server spells them.
using KeyTypes = std::vector<std::pair<std::string, std::string>>;

/// Whether values of a type are written alike under all settings; false for types that are not known here.
bool has_one_text(std::string_view type);
bool has_one_text(const KeyTypes& key);

/// `settings`, in the order of session_settings.sql, as far as the key can be read under them: whatever text the engine
/// writes of a date, an interval or a bytea is read alike under all of them, but an amount of money is not.
std::vector<std::string> readable_settings(std::vector<std::string> settings, const KeyTypes& key);

}  // namespace pgfill::sql
