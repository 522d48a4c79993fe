// Reads the value of one field into a member of the spec: what is legal follows from the row and the member's type.
// The first mistake is the decoder's error; the value is of no use then.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "spec/field_table.h"
#include "spec/spec_decoder.h"

namespace pgfill::spec {

/// A number of the row's type, within its range; fails otherwise.
std::optional<std::int64_t> read_quantity(SpecDecoder& decoder, const Found& found);
/// The place of the written word among the row's choices.
std::optional<std::size_t> read_choice(SpecDecoder& decoder, const Found& found);
/// True where the word `off` or `auto` is legal here and was written.
bool is_off(const Found& found);
bool is_auto(const Found& found);
/// The items of a list that is not empty; `advice` says what one looks like.
const std::vector<YamlNode>* read_list(SpecDecoder& decoder, const Found& found, const std::string& advice);
/// The maps of a list of them.
std::vector<Found> read_maps(SpecDecoder& decoder, const Found& found);
/// The field is for jobs of another kind.
void refuse_for_kind(SpecDecoder& decoder, const Found& found, std::string_view kind);

void read_value(SpecDecoder& decoder, const Found& found, bool& into);
void read_value(SpecDecoder& decoder, const Found& found, double& into);
void read_value(SpecDecoder& decoder, const Found& found, std::string& into);
void read_value(SpecDecoder& decoder, const Found& found, std::chrono::minutes& into);
void read_value(SpecDecoder& decoder, const Found& found, FreeRoom& into);
void read_value(SpecDecoder& decoder, const Found& found, std::vector<int>& weekdays);
void read_value(SpecDecoder& decoder, const Found& found, std::vector<std::string>& names);
void read_value(SpecDecoder& decoder, const Found& found, std::vector<std::pair<std::string, std::string>>& keywords);
void read_value(SpecDecoder& decoder, const Found& found, std::vector<Assignment>& into);
void read_value(SpecDecoder& decoder, const Found& found, std::vector<Assumption>& into);
void read_value(SpecDecoder& decoder, const Found& found, std::vector<TableReference>& into);

/// Structs that are a map of rows of their own.
template <class T>
concept Group = std::same_as<T, TimeWindow> || std::same_as<T, ReplicaConnection> || std::same_as<T, SqlSignal> ||
    std::same_as<T, HttpSignal>;

template <Group T>
void read_value(SpecDecoder& decoder, const Found& found, T& into) {
  decoder.read_rows(found, &into);
}

template <std::integral T>
void read_value(SpecDecoder& decoder, const Found& found, T& into) {
  if (is_auto(found)) return;
  if (const auto number = read_quantity(decoder, found)) into = static_cast<T>(*number);
}

inline void read_value(SpecDecoder& decoder, const Found& found, std::chrono::milliseconds& into) {
  if (const auto number = read_quantity(decoder, found)) into = std::chrono::milliseconds(*number);
}

/// The enumerators stand in the order of the row's choices.
template <class T>
requires std::is_enum_v<T>
void read_value(SpecDecoder& decoder, const Found& found, T& into) {
  if (const auto chosen = read_choice(decoder, found)) into = static_cast<T>(*chosen);
}

template <class T>
void read_value(SpecDecoder& decoder, const Found& found, std::optional<T>& into) {
  into.reset();
  if (!is_off(found)) read_value(decoder, found, into.emplace());
}

template <Group T>
void read_value(SpecDecoder& decoder, const Found& found, std::vector<T>& into) {
  for (const Found& one : read_maps(decoder, found)) read_value(decoder, one, into.emplace_back());
}

}  // namespace pgfill::spec
