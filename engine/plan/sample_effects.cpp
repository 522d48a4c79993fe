#include "plan/sample_effects.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pgfill::plan {
namespace {

bool is_part_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// The name that ends before `end`, as the catalogue has it.
std::string name_before(std::string_view text, std::size_t end) {
  while (end > 0 && std::isspace(static_cast<unsigned char>(text[end - 1])) != 0) --end;
  if (end > 1 && text[end - 1] == '"') {
    const std::size_t begin = text.rfind('"', end - 2);
    return begin == std::string_view::npos ? "" : std::string(text.substr(begin + 1, end - begin - 2));
  }
  std::size_t begin = end;
  while (begin > 0 && is_part_of_name(text[begin - 1])) --begin;
  std::string name(text.substr(begin, end - begin));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  return name;
}

/// Statements that a function of PL/pgSQL may hold, and what makes one of a value's text.
constexpr std::array<std::string_view, 24> statements{"select",  "insert",  "update", "delete", "merge",  "truncate",
                                                      "execute", "perform", "call",   "copy",   "notify", "listen",
                                                      "create",  "alter",   "drop",   "lock",   "set",    "reset",
                                                      "do",      "with",    "table",  "values", "from",   "import"};

/// The words outside of texts in quotes; nothing when where these end is in doubt.
std::optional<std::vector<std::string>> words_of(const std::string& source) {
  if (source.find_first_of("\\$") != std::string::npos) return std::nullopt;
  std::vector<std::string> words;
  bool quoted = false;
  std::string word;
  for (const char c : source + " ") {
    if (c == '\'') quoted = !quoted;
    if (!quoted && is_part_of_name(c)) {
      word += lower(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (quoted) return std::nullopt;
  return words;
}

}  // namespace

std::vector<std::string> names_called(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t at = text.find('('); at != std::string_view::npos; at = text.find('(', at + 1)) {
    std::string name = name_before(text, at);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

bool only_assigns(const TriggerSource& source) {
  if (source.language != "plpgsql") return false;
  const auto words = words_of(source.source);
  if (!words) return false;
  return std::none_of(words->begin(), words->end(), [](const std::string& word) {
    return std::find(statements.begin(), statements.end(), word) != statements.end();
  });
}

std::optional<std::string> effect_of_update(const JobSpec& spec, const Facts& facts,
                                            const std::vector<TriggerSource>& triggers) {
  const bool deletes = kinds::kind_of(spec).event() == kinds::RowEvent::remove;
  const ColumnNumbers changed = with_dependents(facts, assigned_columns(facts, spec));
  const bool any_fires = std::any_of(facts.triggers.begin(), facts.triggers.end(),
                                     [&](const TriggerFact& trigger) { return fires(trigger, changed); });
  if (any_fires) {
    for (const TriggerSource& source : triggers) {
      if (!only_assigns(source)) return "trigger " + readable(source.trigger) + " may have effects that stay";
    }
  }
  for (const ForeignKeyFact& key : facts.foreign_keys) {
    const std::string& action = deletes ? key.on_delete : key.on_update;
    const bool cascades = action == "c" || action == "n" || action == "d";
    if (!key.from_here && cascades && (deletes || overlap(key.columns, changed)))
      return "foreign key " + readable(key.name) + " changes other tables";
  }
  for (const LeafFact& leaf : facts.leaves) {
    if (leaf.kind != 'r') return qualified(leaf.schema, leaf.name) + " is no table of this server";
  }
  return std::nullopt;
}

}  // namespace pgfill::plan
