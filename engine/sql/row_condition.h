// The pieces of a built statement that name its table and choose its rows. Text in, text out; no connection.
#pragma once

#include <string>
#include <string_view>

#include "sql/statement_builder.h"

namespace pgfill::sql {

/// The table has no key: what stands for it is the position, which an update of the row changes.
bool is_keyless(const Target& target);

/// The table in a FROM clause, and how the rest of the statement calls it.
std::string from_item(const Target& target);
std::string visible_name(const Target& target);

/// The key columns, joined, each with a suffix; qualified so that no expression of the job can shadow them.
std::string key_list(const Target& target, std::string_view suffix = {});
/// The key columns as the ledger writes them, whatever the settings of the transaction are; for statements that
/// evaluate expressions of the job as well.
std::string canonical_list(const Target& target);
/// The key as the ledger writes it.
std::string key_array(const Target& target);
/// One element of a key of the ledger, as a value of its column's type.
std::string key_element(const Target& target, std::string_view array, std::size_t column);
/// The row has the key that is an array of the ledger's.
std::string key_equals(const Target& target, std::string_view array);

/// How a statement names its values: each a parameter, or all of them elements of one that is an array. The cast fixes
/// the type, so that the server parses the text with the type's own input.
using Bind = std::string (*)(std::size_t number, std::string_view type);
std::string parameter(std::size_t number, std::string_view type);
std::string element(std::size_t number, std::string_view type);

/// How many values a side of an interval has.
std::size_t values_of_side(const Target& target);
/// The interval as a condition, of the given stripes where there are any.
std::string interval(const Target& target, Sides sides, Bind bind = parameter);

/// Numbers of the parameters that come after those of an interval.
class Numbering {
 public:
  Numbering(const Target& target, Sides sides);
  std::string next(std::string_view type) { return parameter(upcoming_++, type); }
  std::size_t upcoming() const { return upcoming_; }

 private:
  std::size_t upcoming_;
};

std::string in_brackets(const std::string& condition);
/// The condition for rows that the job changes: `where`, and not `unless`; may be empty.
std::string to_change(const Target& target);
/// The same behind the change itself, where the other tables are named.
std::string to_change_joined(const Target& target);
/// The condition of the statement, where the other tables are named; may be empty.
std::string condition_joined(const Target& target);
/// Joined by AND; either may be empty.
std::string both(const std::string& left, const std::string& right);

/// Whether rows that fulfil `where` may stay as they are, and are counted.
bool counts_kept(const Target& target);

/// The transaction that wrote the row.
std::string writer_of(const Target& target);
/// The row was written before the transaction `until` (NULL: whenever).
std::string written_before(const Target& target, const std::string& until);

/// What a statement is called, by what it does and the sides of its interval.
std::string name_of(std::string_view kind, Sides sides);
/// The rows of all stripes, in the order of their keys; without a key by position.
Target all_by_key(Target target);
/// The keys of an interval in their order, with `further` as another condition; it may be empty.
std::string select_keys(const Target& target, Sides sides, std::string_view direction, const std::string& further = {});

}  // namespace pgfill::sql
