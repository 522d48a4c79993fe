// Which of the settings that people ask for a run can take, and the spec that holds then. They are judged together: one
// may be legal only beside another, and the order in which they were asked means nothing. Pure: asks nobody.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "spec/live_settings.h"

namespace pgfill::control {

/// What has become of a set of settings.
struct TakenSettings {
  JobSpec spec;                              ///< with all that could be taken
  std::vector<spec::Setting> settings = {};  ///< those, in the order in which they were asked for
  std::vector<std::string> left_out = {};    ///< why one was left out, one sentence for each
};

/// `held`: the last value that could be taken of each field; it holds on where another value is left out.
/// `one_at_a_time`: why no batch may run beside another one; empty: they may.
TakenSettings take_settings(const JobSpec& spec, std::vector<spec::Setting> asked,
                            const std::map<std::string, std::string>& held, const std::string& one_at_a_time);

}  // namespace pgfill::control
