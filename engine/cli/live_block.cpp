#include "cli/live_block.h"

#include <algorithm>

#include "report/job_text.h"
#include "report/quantity.h"
#include "report/row_counts.h"
#include "report/style.h"
#include "report/words.h"

namespace pgfill::cli {

namespace {

using report::exact_count;
using report::short_count;

constexpr std::size_t narrow = 60;

std::string position(const Progress& progress) {
  const std::string rows = progress.estimated_rows > 0
                               ? "~" + short_count(static_cast<double>(progress.estimated_rows)) + " rows"
                               : std::string("the table");
  return report::percentage(progress.share) + " of " + rows;
}

std::string batch_words(const Progress& progress) {
  if (progress.batches == 0) return "no batch yet";
  return "batch " + exact_count(progress.batch_rows) + " rows, p50 " + report::duration(progress.batch_p50) + " p99 " +
         report::duration(progress.batch_p99);
}

std::string worker_words(const Progress& progress) {
  return "workers " + std::to_string(progress.workers_busy) + " of " + std::to_string(progress.workers);
}

std::string changed_words(const Progress& progress) {
  std::string words;
  for (const std::string& one : report::short_counts(progress.kind, progress.rows_changed, progress.rows_kept))
    words += (words.empty() ? "" : ", ") + one;
  return words;
}

std::string eta_words(const Progress& progress) {
  return progress.state == JobState::done ? "" : report::time_left(progress.eta_shortest, progress.eta_longest);
}

std::string lag_words(const Progress& progress) {
  return progress.replica_lag_bytes ? "worst replica " + report::size(*progress.replica_lag_bytes) + " behind"
                                    : "no replica seen";
}

std::string trouble_words(const Progress& progress) {
  return report::trouble_words(progress.retries, progress.deferred, progress.quarantined);
}

/// "RUNNING 12m05s" or "THROTTLED 12m05s: replica lag 1.9s > 1.5s".
std::string state_words(const Progress& progress) {
  std::string words(name_of(progress.state));
  std::transform(words.begin(), words.end(), words.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  words += " " + report::duration(progress.elapsed);
  return progress.reason.empty() ? words : words + ": " + report::one_line(progress.reason);
}

/// Colours the state in the first line that holds it whole.
void paint_state(std::vector<std::string>& lines, const Progress& progress, bool colour) {
  const std::string plain = report::painted_state(progress.state, false);
  for (std::string& line : lines) {
    const std::size_t at = line.find(plain + " ");
    if (at == std::string::npos) continue;
    line.replace(at, plain.size(), report::painted_state(progress.state, colour));
    return;
  }
}

}  // namespace

std::vector<std::string> render(const Progress& progress, std::size_t width, bool colour, bool keys) {
  std::vector<std::string> lines = report::lay_out(
      "",
      {report::one_line(progress.job), progress.kind + " " + report::one_line(progress.table), state_words(progress)},
      width);
  paint_state(lines, progress, colour);
  const auto add = [&](std::string_view label, const std::vector<std::string>& pieces) {
    for (std::string& line : report::lay_out(label, pieces, width)) lines.push_back(std::move(line));
  };
  const std::string bar = report::bar(progress.share, width < narrow ? 8 : 24);
  add("  progress   ", {bar + " " + position(progress), changed_words(progress), eta_words(progress)});
  add("  speed      ", {report::row_rate(progress.rows_per_second) + " now, " +
                            short_count(progress.rows_per_second_average) + " average",
                        batch_words(progress), worker_words(progress)});
  add("  ranges     ",
      {exact_count(progress.ranges_done) + " of " + exact_count(progress.ranges) + " done", lag_words(progress)});
  add("  trouble    ", {trouble_words(progress)});
  if (keys) add("  keys       ", {"p pause", "r resume", "q stop"});
  return lines;
}

std::string progress_line(const Progress& progress) {
  std::string line;
  if (!progress.reason.empty()) line = state_words(progress) + "; ";
  line += position(progress) + ", " + changed_words(progress) + ", " + report::row_rate(progress.rows_per_second) +
          ", " + batch_words(progress) + ", " + worker_words(progress);
  if (progress.replica_lag_bytes) line += ", " + lag_words(progress);
  if (trouble_words(progress) != "none") line += ", " + trouble_words(progress);
  const std::string eta = eta_words(progress);
  return eta.empty() ? line : line + ", " + eta;
}

}  // namespace pgfill::cli
