#include <optional>
#include <ostream>

#include "cli/cadence.h"
#include "cli/display.h"
#include "cli/keyboard.h"
#include "cli/live_block.h"
#include "cli/screen.h"
#include "report/style.h"

namespace pgfill::cli {

namespace {

constexpr std::chrono::milliseconds frame_interval{250};

class LiveDisplay : public Display {
 public:
  LiveDisplay(Console& console, Control& control) : console_(console), control_(control) {
    if (console.can.ask) keyboard_.emplace();
  }

  void on_event(const Event& event) override {
    // A closed gate is shown in the block itself; a line for each time would push the history off the screen.
    const bool in_block =
        std::holds_alternative<event::Throttled>(event.body) || std::holds_alternative<event::Unthrottled>(event.body);
    // How the run ended is said after the last block.
    const bool at_end =
        std::holds_alternative<event::Stopped>(event.body) || std::holds_alternative<event::Done>(event.body);
    if (in_block || at_end || !is_change_of_state(event)) return;
    const std::size_t width = width_of(console_.can);
    write(screen_.above(report::cut(event_line(event), width) + "\n", width));
    if (last_) draw(*last_, keyboard_.has_value());
  }

  void on_progress(const Progress& progress) override {
    obey_keys();
    last_ = progress;
    if (frames_.due(std::chrono::steady_clock::now())) draw(progress, keyboard_.has_value());
  }

  void finish(const RunReport& report) override {
    keyboard_.reset();
    if (last_) draw(report.progress.job.empty() ? *last_ : report.progress, false);
  }

 private:
  void obey_keys() {
    while (const std::optional<char> key = keyboard_ ? keyboard_->poll() : std::nullopt) {
      if (*key == 'p') control_.pause("paused at the keyboard; r resumes");
      if (*key == 'r') control_.resume();
      if (*key == 'q') control_.stop();
    }
  }

  void draw(const Progress& progress, bool keys) {
    const std::size_t width = width_of(console_.can);
    // One column stays free: a line that fills a terminal wraps on some of them.
    write(screen_.frame(render(progress, width - 1, console_.can.colour_err, keys), width, height_of_terminal()));
  }

  /// One write for a whole frame, so that no half of it is ever seen.
  void write(const std::string& bytes) { console_.err << bytes << std::flush; }

  Console& console_;
  Control& control_;
  std::optional<Keyboard> keyboard_;
  Screen screen_;
  FrameLimit frames_{frame_interval};
  std::optional<Progress> last_;
};

}  // namespace

std::unique_ptr<Display> make_live_display(Console& console, Control& control) {
  return std::make_unique<LiveDisplay>(console, control);
}

}  // namespace pgfill::cli
