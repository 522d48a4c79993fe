#include "report/words.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/quantity.h"
#include "report/row_counts.h"

namespace pgfill::report {

namespace {

using nlohmann::ordered_json;

double in_milliseconds(std::chrono::microseconds length) {
  return static_cast<double>(length.count()) / 1e3;
}

std::string sqlstate_of(const std::string& sqlstate) {
  return sqlstate.empty() ? "connection lost" : "SQLSTATE " + sqlstate;
}

/// The three faces of each event; a new event does not compile until it has all of them.
struct Row {
  std::string done;  ///< what becomes of rows: changed, deleted

  EventRow operator()(const event::Registered& e) const {
    return {
        "job_registered",
        fmt::format("registered with {} over about {}", counted(e.ranges, "range"), counted(e.estimated_rows, "row")),
        ordered_json{{"ranges", e.ranges}, {"estimated_rows", e.estimated_rows}}.dump()};
  }
  EventRow operator()(const event::Started& e) const {
    return {"job_started", fmt::format("started with {}", counted(e.workers, "worker")),
            ordered_json{{"workers", e.workers}}.dump()};
  }
  EventRow operator()(const event::Resumed& e) const {
    std::string message = fmt::format("resumed at {} with {}; {} committed before", percentage(e.done_share),
                                      counted(e.workers, "worker"), counted(e.rows_changed, done + " row"));
    if (!e.crashed_host.empty()) {
      message += fmt::format("; the previous runner ({} pid {}) ended uncleanly", e.crashed_host, e.crashed_pid);
    }
    ordered_json detail{{"workers", e.workers}, {"done_share", e.done_share}, {"rows_changed", e.rows_changed}};
    if (!e.crashed_host.empty()) detail.update({{"crashed_host", e.crashed_host}, {"crashed_pid", e.crashed_pid}});
    return {"job_resumed", message, dump(detail)};
  }
  EventRow operator()(const event::RangeLeased& e) const {
    return {"range_leased", fmt::format("range {} leased by worker {} (epoch {})", e.range, e.worker, e.epoch),
            ordered_json{{"range", e.range}, {"worker", e.worker}, {"epoch", e.epoch}}.dump()};
  }
  EventRow operator()(const event::BatchCommitted& e) const {
    return {"batch_committed",
            fmt::format("batch of {} committed in {}, {} {} (range {}, worker {})", counted(e.rows_walked, "row"),
                        duration(e.duration), exact_count(e.rows_changed), done, e.range, e.worker),
            ordered_json{{"range", e.range},
                         {"worker", e.worker},
                         {"rows_walked", e.rows_walked},
                         {"rows_changed", e.rows_changed},
                         {"duration_ms", in_milliseconds(e.duration)}}
                .dump()};
  }
  EventRow operator()(const event::BatchFailed& e) const {
    const ordered_json detail{{"range", e.range},       {"worker", e.worker},          {"failure", name_of(e.failure)},
                              {"sqlstate", e.sqlstate}, {"server_message", e.message}, {"delay_ms", e.delay.count()}};
    return {"batch_failed",
            fmt::format("batch failed in range {}, again in {}: {} ({})", e.range, duration(e.delay), e.message,
                        sqlstate_of(e.sqlstate)),
            dump(detail)};
  }
  EventRow operator()(const event::RowsDeferred& e) const {
    return {"rows_deferred",
            fmt::format("{} of range {} held by other sessions, deferred", counted(e.rows, "row"), e.range),
            ordered_json{{"range", e.range}, {"rows", e.rows}}.dump()};
  }
  EventRow operator()(const event::RowQuarantined& e) const {
    const ordered_json detail{
        {"range", e.range}, {"key", e.key}, {"sqlstate", e.sqlstate}, {"server_message", e.message}};
    return {"row_quarantined", fmt::format("row {} quarantined: {} (SQLSTATE {})", e.key, e.message, e.sqlstate),
            dump(detail)};
  }
  EventRow operator()(const event::Finishing& e) const {
    return {"finishing", e.step, dump(ordered_json{{"step", e.step}})};
  }
  EventRow operator()(const event::FailedOver& e) const {
    const ordered_json detail{{"former_timeline", e.former_timeline},
                              {"timeline", e.timeline},
                              {"rows_before", e.rows_before},
                              {"rows_now", e.rows_now}};
    std::string message = fmt::format("failover, timeline {} to {}", e.former_timeline, e.timeline);
    if (e.rows_now < e.rows_before) {
      message += fmt::format(": went back from {} to {} {} rows, and does the lost ones again",
                             exact_count(e.rows_before), exact_count(e.rows_now), done);
    }
    return {"failed_over", message, dump(detail)};
  }
  EventRow operator()(const event::PartitionDropped& e) const {
    return {"partition_dropped",
            fmt::format("partition {} dropped in {}, {}", e.partition, duration(e.duration),
                        counted(e.rows, done + " row")),
            dump(ordered_json{{"partition", e.partition}, {"rows", e.rows}, {"duration_ms", e.duration.count()}})};
  }
  EventRow operator()(const event::PartitionKept& e) const {
    return {"partition_kept",
            fmt::format("partition {} is not dropped: {}; its rows are deleted in batches", e.partition, e.reason),
            dump(ordered_json{{"partition", e.partition}, {"reason", e.reason}})};
  }
  EventRow operator()(const event::RangeFinished& e) const {
    return {"range_finished", fmt::format("range {} done, {}", e.range, counted(e.rows_changed, done + " row")),
            ordered_json{{"range", e.range}, {"rows_changed", e.rows_changed}}.dump()};
  }
  EventRow operator()(const event::RangeSplit& e) const {
    return {"range_split", fmt::format("range {} gave its far part to range {}", e.range, e.new_range),
            ordered_json{{"range", e.range}, {"new_range", e.new_range}}.dump()};
  }
  EventRow operator()(const event::Throttled& e) const {
    return {"throttle_on", "waiting: " + e.reason.sentence,
            dump(ordered_json{{"reason", e.reason.sentence}, {"held_by", to_json(std::optional(e.reason))}})};
  }
  EventRow operator()(const event::Unthrottled& e) const {
    return {"throttle_off", "going on after waiting " + duration(e.closed_for),
            ordered_json{{"closed_for_ms", e.closed_for.count()}}.dump()};
  }
  EventRow operator()(const event::PaceChanged& e) const {
    const double length = in_milliseconds(e.batch_time);
    std::string text = fmt::format("{}, aiming at batches of {:.0f}ms", counted(e.workers, "worker"), length);
    text = e.reason.empty() ? "full speed again: " + text
                            : fmt::format("slowed to {:.0f}%: {}; {}", e.effort * 100, e.reason, text);
    return {
        "pace_changed", text,
        dump(ordered_json{{"effort", e.effort}, {"workers", e.workers}, {"batch_ms", length}, {"reason", e.reason}})};
  }
  EventRow operator()(const event::WorkersFound& e) const {
    const double percent = e.gain * 100;
    const std::string rows = e.workers > e.before ? fmt::format("{:.0f}% more rows than {}", percent, e.before)
                                                  : fmt::format("as many rows as {}", e.before);
    return {"workers_found",
            fmt::format("{} {} {}: going on so", counted(e.workers, "worker"), e.workers == 1 ? "does" : "do", rows),
            dump(ordered_json{{"before", e.before}, {"workers", e.workers}, {"gain", e.gain}})};
  }
  EventRow operator()(const event::StripesJudged& e) const {
    const std::string found = fmt::format("{} of the updates found room on their page", percentage(e.on_page));
    const std::string why = e.held_by.empty() ? "" : ": " + e.held_by + " keeps old versions alive";
    const std::string then = e.pay ? "; going on in stripes" : "; what is left of each range is done in one pass";
    return {"stripes_judged", found + why + then,
            dump(ordered_json{{"pay", e.pay}, {"on_page", e.on_page}, {"held_by", e.held_by}})};
  }
  EventRow operator()(const event::Vacuumed& e) const {
    return {
        "vacuumed",
        fmt::format("vacuumed the table in {}: ", duration(e.duration)) +
            (e.rows_removed > 0 ? fmt::format("{} had gone from it", counted(e.rows_removed, "row"))
                                : fmt::format("its growth had used {} of the budget", percentage(e.used))),
        dump(ordered_json{{"used", e.used}, {"rows_removed", e.rows_removed}, {"duration_ms", e.duration.count()}})};
  }
  EventRow operator()(const event::NotWatched& e) const {
    return {"not_watched", e.reason, dump(ordered_json{{"reason", e.reason}})};
  }
  EventRow operator()(const event::TableGrows& e) const {
    return {"table_grows",
            fmt::format(
                "the table grows as fast as the job advances, {:.0f} rows/s beside {:.0f} rows/s, so no end can be "
                "foretold; a job with bound: at_start ends at the largest key of its start, and what comes later is "
                "for the application or a trigger to fill",
                e.inserted, e.advanced),
            ordered_json{{"inserted_per_second", e.inserted}, {"advanced_per_second", e.advanced}}.dump()};
  }
  EventRow operator()(const event::SettingsChanged& e) const {
    std::string text = e.settings.empty() ? "the spec's own settings hold" : "set by " + e.by + ": " + e.settings;
    if (!e.left_out.empty()) text += "; left out: " + e.left_out;
    return {"settings_changed", text,
            dump(ordered_json{{"by", e.by}, {"settings", e.settings}, {"left_out", e.left_out}})};
  }
  EventRow operator()(const event::StopRequested& e) const {
    return {"stop_requested", fmt::format("stop asked for ({}); the current batches finish first", e.by),
            dump(ordered_json{{"by", e.by}})};
  }
  EventRow operator()(const event::Stopped& e) const {
    return {"job_stopped", "stopped: " + e.error.message, dump(to_json(e.error))};
  }
  EventRow operator()(const event::Done& e) const {
    return {"job_done", fmt::format("done: {} in {}", counted(e.rows_changed, done + " row"), duration(e.duration)),
            ordered_json{{"rows_changed", e.rows_changed}, {"duration_ms", e.duration.count()}}.dump()};
  }
};

}  // namespace

std::string describe(const Event& event) {
  return to_row(event).message;
}

EventRow to_row(const Event& event) {
  return std::visit(Row{counted_as(event.kind)}, event.body);
}

std::string_view name_of(event::BatchFailed::Kind failure) {
  switch (failure) {
    case event::BatchFailed::Kind::retry:
      return "retry";
    case event::BatchFailed::Kind::locked:
      return "locked";
    case event::BatchFailed::Kind::slow:
      return "slow";
    case event::BatchFailed::Kind::reconnect:
      return "reconnect";
    case event::BatchFailed::Kind::refused:
      return "refused";
  }
  return "unknown";
}

std::string trouble_words(std::int64_t retries, std::int64_t deferred, std::int64_t quarantined) {
  std::string words;
  const auto add = [&words](std::int64_t count, const std::string& noun) {
    if (count == 0) return;
    if (!words.empty()) words += ", ";
    words += counted(count, noun);
  };
  add(retries, "retried batch");
  add(deferred, "deferred row");
  add(quarantined, "quarantined row");
  return words.empty() ? "none" : words;
}

}  // namespace pgfill::report
