// What the rows of the field table say about identity: which fields make another job, and how each is compared where
// its value alone does not tell.
#pragma once

#include "spec/field_binding.h"

namespace pgfill::spec {

void canonical_table(const JobSpec& spec, nlohmann::ordered_json& form);
void canonical_alias(const JobSpec& spec, nlohmann::ordered_json& form);
void canonical_set(const JobSpec& spec, nlohmann::ordered_json& form);
void canonical_from(const JobSpec& spec, nlohmann::ordered_json& form);
void canonical_where(const JobSpec& spec, nlohmann::ordered_json& form);
void canonical_key(const JobSpec& spec, nlohmann::ordered_json& form);
void canonical_bound_of_job(const JobSpec& spec, nlohmann::ordered_json& form);

using Differences = std::vector<FieldDifference>;
void differ_in_table(const JobSpec& registered, const JobSpec& now, Differences& found);
void differ_in_alias(const JobSpec& registered, const JobSpec& now, Differences& found);
void differ_in_set(const JobSpec& registered, const JobSpec& now, Differences& found);
void differ_in_from(const JobSpec& registered, const JobSpec& now, Differences& found);
void differ_in_where(const JobSpec& registered, const JobSpec& now, Differences& found);
void differ_in_key(const JobSpec& registered, const JobSpec& now, Differences& found);

/// Another value, another job.
inline constexpr Identity by_value{true, nullptr, nullptr};

}  // namespace pgfill::spec
