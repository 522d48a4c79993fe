// Every verb with its one-line description: the one list that help, "did you mean" and the parser share.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace pgfill::cli {

struct VerbText {
  std::string_view name;
  std::string_view group;     ///< heading in --help
  std::string_view operands;  ///< as shown behind the name
  std::string_view summary;
  std::string_view examples;  ///< lines of the verb's own --help; may be empty
};

extern const std::array<VerbText, 19> verb_table;

/// What `pgfill --help` prints.
std::string program_help();

/// The nearest verb to a word that is none, or empty.
std::string similar_verb(std::string_view word);

}  // namespace pgfill::cli
