#include "cli/display.h"

#include <ctime>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/cadence.h"
#include "cli/live_block.h"
#include "report/json.h"
#include "report/style.h"
#include "report/words.h"

namespace pgfill::cli {

namespace {

using nlohmann::ordered_json;

std::string clock_text(std::chrono::system_clock::time_point at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[16] = {};
  return {text, std::strftime(text, sizeof text, "%H:%M:%S", &local)};
}

class LineDisplay : public Display {
 public:
  explicit LineDisplay(Console& console) : console_(console) {}

  void on_event(const Event& event) override {
    if (is_change_of_state(event)) console_.err << event_line(event) + "\n" << std::flush;
  }
  void on_progress(const Progress& progress) override {
    if (!cadence_.due(progress.elapsed)) return;
    const std::string now = clock_text(std::chrono::system_clock::now());
    console_.err << now + " " + report::one_line(progress.job) + ": " + progress_line(progress) + "\n" << std::flush;
  }
  void finish(const RunReport&) override {}

 private:
  Console& console_;
  EasingCadence cadence_;
};

class JsonDisplay : public Display {
 public:
  JsonDisplay(std::ostream& out, bool lines) : out_(out), lines_(lines) {}

  void on_event(const Event& event) override {
    if (lines_ && is_change_of_state(event)) print("event", report::to_json(event));
  }
  void on_progress(const Progress& progress) override {
    if (lines_ && cadence_.due(progress.elapsed)) print("progress", report::to_json(progress));
  }
  void finish(const RunReport& report) override {
    if (lines_) return print("result", report::to_json(report));
    out_ << report::dump(report::to_json(report), 2) + "\n" << std::flush;
  }

 private:
  void print(const char* type, const ordered_json& value) {
    ordered_json line{{"type", type}};
    line.update(value);
    out_ << report::dump(line) + "\n" << std::flush;
  }

  std::ostream& out_;
  bool lines_;
  EasingCadence cadence_;
};

}  // namespace

void RunObserver::on_event(const Event& event) {
  if (log_ != nullptr) log_->write(event);
  display_.on_event(event);
}

bool is_change_of_state(const Event& event) {
  if (std::holds_alternative<event::BatchFailed>(event.body)) return false;
  return report::level_of(event) != report::LogLevel::debug;
}

std::string event_line(const Event& event) {
  return clock_text(event.at) + " " + report::one_line(event.job) + ": " + report::one_line(report::describe(event));
}

std::unique_ptr<Display> make_display(OutputFormat output, Console& console, Control& control) {
  if (output != OutputFormat::table) return make_json_display(console.out, output == OutputFormat::jsonl);
  if (console.can.live) return make_live_display(console, control);
  return make_line_display(console);
}

std::unique_ptr<Display> make_line_display(Console& console) {
  return std::make_unique<LineDisplay>(console);
}

std::unique_ptr<Display> make_json_display(std::ostream& out, bool lines) {
  return std::make_unique<JsonDisplay>(out, lines);
}

}  // namespace pgfill::cli
