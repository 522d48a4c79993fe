// The picture of a running job: a block of lines for a terminal, one line for everything else. Pure functions; where
// and when they are printed is screen.h and display.h.
#pragma once

#include <string>
#include <vector>

#include "pgfill/event.h"
#include "pgfill/progress.h"

namespace pgfill::cli {

/// No line is wider than `width` columns (at least 20). `keys`: the line that names the keys is shown.
std::vector<std::string> render(const Progress& progress, std::size_t width, bool colour, bool keys);

/// "66.1% of ~43.14M rows, 28.51M changed, 6.8k rows/s, ...", with the reason in front when the job waits.
std::string progress_line(const Progress& progress);

}  // namespace pgfill::cli
