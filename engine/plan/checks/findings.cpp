// How checks say what they found, and what a refused plan is refused with.
#include "plan/checks/checks.h"

namespace pgfill {

const Finding* first_refusal(const Plan& plan) {
  for (const Finding& finding : plan.findings) {
    if (finding.severity == Finding::Severity::refusal) return &finding;
  }
  return nullptr;
}

namespace plan {

void refuse(Findings& findings, std::string_view check, ErrorCode code, std::string text, std::string remedy) {
  findings.push_back({Finding::Severity::refusal, std::string(check), code, std::move(text), std::move(remedy)});
}

void warn(Findings& findings, std::string_view check, std::string text, std::string remedy) {
  findings.push_back(
      {Finding::Severity::warning, std::string(check), ErrorCode::internal, std::move(text), std::move(remedy)});
}

void note(Findings& findings, std::string_view check, std::string text, std::string remedy) {
  findings.push_back(
      {Finding::Severity::note, std::string(check), ErrorCode::internal, std::move(text), std::move(remedy)});
}

}  // namespace plan
}  // namespace pgfill
