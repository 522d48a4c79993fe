// The pgfill binary as scripts and people use it: exit codes, streams, terminals.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/database.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/pseudo_terminal.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

const std::string statement = "UPDATE users SET state = status WHERE state IS NULL";

class Cli : public testing::Test {
 protected:
  struct Outcome {
    int exit = -1;
    std::string out;
    std::string err;
  };

  Cli() { database_.execute("CREATE TABLE users (id bigint PRIMARY KEY, status text NOT NULL, state text)"); }

  void fill(int rows) {
    database_.execute("INSERT INTO users SELECT g, 's' || g % 7 FROM generate_series(1, " + std::to_string(rows) +
                      ") g; ANALYZE users");
  }
  Outcome pgfill(Words words) {
    rig::Process process = start_pgfill(scratch_, std::move(words));
    const rig::ProcessEnd end = process.finish(60s);
    return {end.signal == 0 ? end.exit_code : -end.signal, process.standard_output(), process.standard_error()};
  }
  std::vector<std::pair<std::string, std::string>> environment() const {
    return shared_cluster().primary().environment(scratch_.name());
  }
  std::int64_t undone() { return database_.integer("SELECT count(*) FROM users WHERE state IS DISTINCT FROM status"); }

  ScratchDatabase scratch_;
  Database database_{scratch_.conninfo()};
};

TEST_F(Cli, RunsAStatementToItsEndAndSaysSo) {
  fill(5'000);
  const Outcome run = pgfill({"run", statement, "--yes"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find("done: users-state, 5,000 changed rows in "), std::string::npos) << run.err;
  EXPECT_EQ(undone(), 0);
  const Outcome again = pgfill({"run", statement, "--yes"});
  EXPECT_EQ(again.exit, 0);
  EXPECT_NE(again.err.find("users-state was done before"), std::string::npos) << again.err;
}

TEST_F(Cli, PlansOnceWhenNobodyIsAsked) {
  fill(100);
  database_.execute("ALTER DATABASE \"" + scratch_.name() + "\" SET log_statement = 'all'");
  const Outcome run = pgfill({"run", statement, "--yes"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM regexp_matches(pg_read_file(current_setting('data_directory') || "
                              "'.log'), 'pgfill:[^ ]+ LOG:  execute plan_table:', 'g')"),
            1);
}

TEST_F(Cli, RefusesToRunWhenNobodyCanBeAsked) {
  fill(100);
  const Outcome run = pgfill({"run", statement});
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("hint:  pgfill run \"" + statement + "\" --yes"), std::string::npos) << run.err;
  EXPECT_EQ(undone(), 100);
}

TEST_F(Cli, PlansWithoutChangingAnything) {
  fill(100);
  const Outcome plan = pgfill({"plan", statement, "-o", "json"});
  EXPECT_EQ(plan.exit, 0) << plan.err;
  const auto json = nlohmann::json::parse(plan.out);
  EXPECT_EQ(json["refused"], false);
  EXPECT_EQ(json["key"]["index"], "users_pkey");
  EXPECT_EQ(undone(), 100);
  EXPECT_EQ(database_.value("SELECT to_regnamespace('pgfill') IS NULL"), "t");
}

TEST_F(Cli, SaysWhyAPlanIsRefused) {
  database_.execute("CREATE TABLE keyless (status text, state text)");
  const Outcome plan = pgfill({"plan", "UPDATE keyless SET state = status"});
  EXPECT_EQ(plan.exit, 3);
  EXPECT_NE(plan.out.find("refused    PF2004"), std::string::npos) << plan.out;
  EXPECT_NE(plan.err.find("error PF2004"), std::string::npos) << plan.err;
}

TEST_F(Cli, StopsOnSigintWithTheCommandToGoOnAndResumes) {
  fill(300'000);
  rig::Process run = start_pgfill(scratch_, {"run", statement, "--yes"});
  ASSERT_TRUE(eventually(20s, [&] { return undone() < 300'000; })) << run.standard_error();
  run.signal(SIGINT);
  EXPECT_EQ(run.finish(20s).exit_code, 75);
  EXPECT_NE(run.standard_error().find("to go on: pgfill run \"" + statement + "\" --yes"), std::string::npos)
      << run.standard_error();
  EXPECT_GT(undone(), 0);
  const Outcome resumed = pgfill({"run", "users-state", "--yes"});
  EXPECT_EQ(resumed.exit, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("users-state goes on at "), std::string::npos) << resumed.err;
  EXPECT_EQ(undone(), 0);
}

TEST_F(Cli, RetriesAJobThatStoppedOnABadRow) {
  fill(5'000);
  database_.execute("ALTER TABLE users ADD CONSTRAINT good CHECK (id <> 4000 OR state IS NULL)");
  ASSERT_EQ(pgfill({"run", statement, "--yes"}).exit, 1);
  const Outcome asked = pgfill({"retry", "users-state"});
  EXPECT_EQ(asked.exit, 3);
  EXPECT_NE(asked.err.find("hint:  pgfill retry users-state --yes"), std::string::npos) << asked.err;
  const Outcome still = pgfill({"retry", "users-state", "--yes"});
  EXPECT_EQ(still.exit, 1) << still.err;
  EXPECT_NE(still.err.find("to go on: pgfill run users-state --yes"), std::string::npos) << still.err;
  database_.execute("ALTER TABLE users DROP CONSTRAINT good");
  const Outcome retried = pgfill({"retry", "users-state", "--yes"});
  EXPECT_EQ(retried.exit, 0) << retried.err;
  EXPECT_NE(retried.err.find("the same as pgfill run users-state"), std::string::npos) << retried.err;
  EXPECT_EQ(undone(), 0);
}

TEST_F(Cli, RepairsNothingOfAJobThatDoesNotExist) {
  EXPECT_EQ(pgfill({"retry", "users-state", "--yes"}).exit, 3);
  ASSERT_EQ(pgfill({"install"}).exit, 0);
  const Outcome retry = pgfill({"retry", "users.yaml", "--quarantined", "--yes"});
  EXPECT_EQ(retry.exit, 3);
  EXPECT_NE(retry.err.find("no job is called \"users.yaml\""), std::string::npos) << retry.err;
}

TEST_F(Cli, ShowsWhomAJobBelongsTo) {
  fill(100);
  const auto path = std::filesystem::temp_directory_path() / (scratch_.name() + ".yaml");
  std::ofstream(path) << "version: 1\njob: users-state\ntable: users\nset: {state: status}\nwhere: state IS NULL\n"
                         "owner: team-accounts\nrunbook: https://wiki.example/acc-311\n";
  EXPECT_EQ(pgfill({"run", path.string(), "--yes"}).exit, 0);
  std::filesystem::remove(path);
  const Outcome status = pgfill({"status", "users-state"});
  EXPECT_NE(status.out.find("\n  owner      team-accounts\n"), std::string::npos) << status.out;
  EXPECT_NE(status.out.find("\n  runbook    https://wiki.example/acc-311\n"), std::string::npos) << status.out;
  const auto json = nlohmann::json::parse(pgfill({"status", "users-state", "-o", "json"}).out);
  EXPECT_EQ(json["owner"], "team-accounts");
  EXPECT_EQ(json["runbook"], "https://wiki.example/acc-311");
}

TEST_F(Cli, ShowsWhatDiffersWhenASpecWasEdited) {
  fill(100);
  ASSERT_EQ(pgfill({"run", statement, "--yes"}).exit, 0);
  const Outcome edited = pgfill({"run", statement + " AND id > 5", "--job", "users-state", "--yes"});
  EXPECT_EQ(edited.exit, 3);
  EXPECT_NE(edited.err.find("  where: was \"state IS NULL\", now \"state IS NULL AND id > 5\"\n"), std::string::npos)
      << edited.err;
}

TEST_F(Cli, GoesOnWhenTheReaderOfItsOutputHasGone) {
  fill(300'000);
  rig::ProcessSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", std::string(PGFILL_BINARY) + " run '" + statement + "' --yes -o jsonl 2>&1 | true"};
  spec.environment = environment();
  rig::Process shell(spec);
  shell.finish(60s);
  EXPECT_EQ(undone(), 0);
}

TEST_F(Cli, WritesJsonLinesForPrograms) {
  fill(2'000);
  const Outcome run = pgfill({"run", statement, "--yes", "-o", "jsonl"});
  EXPECT_EQ(run.exit, 0) << run.err;
  std::istringstream lines(run.out);
  nlohmann::json last;
  for (std::string line; std::getline(lines, line);) last = nlohmann::json::parse(line);
  EXPECT_EQ(last["type"], "result");
  EXPECT_EQ(last["exit_code"], 0);
  EXPECT_EQ(last["progress"]["rows_changed"], 2'000);
}

TEST_F(Cli, ShowsJobsAndTheirHistory) {
  fill(2'000);
  ASSERT_EQ(pgfill({"run", statement, "--yes"}).exit, 0);
  const Outcome list = pgfill({"list"});
  EXPECT_EQ(list.exit, 0);
  EXPECT_NE(list.out.find("users-state  public.users  done   100.0%"), std::string::npos) << list.out;
  const Outcome status = pgfill({"status", "users-state", "-o", "json"});
  EXPECT_EQ(nlohmann::json::parse(status.out)["state"], "done");
  EXPECT_EQ(pgfill({"status", "-w"}).exit, 0);
  const Outcome events = pgfill({"events", "users-state", "-o", "jsonl"});
  EXPECT_NE(events.out.find(R"("kind":"job_started")"), std::string::npos) << events.out;
  EXPECT_NE(events.out.find(R"("kind":"job_done")"), std::string::npos) << events.out;
  const Outcome one = pgfill({"events", "users-state", "--limit", "1", "-o", "json"});
  const auto records = nlohmann::json::parse(one.out);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0]["kind"], "job_done");
  EXPECT_EQ(pgfill({"status", "user-state"}).exit, 3);
}

TEST_F(Cli, LogsEveryEventAsJson) {
  fill(2'000);
  const auto path = std::filesystem::temp_directory_path() / (scratch_.name() + ".jsonl");
  ASSERT_EQ(pgfill({"run", statement, "--yes", "--log", path.string(), "--log-level", "debug"}).exit, 0);
  std::ifstream file(path);
  std::vector<std::string> kinds;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["job"], "users-state");
    kinds.push_back(json["kind"]);
  }
  EXPECT_GE(std::count(kinds.begin(), kinds.end(), "batch_committed"), 1);
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "job_done"), 1);
  std::filesystem::remove(path);
}

TEST_F(Cli, AFullDiskUnderTheLogDoesNotStopTheJob) {
  fill(2'000);
  const Outcome run = pgfill({"run", statement, "--yes", "--log", "/dev/full"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.err.find("of the log could not be written"), std::string::npos) << run.err;
}

TEST_F(Cli, MakesASpecThatIsValidOnceItIsFilledIn) {
  fill(100);
  const Outcome init = pgfill({"init", "public.users"});
  ASSERT_EQ(init.exit, 0) << init.err;
  EXPECT_NE(init.out.find("key: [id]  # primary key users_pkey"), std::string::npos) << init.out;
  const auto path = std::filesystem::temp_directory_path() / (scratch_.name() + ".yaml");
  std::ofstream(path) << init.out;
  EXPECT_EQ(pgfill({"validate", path.string()}).exit, 2);
  std::string filled = init.out;
  filled.replace(filled.find("set: {}"), 7, "set: {state: status}");
  std::ofstream(path) << filled;
  const Outcome valid = pgfill({"validate", path.string()});
  EXPECT_EQ(valid.exit, 0) << valid.err;
  EXPECT_EQ(pgfill({"run", path.string(), "--yes"}).exit, 0);
  EXPECT_EQ(undone(), 0);
  std::filesystem::remove(path);
}

TEST_F(Cli, EndsWithTheExitCodeOfTheMistake) {
  EXPECT_EQ(pgfill({}).exit, 2);
  EXPECT_EQ(pgfill({"rum", statement}).exit, 2);
  EXPECT_EQ(pgfill({"run", "UPDATE users SET state = status LIMIT 5", "--yes"}).exit, 2);
  EXPECT_EQ(pgfill({"plan", "UPDATE nowhere SET state = status"}).exit, 3);
  EXPECT_EQ(pgfill({"list"}).exit, 3);
  EXPECT_EQ(pgfill({"list", "-h", "/nonexistent"}).exit, 6);
  EXPECT_EQ(pgfill({"list", "--dsn", "host=/tmp password=secret"}).exit, 2);
  EXPECT_EQ(pgfill({"list", "-U", "nobody_at_all"}).exit, 10);
  EXPECT_EQ(pgfill({"install"}).exit, 0);
}

TEST_F(Cli, AsksOnATerminalAndTakesNoForAnAnswer) {
  fill(100);
  PseudoTerminal terminal(PGFILL_BINARY, {"run", statement}, environment());
  ASSERT_TRUE(terminal.shows("Run it? [y/N] ")) << terminal.output();
  terminal.type("n\n");
  EXPECT_EQ(terminal.finish(), 3) << terminal.output();
  EXPECT_EQ(undone(), 100);
}

TEST_F(Cli, DrawsALiveBlockAndObeysItsKeys) {
  fill(300'000);
  PseudoTerminal terminal(PGFILL_BINARY, {"run", statement, "--workers", "1"}, environment());
  ASSERT_TRUE(terminal.shows("Run it? [y/N] ")) << terminal.output();
  terminal.type("y\n");
  ASSERT_TRUE(terminal.shows("p pause   r resume   q stop")) << terminal.output();
  terminal.type("p");
  ASSERT_TRUE(terminal.shows("paused at the keyboard")) << terminal.output();
  terminal.type("r");
  const std::size_t paused = terminal.output().size();
  ASSERT_TRUE(eventually(20s, [&] {
    terminal.shows("never shown", 50ms);
    return terminal.output().find("RUNNING", paused) != std::string::npos;
  })) << terminal.output();
  terminal.type("q");
  EXPECT_EQ(terminal.finish(), 75) << terminal.output();
  EXPECT_NE(terminal.output().find("to go on: pgfill run"), std::string::npos);
  EXPECT_EQ(terminal.output().find("\033[2J"), std::string::npos);
}

TEST_F(Cli, KeepsToPlainLinesOnADumbTerminal) {
  fill(1'000);
  auto variables = environment();
  variables.emplace_back("TERM", "dumb");
  PseudoTerminal terminal(PGFILL_BINARY, {"run", statement, "--yes"}, variables);
  EXPECT_EQ(terminal.finish(), 0) << terminal.output();
  EXPECT_EQ(terminal.output().find('\033'), std::string::npos) << terminal.output();
}

}  // namespace
}  // namespace pgfill::tests
