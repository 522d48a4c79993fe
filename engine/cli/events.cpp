// `pgfill events`: what happened to a job, the last events first read and then printed in order; and what happens next.
#include <poll.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/verbs.h"
#include "pgfill/job.h"
#include "report/job_text.h"
#include "report/json.h"

namespace pgfill::cli {

namespace {

constexpr int page = 1'000;
constexpr int look_interval_ms = 1'000;

/// The last `limit` events after `after`, which is moved to the newest one read.
Result<std::deque<EventRecord>> read_events(const EventsArguments& arguments, const ConnectionSettings& connection,
                                            std::int64_t& after) {
  std::deque<EventRecord> last;
  while (true) {
    Result<std::vector<EventRecord>> records = job_events(connection, arguments.job, after, page);
    if (!records) return records.error();
    for (EventRecord& record : *records) {
      after = record.id;
      last.push_back(std::move(record));
      if (last.size() > static_cast<std::size_t>(arguments.limit)) last.pop_front();
    }
    if (records->size() < static_cast<std::size_t>(page)) return last;
  }
}

void print(const std::deque<EventRecord>& records, const EventsArguments& arguments, Console& console) {
  if (arguments.output == OutputFormat::json && !arguments.follow) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const EventRecord& record : records) list.push_back(report::to_json(record));
    console.out << report::dump(list, 2) + "\n" << std::flush;
    return;
  }
  for (const EventRecord& record : records) {
    console.out << (arguments.output == OutputFormat::table ? report::event_line(record, console.can.colour_out)
                                                            : report::dump(report::to_json(record)) + "\n");
  }
  console.out << std::flush;
}

}  // namespace

ExitCode execute(const EventsArguments& arguments, Console& console) {
  const ConnectionSettings connection = resolve_connection(arguments.connection, console.environment);
  std::int64_t after = 0;
  do {
    const auto records = read_events(arguments, connection, after);
    if (!records) return fail(records.error(), console, arguments.output);
    print(*records, arguments, console);
    if (arguments.follow) poll(nullptr, 0, look_interval_ms);
  } while (arguments.follow && console.out);
  return ExitCode::done;
}

}  // namespace pgfill::cli
