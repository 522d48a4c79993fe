// `pgfill plan`: what a run would do, shown without changing anything.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/subject.h"
#include "cli/verbs.h"
#include "report/error_text.h"
#include "report/json.h"
#include "report/plan_text.h"
#include "spec/spec_json.h"

namespace pgfill::cli {

ExitCode execute(const PlanArguments& arguments, Console& console) {
  const Result<Subject> subject =
      load_subject(arguments.subject, arguments.job, arguments.connection, console.environment);
  if (!subject) return fail(subject.error(), console, arguments.output);
  say_left_out(arguments.subject, subject->left_out, console);
  const Result<Plan> plan =
      plan_job(subject->spec, subject->connection, arguments.no_sample ? Sampling::off : Sampling::on);
  if (!plan) return fail(plan.error(), console, arguments.output);
  if (arguments.output == OutputFormat::table) {
    console.out << report::plan_text(subject->spec, *plan, console.can.colour_out) << std::flush;
  } else {
    const int indent = arguments.output == OutputFormat::json ? 2 : -1;
    nlohmann::ordered_json json{{"spec", spec::to_json(subject->spec)}};
    json.update(report::to_json(*plan));
    console.out << report::dump(json, indent) + "\n" << std::flush;
  }
  const Finding* refusal = first_refusal(*plan);
  return refusal == nullptr ? ExitCode::done : fail(report::error_of(*refusal), console);
}

}  // namespace pgfill::cli
