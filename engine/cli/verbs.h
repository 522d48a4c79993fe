// The verbs: each does what its arguments ask, prints, and returns how the program ends. One .cpp file a verb.
#pragma once

#include "cli/arguments.h"
#include "cli/console.h"

namespace pgfill::cli {

ExitCode execute(const RunArguments& arguments, Console& console);
ExitCode execute(const RetryArguments& arguments, Console& console);
ExitCode execute(const AdoptArguments& arguments, Console& console);
ExitCode execute(const SteerArguments& arguments, Console& console);
ExitCode execute(const PlanArguments& arguments, Console& console);
ExitCode execute(const ValidateArguments& arguments, Console& console);
ExitCode execute(const InitArguments& arguments, Console& console);
ExitCode execute(const ExplainArguments& arguments, Console& console);
ExitCode execute(const SchemaArguments& arguments, Console& console);
ExitCode execute(const ListArguments& arguments, Console& console);
ExitCode execute(const StatusArguments& arguments, Console& console);
ExitCode execute(const EventsArguments& arguments, Console& console);
ExitCode execute(const MetricsArguments& arguments, Console& console);
ExitCode execute(const InstallArguments& arguments, Console& console);
ExitCode execute(const DemoArguments& arguments, Console& console);
ExitCode execute(const VersionArguments& arguments, Console& console);

}  // namespace pgfill::cli
