#include "spec/spec_difference.h"

#include <nlohmann/json.hpp>

#include "spec/field_table.h"
#include "spec/write_value.h"

namespace pgfill {

namespace spec {

namespace {

/// The value in words: of a missing one what it stands for.
std::string shown(const Field& field, const JobSpec& spec) {
  const bool given = field.binding.presence(&spec) == Presence::given;
  return given ? flow(field.binding.write(field, &spec)) : std::string(field.default_text);
}

void compare(const Field& field, const JobSpec& registered, const JobSpec& now, std::vector<FieldDifference>& found) {
  // A field of one kind of job is compared between jobs of that kind: else the kinds differ.
  for (const JobSpec* spec : {&registered, &now}) {
    if (field.binding.presence(spec) == Presence::absent) return;
  }
  std::string before = shown(field, registered);
  std::string after = shown(field, now);
  if (before != after) found.push_back({std::string(field.path), std::move(before), std::move(after)});
}

}  // namespace

std::vector<FieldDifference> differences(const JobSpec& registered, const JobSpec& now) {
  std::vector<FieldDifference> found;
  for (const Field& field : all_fields()) {
    const Identity& identity = field.identity;
    if (!identity.compared) continue;
    if (identity.differ != nullptr) {
      identity.differ(registered, now, found);
    } else {
      compare(field, registered, now, found);
    }
  }
  return found;
}

std::string described(const FieldDifference& difference) {
  return difference.field + ": was " + difference.registered + ", now " + difference.now;
}

}  // namespace spec

std::string canonical_form(const JobSpec& spec) {
  nlohmann::ordered_json form;
  form["format"] = 2;
  for (const spec::Field& field : spec::all_fields()) {
    if (!field.identity.compared) continue;
    if (field.identity.canonical != nullptr) {
      field.identity.canonical(spec, form);
    } else if (field.binding.presence(&spec) == spec::Presence::given) {
      field.binding.canonical(field, &spec, form[std::string(field.path)]);
    }
  }
  return form.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pgfill
