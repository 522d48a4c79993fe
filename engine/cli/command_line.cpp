#include "cli/command_line.h"

#include <algorithm>
#include <string_view>

namespace pgfill::cli {

std::string shell_word(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  // Double quotes read better for SQL, but only where nothing inside means something to a shell.
  if (!word.empty() && word.find_first_of("\"$`\\!\n") == std::string::npos) return "\"" + word + "\"";
  std::string quoted = "'";
  for (const char character : word) quoted += character == '\'' ? std::string("'\\''") : std::string(1, character);
  return quoted + "'";
}

std::string command_text(const std::vector<std::string>& words) {
  std::string text = "pgfill";
  for (const std::string& word : words) text += " " + shell_word(word);
  return text;
}

std::vector<std::string> with_flags(std::vector<std::string> words, const std::vector<std::string>& unwanted,
                                    const std::vector<std::string>& wanted) {
  const auto listed = [](const std::vector<std::string>& flags, const std::string& word) {
    return std::find(flags.begin(), flags.end(), word) != flags.end();
  };
  std::erase_if(words, [&](const std::string& word) { return listed(unwanted, word); });
  for (const std::string& flag : wanted)
    if (!listed(words, flag)) words.push_back(flag);
  return words;
}

std::vector<std::string> as_run(std::vector<std::string> words) {
  if (words.empty() || words.front() != "retry") return words;
  words.front() = "run";
  return with_flags(std::move(words), {"--quarantined"}, {});
}

}  // namespace pgfill::cli
