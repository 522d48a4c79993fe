// Where the value of a row of the field table stands in a JobSpec: how it is read, written and compared there. The
// functions are made from the member; what they do follows from its C++ type and the row's FieldType.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::spec {

struct Field;
struct YamlNode;
class SpecDecoder;
struct FieldDifference;

/// A field that is there, as the decoder meets it.
struct Found {
  const Field& field;
  const YamlNode& key;
  const YamlNode& value;
};

/// A value as YAML. Lists and scalars are on one line; a map is entries, a list of maps is lines.
struct YamlValue {
  enum class Form { scalar, list, map, lines };
  Form form = Form::scalar;
  std::vector<std::string> items;  ///< of a scalar one; empty: nothing to write
};

enum class Presence {
  absent,  ///< the spec has no place for it: a field of another kind of job
  usual,   ///< the value that stands for a missing field
  given,
};

/// `owner` is the JobSpec, or for the rows below a list of maps one element of the list.
struct Binding {
  void (*read)(SpecDecoder& decoder, const Found& found, void* owner) = nullptr;  ///< null: a group reads its rows
  YamlValue (*write)(const Field& field, const void* owner) = nullptr;
  Presence (*presence)(const void* owner) = nullptr;
  /// The value in the canonical form; null for types that no compared field has.
  void (*canonical)(const Field& field, const void* owner, nlohmann::ordered_json& value) = nullptr;
};

/// Whether a field decides which rows get which values, and so which job it is. Null functions: by the row's value,
/// which is left out of the canonical form where it is the usual one.
struct Identity {
  bool compared = false;
  void (*canonical)(const JobSpec& spec, nlohmann::ordered_json& form) = nullptr;
  void (*differ)(const JobSpec& registered, const JobSpec& now, std::vector<FieldDifference>& found) = nullptr;
};

}  // namespace pgfill::spec
