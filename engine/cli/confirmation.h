// Shows what a run is about to do and asks whether it shall.
#pragma once

#include <optional>

#include "cli/arguments.h"
#include "cli/subject.h"

namespace pgfill::cli {

/// Null: go ahead. Else how the program ends: refused by the plan, by a person, or because nobody can answer.
/// `standing`: the job as the ledger has it.
std::optional<ExitCode> confirm(const RunArguments& arguments, const Subject& subject,
                                const std::optional<JobStatus>& standing, Console& console);

}  // namespace pgfill::cli
