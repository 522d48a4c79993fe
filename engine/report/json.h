// The JSON forms of the public values: stable snake_case names, units in the names, times in ISO 8601 UTC, absent
// values as null. Pure functions; a contract with scripts, so names are added and never changed. Never used in the row
// path.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pgfill/event.h"
#include "pgfill/job.h"
#include "pgfill/plan.h"
#include "pgfill/progress.h"

namespace pgfill::report {

nlohmann::ordered_json to_json(const Error& error);
nlohmann::ordered_json to_json(const Progress& progress);
/// Null when there is none.
nlohmann::ordered_json to_json(const std::optional<WaitReason>& reason);
nlohmann::ordered_json to_json(const Event& event);
nlohmann::ordered_json to_json(const JobStatus& status);
nlohmann::ordered_json to_json(const EventRecord& record);
nlohmann::ordered_json to_json(const Finding& finding);
nlohmann::ordered_json to_json(const RunReport& report);
/// `refused` says whether any finding refuses it.
nlohmann::ordered_json to_json(const Plan& plan);

/// As text on one line (`indent` < 0) or indented. Bytes that are not UTF-8 are replaced; never throws for them.
std::string dump(const nlohmann::ordered_json& json, int indent = -1);

/// "2026-11-23T09:33:09.123Z".
std::string iso_time(std::chrono::system_clock::time_point at);
/// "PF1042".
std::string code_text(ErrorCode code);
/// The identifier in error_table.inc, for instance "key_not_unique".
std::string code_name(ErrorCode code);

}  // namespace pgfill::report
