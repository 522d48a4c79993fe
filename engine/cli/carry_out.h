// Running a job on behalf of a verb: ask, run with the live display, say how it ended.
#pragma once

#include <functional>
#include <optional>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/subject.h"

namespace pgfill::cli {

/// What a verb does once the run is confirmed and before it begins; an error ends the verb.
using Preparation = std::function<std::optional<Error>()>;

/// Asks as confirm does, prepares, runs and shows. Returns how the program ends.
ExitCode carry_out(const RunArguments& arguments, const Subject& subject, Console& console,
                   const Preparation& prepare = {});

}  // namespace pgfill::cli
