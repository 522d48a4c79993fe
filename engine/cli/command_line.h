// The command to type next, exactly: quoted for a shell, with the same file and connection. Pure functions.
#pragma once

#include <string>
#include <vector>

namespace pgfill::cli {

/// The word as a POSIX shell reads it back: quoted only when it must be.
std::string shell_word(const std::string& word);
/// Words after the program's name, as one command line beginning with "pgfill".
std::string command_text(const std::vector<std::string>& words);
/// The same command without `unwanted` flags and with `wanted` ones added when they are missing.
std::vector<std::string> with_flags(std::vector<std::string> words, const std::vector<std::string>& unwanted,
                                    const std::vector<std::string>& wanted);
/// The command that goes on with what a `retry` began: its rows are put back once. Other commands stay as they are.
std::vector<std::string> as_run(std::vector<std::string> words);

}  // namespace pgfill::cli
