// `pgfill validate`: spec files and SQL scripts checked without a database.
#include <ostream>

#include "cli/subject.h"
#include "cli/verbs.h"
#include "pgfill/spec.h"

namespace pgfill::cli {

ExitCode execute(const ValidateArguments& arguments, Console& console) {
  ExitCode exit = ExitCode::done;
  for (const std::string& file : arguments.files) {
    if (is_script_name(file)) {
      const Result<ScriptStatement> script = load_script(file);
      exit = script ? exit : fail(script.error(), console);
      if (script) console.out << file + ": valid, job " + script->spec.job + "\n";
      if (script) say_left_out(file, script->left_out, console);
      continue;
    }
    const Result<JobSpec> spec = load_spec(file);
    if (spec) {
      console.out << file + ": valid, job " + spec->job + "\n";
    } else {
      exit = fail(spec.error(), console);
    }
  }
  console.out << std::flush;
  return exit;
}

}  // namespace pgfill::cli
