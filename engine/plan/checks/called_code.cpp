// What the functions and triggers do that a batch calls: two batches at once do not see each other's rows.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

std::string how_to_say(const UnknownEffect& unknown, std::string_view word) {
  return "`assume: {" + unknown.function + ": " + std::string(word) + "}`";
}

void warn_of_unknown(const UnknownEffect& unknown, const std::string& table, Findings& findings) {
  std::string text = "nobody can tell whether " + unknown.who + " reads or writes " + table + ": " + unknown.reason +
                     "; batches run one after the other, as if it did";
  std::string remedy =
      "if it does not, say so in the spec, and batches run side by side: " + how_to_say(unknown, "harmless");
  if (unknown.may_be_stale) {
    text += ", but it is taken not to read it: it is STABLE, so its answer would depend on which batches have run";
    remedy += "; if it does, " + how_to_say(unknown, "reads_table") + " and another way to compute the value";
  }
  warn(findings, "called_code", text, remedy);
}

}  // namespace

std::string stale_read(const std::string& function, const std::string& table) {
  return function + " reads " + table +
         ", the table the job changes, as it was when the statement began (it is not VOLATILE): its answer depends on "
         "which batches have run";
}

void check_called_code(const Subject& subject, Findings& findings) {
  const Effects& effects = subject.facts.effects;
  const std::string table = table_name(subject.facts);
  for (const std::string& function : effects.stale_reads) {
    refuse(findings, "called_code", ErrorCode::expression_unsafe, stale_read(function, table),
           "compute the values into another table first, then let the job read that one");
  }
  for (const std::string& reason : effects.in_turn) {
    warn(findings, "called_code",
         reason +
             ": two batches at once would not see each other's rows, so one worker changes them one after the other",
         "if that is slow, compute the values into another table first and let the job read that one");
  }
  for (const UnknownEffect& unknown : effects.unknown) warn_of_unknown(unknown, table, findings);
  for (const std::string& function : effects.not_called) {
    warn(findings, "called_code", "`assume` speaks of " + function + ", which the job does not call",
         "leave it out, or correct the name");
  }
}

}  // namespace pgfill::plan
