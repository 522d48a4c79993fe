// Jobs as metrics for Prometheus.
#include "report/metrics_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>
#include <sstream>

namespace pgfill::report {
namespace {

JobStatus job_at_work() {
  JobStatus job;
  job.job = "users \"state\"\\new";
  job.table = "public.users";
  job.state = JobState::throttled;
  job.share = 0.25;
  job.rows_changed = 9'007'199'254'740'993;
  job.rows_per_second = 1234.5;
  job.runner_alive = true;
  job.signals = {
      {"replica_lag", "r1", 7.5, 5}, {"commit_latency", "", std::nullopt, 0.1}, {"wal_rate", "", 1, INFINITY}};
  return job;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(MetricsText, TellsTheStateTheFiguresAndTheSignalsOfAJob) {
  const std::string text = metrics_text({job_at_work()});
  const std::string job = "job=\"users \\\"state\\\"\\\\new\"";
  EXPECT_TRUE(has_line(text, "pgfill_job_state{" + job + ",table=\"public.users\",state=\"throttled\"} 1")) << text;
  EXPECT_TRUE(has_line(text, "pgfill_job_done_ratio{" + job + "} 0.25")) << text;
  EXPECT_TRUE(has_line(text, "pgfill_job_rows_per_second{" + job + "} 1234.5")) << text;
  EXPECT_TRUE(has_line(text, "pgfill_job_runner_up{" + job + "} 1")) << text;
  EXPECT_TRUE(has_line(text, "pgfill_signal_value{" + job + ",signal=\"replica_lag\",subject=\"r1\"} 7.5")) << text;
  EXPECT_TRUE(has_line(text, "pgfill_signal_limit{" + job + ",signal=\"replica_lag\",subject=\"r1\"} 5")) << text;
  EXPECT_TRUE(has_line(text, "pgfill_signal_value{" + job + ",signal=\"commit_latency\",subject=\"\"} NaN")) << text;
  EXPECT_TRUE(has_line(text, "pgfill_signal_limit{" + job + ",signal=\"wal_rate\",subject=\"\"} +Inf")) << text;
}

TEST(MetricsText, SubjectsThatComeAndGoAreNoLabels) {
  JobStatus job = job_at_work();
  job.signals = {{"oldest_xmin", "pid 4121 (report)", 3, 4}, {"oldest_xmin", "pid 4122 (psql)", 2, 4}};
  const std::string text = metrics_text({job});
  EXPECT_EQ(text.find("pid"), std::string::npos) << text;
  EXPECT_NE(text.find("signal=\"oldest_xmin\",subject=\"\"} 3\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("} 2\n"), std::string::npos) << "the same labels twice: " << text;
}

TEST(MetricsText, OldReadingsOfARunnerThatIsGoneAreNotTold) {
  JobStatus job = job_at_work();
  job.runner_alive = false;
  const std::string text = metrics_text({job});
  EXPECT_EQ(text.find("pgfill_signal_value{"), std::string::npos);
  EXPECT_NE(text.find("pgfill_job_runner_up{"), std::string::npos);
}

TEST(MetricsText, EveryLineIsOfTheFormatAndEveryMetricIsDescribedOnceBeforeItsValues) {
  JobStatus other = job_at_work();
  other.job = "line\nbreak";
  const std::regex comment("# (HELP|TYPE) (pgfill_[a-z_]+) .+");
  const std::regex sample("(pgfill_[a-z_]+)\\{([a-z]+=\"([^\"\\\\\n]|\\\\.)*\",?)+\\} (NaN|[+-]Inf|[-+.e0-9]+)");
  std::istringstream lines(metrics_text({job_at_work(), other}));
  std::set<std::string> described;
  std::string present;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, comment)) {
      EXPECT_NE(match[1] == "HELP", !described.insert(match[2]).second) << line;
      present = match[2];
      continue;
    }
    ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
    EXPECT_EQ(match[1], present) << line;
  }
  EXPECT_GT(described.size(), 12U);
}

}  // namespace
}  // namespace pgfill::report
