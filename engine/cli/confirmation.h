// Shows what a run is about to do and asks whether it shall.
#pragma once

#include <optional>

#include "cli/arguments.h"
#include "cli/subject.h"
#include "pgfill/plan.h"

namespace pgfill::cli {

struct Confirmation {
  /// Empty: go ahead. Else how the program ends: refused by the plan, by a person, or because nobody can answer.
  std::optional<ExitCode> ended;
  std::optional<Plan> plan;  ///< what was shown, while it is fresh: nobody took time to answer
};

/// `standing`: the job as the ledger has it.
Confirmation confirm(const RunArguments& arguments, const Subject& subject, const std::optional<JobStatus>& standing,
                     Console& console);

}  // namespace pgfill::cli
