// Whether anything could remain of a statement that is rolled back, as far as its text tells. A rolled-back transaction
// takes back what it did to tables, not what a function did elsewhere: sequences, files, other servers. Pure; doubt is
// taken for an effect.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/facts.h"

namespace pgfill::plan {

/// The function that a trigger runs.
struct TriggerSource {
  std::string trigger;
  std::string language;
  std::string source;
};

/// The last parts of the names that an opening bracket follows, each once: functions among them, and words of SQL.
/// Texts in quotes are searched as well.
std::vector<std::string> names_called(std::string_view text);

/// Whether the function computes and assigns only: PL/pgSQL without a statement of SQL. What it calls is not judged.
bool only_assigns(const TriggerSource& source);

/// Why no row of the job may be updated for a try; empty: by these facts one may. What is called is not judged.
std::optional<std::string> effect_of_update(const JobSpec& spec, const Facts& facts,
                                            const std::vector<TriggerSource>& triggers);

}  // namespace pgfill::plan
