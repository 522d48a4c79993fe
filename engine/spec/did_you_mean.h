// Finds the word somebody probably meant. Distances and choices only; knows no fields.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace pgfill::spec {

/// Edits (insert, delete, replace a byte, swap two neighbours) that turn one word into the other: the restricted
/// Damerau-Levenshtein distance. Case counts.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// The nearest candidate, when near enough to be a slip: at most a third of the longer word's bytes, at least 1.
/// Case is ignored. Words over 64 bytes match nothing. The first of equals wins.
std::optional<std::string_view> did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace pgfill::spec
