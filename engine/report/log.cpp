#include "report/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/words.h"

namespace pgfill::report {

namespace {

using nlohmann::ordered_json;

/// Moves a field of the event's detail into the log's own vocabulary.
void take(ordered_json& line, const ordered_json& detail, const char* from, const char* to) {
  const auto found = detail.find(from);
  if (found != detail.end() && !found->is_null()) line[to] = *found;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

const char* log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

LogLevel level_of(const Event& event) {
  if (std::holds_alternative<event::BatchFailed>(event.body)) return LogLevel::warning;
  if (const auto* stopped = std::get_if<event::Stopped>(&event.body)) {
    const ExitCode exit = exit_code_of(stopped->error.code);
    const bool wanted = exit == ExitCode::interrupted || exit == ExitCode::paused || exit == ExitCode::cancelled;
    return wanted ? LogLevel::info : LogLevel::error;
  }
  const bool routine = std::holds_alternative<event::BatchCommitted>(event.body) ||
                       std::holds_alternative<event::RangeLeased>(event.body) ||
                       std::holds_alternative<event::RangeFinished>(event.body) ||
                       std::holds_alternative<event::RangeSplit>(event.body);
  return routine ? LogLevel::debug : LogLevel::info;
}

std::string log_line(const Event& event) {
  const EventRow row = to_row(event);
  const ordered_json detail = ordered_json::parse(row.detail);
  ordered_json line{{"ts", iso_time(event.at)},
                    {"level", log_level_name(level_of(event))},
                    {"msg", row.message},
                    {"job", event.job},
                    {"kind", row.kind}};
  take(line, detail, "range", "range");
  take(line, detail, "worker", "worker");
  take(line, detail, "sqlstate", "sqlstate");
  take(line, detail, "server_message", "reason");
  take(line, detail, "reason", "reason");
  take(line, detail, "by", "reason");
  if (row.kind == "job_stopped") take(line, detail, "message", "reason");
  take(line, detail, "rows_changed", "rows_changed");
  take(line, detail, "delay_ms", "delay_ms");
  take(line, detail, "closed_for_ms", "duration_ms");
  take(line, detail, "duration_ms", "duration_ms");
  return dump(line);
}

struct Log::Sink {
  spdlog::logger logger;
  LogLevel least;
  std::int64_t lost = 0;

  Sink(spdlog::sink_ptr sink, LogLevel least_level) : logger("pgfill", std::move(sink)), least(least_level) {
    logger.set_pattern("%v");
    logger.set_level(spdlog_level(least_level));
    logger.flush_on(spdlog::level::trace);
    logger.set_error_handler([this](const std::string&) { ++lost; });
  }
};

Result<std::unique_ptr<Log>> Log::open(const std::string& target, LogLevel least) {
  try {
    spdlog::sink_ptr sink;
    if (target == "-") {
      sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(target);
    }
    return std::unique_ptr<Log>(new Log(std::make_unique<Sink>(std::move(sink), least)));
  } catch (const spdlog::spdlog_ex& failure) {
    Error error;
    error.code = ErrorCode::usage;
    error.message = std::string("the log cannot be written: ") + failure.what();
    error.hint = "name a file in a folder that exists and is writable, or --log - for stderr";
    return error;
  }
}

Log::Log(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}

Log::~Log() = default;

void Log::write(const Event& event) noexcept {
  try {
    const LogLevel level = level_of(event);
    if (level >= sink_->least) sink_->logger.log(spdlog_level(level), log_line(event));
  } catch (...) {
    ++sink_->lost;
  }
}

std::int64_t Log::lost() const {
  return sink_->lost;
}

}  // namespace pgfill::report
