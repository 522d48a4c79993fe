// A JobSpec as the commented YAML that `pgfill init` prints and the ledger keeps: one line or block for each row of the
// field table.
#include <algorithm>
#include <string>

#include "pgfill/spec.h"
#include "spec/field_decoder.h"
#include "spec/field_table.h"
#include "spec/write_value.h"

namespace pgfill {

namespace {

using spec::Field;
using spec::Presence;
using spec::YamlValue;
using Form = YamlValue::Form;

std::vector<const Field*> rows_below(std::string_view group) {
  std::vector<const Field*> rows;
  for (const std::string_view name : spec::names_below(group)) {
    const Field* field = spec::find_field(spec::path_of(group, name));
    if (field->works) rows.push_back(field);
  }
  return rows;
}

/// Of a group without a member of its own: usual where all its fields are.
Presence presence_of(const Field& field, const JobSpec& job) {
  if (field.required) return Presence::given;
  if (field.binding.presence != nullptr) return field.binding.presence(&job);
  const std::vector<const Field*> rows = rows_below(field.path);
  const auto usual = [&](const Field* row) { return presence_of(*row, job) != Presence::given; };
  return std::all_of(rows.begin(), rows.end(), usual) ? Presence::usual : Presence::given;
}

/// The lines of a value whose name has been written.
std::string lines_of(const YamlValue& value, const std::string& comment, const std::string& indentation) {
  if (value.form != Form::map && value.form != Form::lines) return " " + flow(value) + comment + '\n';
  std::string text = comment + '\n';
  const std::string begin = indentation + (value.form == Form::map ? "  " : "  - ");
  for (const std::string& item : value.items) text += begin + item + '\n';
  return text;
}

std::string field_text(const Field& field, const JobSpec& job, const std::string& indentation) {
  const Presence presence = presence_of(field, job);
  const bool usual = presence == Presence::usual;
  if (presence == Presence::absent || (usual && field.comment.empty())) {
    const std::string hint(field.hint_kind == name_of(job.kind) ? field.hint_of_kind : field.hint);
    return presence == Presence::absent || hint.empty() ? "" : indentation + "# " + hint + '\n';
  }
  const std::string comment = field.comment.empty() ? "" : "  # " + std::string(field.comment);
  const std::string begin = indentation + (usual ? "# " : "") + std::string(spec::leaf_of(field.path)) + ':';
  if (field.binding.write != nullptr) return begin + lines_of(field.binding.write(field, &job), comment, indentation);
  if (!field.comment.empty()) return begin + ' ' + spec::flow_map(field.path, &job) + comment + '\n';
  std::string text = begin + '\n';
  for (const Field* row : rows_below(field.path)) text += field_text(*row, job, indentation + "  ");
  return text;
}

}  // namespace

std::string to_yaml(const JobSpec& spec) {
  std::string text =
      "# Job spec of pgfill; every field is described in jobs/README.md and by `pgfill explain FIELD`.\n";
  std::string optional = "# ---- everything below is optional ----\n";
  for (const Field* field : rows_below("")) {
    (field->essential ? text : optional) += field_text(*field, spec, "");
  }
  return text + optional;
}

}  // namespace pgfill
