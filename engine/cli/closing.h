// The last line of a run: why it ended and the exact command to go on. Pure function.
#pragma once

#include <string>
#include <vector>

#include "pgfill/job.h"

namespace pgfill::cli {

/// `words`: the command line as typed. One line with its line break; empty when the error before it has said it all,
/// because nothing was begun.
std::string closing_line(const RunReport& report, const std::string& job, const std::vector<std::string>& words);

}  // namespace pgfill::cli
