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
  std::string before = shown(field, registered);
  std::string after = shown(field, now);
  if (before != after) found.push_back({std::string(field.path), std::move(before), std::move(after)});
}

/// True where the row is of one of the two alone. What makes a job another one than an update is said; `set` goes with
/// it.
bool differ_in_kind(const Field& field, const JobSpec& registered, const JobSpec& now,
                    std::vector<FieldDifference>& found) {
  const bool before = field.binding.presence(&registered) != Presence::absent;
  const bool after = field.binding.presence(&now) != Presence::absent;
  if (before == after) return !before;
  const auto shown_or_none = [&field](const JobSpec& spec, bool there) {
    return there ? shown(field, spec) : std::string("not set");
  };
  if (!field.makes.empty() && field.makes != Update::name)
    found.push_back({std::string(field.path), shown_or_none(registered, before), shown_or_none(now, after)});
  return true;
}

}  // namespace

std::vector<FieldDifference> differences(const JobSpec& registered, const JobSpec& now) {
  std::vector<FieldDifference> found;
  for (const Field& field : all_fields()) {
    const Identity& identity = field.identity;
    if (!identity.compared) continue;
    if (differ_in_kind(field, registered, now, found)) continue;
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
    if (!field.identity.compared || field.binding.presence(&spec) == spec::Presence::absent) continue;
    if (field.identity.canonical != nullptr) {
      field.identity.canonical(spec, form);
    } else if (field.binding.presence(&spec) == spec::Presence::given) {
      field.binding.canonical(field, &spec, form[std::string(field.path)]);
    }
  }
  return form.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pgfill
