// A spec as JSON: the fields and the words of its YAML, one entry for each row of the field table.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "pgfill/spec.h"

namespace pgfill::spec {

/// Every field with the value that holds, by its name in the spec; null for a field that has none. Without its nulls
/// it is YAML that parse_spec reads back to an equal spec.
nlohmann::ordered_json to_json(const JobSpec& spec);

}  // namespace pgfill::spec
