// How a run is shown while it lasts: a live block on a terminal, easing lines elsewhere, JSON lines for programs.
// Chooses when to print; the words come from report/ and live_block.h.
#pragma once

#include <iosfwd>
#include <memory>

#include "cli/console.h"
#include "pgfill/job.h"
#include "report/log.h"

namespace pgfill::cli {

/// Not thread-safe: called from the thread that runs the job. Console and control outlive it.
class Display : public Observer {
 public:
  /// Shows the last state. Nothing is called afterwards.
  virtual void finish(const RunReport& report) = 0;
};

/// For `run -o`: `json` shows nothing until the end, `jsonl` a line for each change of state and progress on stdout.
std::unique_ptr<Display> make_display(OutputFormat output, Console& console, Control& control);

/// A block on stderr, redrawn at most 4 times a second; keys: p pauses, r resumes, q stops.
std::unique_ptr<Display> make_live_display(Console& console, Control& control);
/// Lines on stderr: each change of state, and progress at an easing cadence.
std::unique_ptr<Display> make_line_display(Console& console);
/// JSON on stdout; `lines`: also while the job runs.
std::unique_ptr<Display> make_json_display(std::ostream& out, bool lines);

/// Hands every event to the log, when there is one, and to the display.
class RunObserver : public Observer {
 public:
  RunObserver(Display& display, report::Log* log) : display_(display), log_(log) {}
  void on_event(const Event& event) override;
  void on_progress(const Progress& progress) override { display_.on_progress(progress); }

 private:
  Display& display_;
  report::Log* log_;
};

/// True for what a person wants to read as it happens: no single batches and ranges.
bool is_change_of_state(const Event& event);
/// "13:37:52 users-account-state: started with 2 workers", in local time.
std::string event_line(const Event& event);

}  // namespace pgfill::cli
