// The program without its process: words in, exit code out.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"

namespace pgfill::cli {

/// Parses and executes. Exceptions become ErrorCode::internal; nothing is thrown.
ExitCode run_program(const std::vector<std::string>& words, Console& console) noexcept;

}  // namespace pgfill::cli
