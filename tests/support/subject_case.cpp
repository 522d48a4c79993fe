#include "support/subject_case.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "support/sessions.h"

namespace pgfill::tests {
namespace {

ConnectionSettings settings_of(const std::string& conninfo) {
  ConnectionSettings settings;
  settings.conninfo = conninfo;
  return settings;
}

}  // namespace

SubjectCase::SubjectCase(const std::string& conninfo, std::int64_t rows)
    : connection_(settings_of(conninfo)), database_(conninfo), rows_(rows) {
  rig::create_subject(connection_, rows);
  const auto installed = install_ledger(connection_);
  if (!installed) throw std::runtime_error("no ledger: " + installed.error().message);
  rig::audit_ledger(connection_);
}

SubjectCase::~SubjectCase() {
  if (!spec_file_.empty()) std::remove(spec_file_.c_str());
}

void SubjectCase::reset() {
  end_sessions(*database_, "datname = current_database() AND application_name LIKE 'pgfill:%'");
  database_->execute(
      "TRUNCATE public.subject, public.audit, public.application_ledger, public.range_audit, pgfill.job CASCADE;"
      "INSERT INTO public.subject (k, uid, a) SELECT k, uid, a FROM public.subject_start");
}

JobSpec SubjectCase::spec(int batch_rows, int workers) const {
  JobSpec spec;
  spec.job = "subject";
  spec.schema = "public";
  spec.table = "subject";
  spec.set() = {{"n", "n + 1"}, {"d", "a * 2 + 1"}};
  spec.batch.target_time = std::chrono::milliseconds{5};
  spec.batch.min_rows = batch_rows;
  spec.batch.max_rows = batch_rows;
  spec.workers = workers;
  spec.throttle.courtesy = false;
  return spec;
}

const std::string& SubjectCase::spec_file(int batch_rows, int workers, std::vector<std::string> ignored) {
  static std::atomic<int> made{0};
  if (spec_file_.empty()) {
    spec_file_ =
        ::testing::TempDir() + "pgfill-" + std::to_string(::getpid()) + "-case-" + std::to_string(++made) + ".yaml";
  }
  JobSpec written = spec(batch_rows, workers);
  written.throttle.ignore = std::move(ignored);
  std::ofstream(spec_file_) << to_yaml(written);
  return spec_file_;
}

std::int64_t SubjectCase::rows_changed() {
  return database_->integer("SELECT coalesce(sum(rows_changed), 0)::bigint FROM pgfill.range");
}

rig::Verdict SubjectCase::judge(const std::vector<std::int64_t>& acknowledged) {
  return rig::judge_subject(connection_, acknowledged);
}

}  // namespace pgfill::tests
