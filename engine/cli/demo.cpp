// `pgfill demo`: the demonstration of demo/, on this terminal.
#include "demo/demo.h"

#include "cli/verbs.h"

namespace pgfill::cli {

ExitCode execute(const DemoArguments& arguments, Console& console) {
  demo::DemoOptions options;
  options.rows = arguments.rows;
  options.keep = arguments.keep;
  const Result<ExitCode> exit = demo::run_demo(options, console.in, console.out);
  return exit ? *exit : fail(exit.error(), console);
}

}  // namespace pgfill::cli
