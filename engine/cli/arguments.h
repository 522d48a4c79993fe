// The words of the command line as values: one struct for each verb. Parsing only; nothing is done here.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "cli/console.h"
#include "pgfill/error.h"
#include "report/log.h"

namespace pgfill::cli {

struct RunArguments {
  std::string subject;  ///< a spec file, an SQL statement or the name of a job in the ledger
  std::string job;      ///< name for an SQL statement; empty: made from it
  bool yes = false;
  bool again = false;
  bool takeover = false;
  bool no_sample = false;  ///< as in PlanArguments
  int workers = 0;         ///< 0: as the spec says
  std::string log;         ///< a file, "-" for stderr, empty for no log
  report::LogLevel log_level = report::LogLevel::info;
  OutputFormat output = OutputFormat::table;
  ConnectionFlags connection;
  std::vector<std::string> words;  ///< the command line as typed, without the program's name
};
struct RetryArguments {
  RunArguments run;          ///< `subject` is the name of a job in the ledger
  bool quarantined = false;  ///< put its quarantined rows back first
};
struct AdoptArguments {
  std::string job;
  ConnectionFlags connection;
};
/// pause, resume, cancel and set.
struct SteerArguments {
  enum class What { pause, resume, cancel, set };
  What what = What::pause;
  std::string job;
  bool all = false;  ///< every job that is not over, instead of one
  std::string reason;
  std::vector<std::string> settings;  ///< "FIELD=VALUE", with set
  OutputFormat output = OutputFormat::table;
  ConnectionFlags connection;
};
struct PlanArguments {
  std::string subject;     ///< as in RunArguments
  std::string job;         ///< as in RunArguments
  bool no_sample = false;  ///< no row is tried
  OutputFormat output = OutputFormat::table;
  ConnectionFlags connection;
};
struct ValidateArguments {
  std::vector<std::string> files;
};
struct InitArguments {
  std::string subject;  ///< a table or an SQL statement
  std::string job;      ///< as in RunArguments
  ConnectionFlags connection;
};
struct ExplainArguments {
  std::string field;      ///< a path such as "batch.time"; empty with `markdown` only
  bool markdown = false;  ///< the reference of all fields instead, as jobs/README.md has it
};
struct SchemaArguments {};
struct ListArguments {
  OutputFormat output = OutputFormat::table;
  ConnectionFlags connection;
};
struct StatusArguments {
  std::string job;  ///< empty: every job that is not done, else the newest
  bool watch = false;
  OutputFormat output = OutputFormat::table;
  ConnectionFlags connection;
};
struct EventsArguments {
  std::string job;
  bool follow = false;
  int limit = 50;  ///< the last so many
  OutputFormat output = OutputFormat::table;
  ConnectionFlags connection;
};
struct MetricsArguments {
  ConnectionFlags connection;
};
struct InstallArguments {
  ConnectionFlags connection;
};
struct DemoArguments {
  std::int64_t rows = 1'000'000;
  bool keep = false;  ///< leave the servers running until Enter is pressed
};
struct VersionArguments {};

using Command =
    std::variant<RunArguments, RetryArguments, AdoptArguments, SteerArguments, PlanArguments, ValidateArguments,
                 InitArguments, ExplainArguments, SchemaArguments, ListArguments, StatusArguments, EventsArguments,
                 MetricsArguments, InstallArguments, DemoArguments, VersionArguments>;
/// A text somebody asked for with --help.
struct HelpText {
  std::string text;
};

/// `words`: the command line without the program's name. Error: usage, with what was meant when that can be guessed.
std::variant<Command, HelpText, Error> parse_arguments(const std::vector<std::string>& words);

}  // namespace pgfill::cli
