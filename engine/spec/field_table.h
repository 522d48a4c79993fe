// The one table of spec fields: what the decoder accepts, what to_yaml writes, which fields make another job, which may
// change while it runs, what `pgfill explain` says, the JSON Schema and jobs/README.md all come from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pgfill/result.h"
#include "spec/field_binding.h"
#include "spec/quantity.h"

namespace pgfill::spec {

enum class FieldType {
  version,       ///< the number 1
  job_name,      ///< see is_job_name
  table_name,    ///< name or schema.name
  name,          ///< one SQL name
  names,         ///< list of SQL names
  text,          ///< one line of at most `most` characters
  link,          ///< text that is an http(s) URL or a path
  condition,     ///< SQL expression that is true or false
  relations,     ///< list of tables and joins, as behind FROM
  assignments,   ///< map of column name to SQL expression
  assumptions,   ///< map of function names to harmless or reads_table
  choice,        ///< one of `choices`
  truth,         ///< only true
  table_names,   ///< list of tables: name or schema.name
  integer,       ///< `least` to `most`
  duration,      ///< `least` to `most` in ms
  size,          ///< `least` to `most` in bytes
  rate,          ///< `least` to `most` in bytes a second
  percent,       ///< `least` to `most`
  per_minute,    ///< `least` to `most`
  room,          ///< a size, or a percent up to 99
  number,        ///< not negative, fractions too
  query,         ///< one SQL query of at most `most` bytes
  http_url,      ///< http://host[:port]/path of at most `most` bytes
  signal_name,   ///< 1 to 63 of a-z, 0-9 and _
  signal_names,  ///< list of names of signals
  weekdays,      ///< list of mon to sun
  clock_time,    ///< hh:mm
  time_zone,     ///< name of a zone this machine knows
  maps,          ///< list of at most `most` maps of the fields whose path begins with this one's
  keywords,      ///< map of libpq keywords to values
  group,         ///< map of the fields whose path begins with this one's
  other,         ///< of a field that does not work yet: described in words only
};

/// One field. `path` joins nested names by a dot. Of fields that do not work only the texts matter.
struct Field {
  std::string_view path{};
  FieldType type = FieldType::other;
  bool works = false;  ///< false: known, and refused with ErrorCode::spec_not_yet
  bool required = false;
  bool can_be_off = false;             ///< the word `off` is legal, too
  bool can_be_auto = false;            ///< the word `auto` is legal, too
  std::string_view default_text = {};  ///< the value when the field is missing; empty when required or none
  std::int64_t least = 0;              ///< of quantities, in the unit of the type
  std::int64_t most = 0;               ///< of quantities, of texts (characters), of lists
  std::string_view choices = {};       ///< words separated by '|', in the order of the enumerators
  std::string_view legal = {};         ///< legal values in words, when the type does not say it
  std::string_view meaning = {};       ///< one paragraph
  std::string_view example = {};       ///< one line of YAML
  Binding binding = {};                ///< of a group that has no member of its own: none
  Identity identity = {};
  bool live = false;       ///< it and the fields below it may change while the job runs
  bool essential = false;  ///< to_yaml writes it above the optional fields
  /// What to_yaml adds behind the value; a usual value is written, too, as a comment. Of a group: all on one line.
  std::string_view comment = {};
  std::string_view hint = {};  ///< the comment that to_yaml writes instead of a usual value
  /// Another hint in jobs of one kind, which is named as by name_of().
  std::string_view hint_kind = {};
  std::string_view hint_of_kind = {};
  /// The kind of job that this row makes of a spec. A spec has exactly one of the rows that make one.
  std::string_view makes = {};
};

/// Every field, in the order of the documents.
std::span<const Field> all_fields();

/// The field at a path such as `batch.time`; null when there is none.
const Field* find_field(std::string_view path);

/// The row that makes jobs of a kind, by its name.
const Field* field_that_makes(std::string_view kind);

/// The last part of a path.
std::string_view leaf_of(std::string_view path);

/// The names directly below a group ("" for the top).
std::vector<std::string_view> names_below(std::string_view group);

/// What to write instead of an unknown name below `group`: a similar name, or where a field of that name belongs. Empty
/// when there is nothing to say.
std::string advice_for_unknown(std::string_view group, std::string_view name);

/// The measure of a quantity; nothing for other types, durations and bare numbers among them.
std::optional<Measure> measure_of(FieldType type);

/// The words a field of type choice may be, in the order of the table.
std::vector<std::string_view> choices_of(const Field& field);

/// The legal values in words.
std::string legal_values(const Field& field);

/// What `pgfill explain FIELD` prints. Errors: spec_unknown_field with a suggestion.
Result<std::string> explain_field(std::string_view path);

/// JSON Schema, draft-07, of the fields that work; indented, with a line break at the end.
std::string json_schema();

/// The text of jobs/README.md.
std::string reference_markdown();

}  // namespace pgfill::spec
