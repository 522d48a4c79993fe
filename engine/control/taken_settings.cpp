#include "control/taken_settings.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pgfill::control {
namespace {

using spec::Setting;
using Settings = std::vector<Setting>;

/// Settings that are legal together, as far as they have been found.
class Legal {
 public:
  explicit Legal(const JobSpec& spec) : spec_(spec), laid_over_(spec) {}

  /// Nothing: it is one of them now.
  std::optional<Error> add(const Setting& setting) { return add(Settings{setting}); }
  std::optional<Error> add(const Settings& more) {
    Settings together = settings_;
    together.insert(together.end(), more.begin(), more.end());
    Result<JobSpec> result = spec::with_settings(spec_, together);
    if (!result) return result.error();
    settings_ = std::move(together);
    laid_over_ = std::move(*result);
    return std::nullopt;
  }

  const Settings& settings() const { return settings_; }
  const JobSpec& laid_over() const { return laid_over_; }

 private:
  const JobSpec& spec_;
  JobSpec laid_over_;
  Settings settings_;
};

/// As many as can be had, whatever their order; returns the others.
Settings add_one_by_one(Legal& legal, Settings pending) {
  for (std::size_t before = pending.size() + 1; pending.size() < before;) {
    before = pending.size();
    std::erase_if(pending, [&legal](const Setting& setting) { return !legal.add(setting); });
  }
  return pending;
}

/// Takes the settings out that would let batches run side by side.
void leave_out_workers(const JobSpec& spec, Settings& asked, const std::string& one_at_a_time, TakenSettings& taken) {
  std::erase_if(asked, [&](const Setting& setting) {
    if (setting.first != "workers") return false;
    const Result<JobSpec> with = spec::with_settings(spec, {setting});
    if (!with || with->workers == 1) return false;
    taken.left_out.push_back("workers: no batch may run beside another one, as " + one_at_a_time);
    return true;
  });
}

}  // namespace

TakenSettings take_settings(const JobSpec& spec, Settings asked, const std::map<std::string, std::string>& held,
                            const std::string& one_at_a_time) {
  TakenSettings taken{spec};
  if (!one_at_a_time.empty()) leave_out_workers(spec, asked, one_at_a_time, taken);
  const auto value_held = [&held](const Setting& setting) {
    const auto found = held.find(setting.first);
    return found == held.end() ? std::string() : found->second;
  };
  Legal legal(spec);
  if (legal.add(asked)) {
    // What holds already goes first: a new value does not push it out.
    std::stable_partition(asked.begin(), asked.end(),
                          [&](const Setting& one) { return value_held(one) == one.second; });
    for (const Setting& setting : add_one_by_one(legal, asked)) {
      const std::optional<Error> wrong = legal.add(setting);
      if (!wrong) continue;
      taken.left_out.push_back(wrong->message);
      if (const std::string before = value_held(setting); !before.empty()) legal.add({setting.first, before});
    }
  }
  taken.settings = legal.settings();
  taken.spec = legal.laid_over();
  return taken;
}

}  // namespace pgfill::control
