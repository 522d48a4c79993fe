#include "cli/arguments.h"

#include <gtest/gtest.h>

#include "cli/verb_table.h"

namespace pgfill::cli {
namespace {

using Words = std::vector<std::string>;

template <class Arguments>
Arguments parsed(const Words& words) {
  const auto result = parse_arguments(words);
  const auto* command = std::get_if<Command>(&result);
  EXPECT_NE(command, nullptr) << (std::holds_alternative<Error>(result) ? std::get<Error>(result).message : "help");
  return command != nullptr ? std::get<Arguments>(*command) : Arguments{};
}

Error refused(const Words& words) {
  const auto result = parse_arguments(words);
  EXPECT_TRUE(std::holds_alternative<Error>(result));
  return std::holds_alternative<Error>(result) ? std::get<Error>(result) : Error{};
}

std::string help(const Words& words) {
  const auto result = parse_arguments(words);
  EXPECT_TRUE(std::holds_alternative<HelpText>(result));
  return std::holds_alternative<HelpText>(result) ? std::get<HelpText>(result).text : "";
}

TEST(Arguments, OfARunAreAllUnderstood) {
  const Words words{"run",   "users.yaml", "--yes",       "--again", "--takeover", "--workers", "4",
                    "--log", "-",          "--log-level", "debug",   "-o",         "jsonl",     "-h",
                    "db1",   "-p",         "5433",        "-U",      "ops",        "-d",        "shop"};
  const auto run = parsed<RunArguments>(words);
  EXPECT_EQ(run.subject, "users.yaml");
  EXPECT_TRUE(run.yes && run.again && run.takeover);
  EXPECT_EQ(run.workers, 4);
  EXPECT_EQ(run.log, "-");
  EXPECT_EQ(run.log_level, report::LogLevel::debug);
  EXPECT_EQ(run.output, OutputFormat::jsonl);
  EXPECT_EQ(run.connection.host, "db1");
  EXPECT_EQ(run.connection.port, "5433");
  EXPECT_EQ(run.connection.user, "ops");
  EXPECT_EQ(run.connection.dbname, "shop");
  EXPECT_FALSE(run.connection.dsn.has_value());
  EXPECT_EQ(run.words, words);
}

TEST(Arguments, AStatementIsOneSubject) {
  const std::string sql = "UPDATE users SET a = b WHERE a IS NULL";
  const auto run = parsed<RunArguments>({"run", sql, "--job", "users-a", "--dsn", "postgresql://h/shop"});
  EXPECT_EQ(run.subject, sql);
  EXPECT_EQ(run.job, "users-a");
  EXPECT_EQ(run.connection.dsn, "postgresql://h/shop");
}

TEST(Arguments, OfARetryAreThoseOfARunWithoutStartingAnew) {
  const Words words{"retry", "users-state", "--quarantined", "--yes", "--takeover", "--workers",
                    "3",     "-o",          "jsonl",         "-d",    "shop"};
  const auto retry = parsed<RetryArguments>(words);
  EXPECT_TRUE(retry.quarantined);
  EXPECT_EQ(retry.run.subject, "users-state");
  EXPECT_TRUE(retry.run.yes && retry.run.takeover && !retry.run.again);
  EXPECT_EQ(retry.run.workers, 3);
  EXPECT_EQ(retry.run.output, OutputFormat::jsonl);
  EXPECT_EQ(retry.run.connection.dbname, "shop");
  EXPECT_EQ(retry.run.words, words);
  EXPECT_FALSE(parsed<RetryArguments>({"retry", "users-state"}).quarantined);
  EXPECT_EQ(exit_code_of(refused({"retry", "users-state", "--again"}).code), ExitCode::usage);
  EXPECT_EQ(refused({"retry", "users-state", "--quarantine"}).hint, "did you mean --quarantined?");
}

TEST(Arguments, OfAnAdoptionAreAJobAndADatabase) {
  const auto adopt = parsed<AdoptArguments>({"adopt", "users-state", "--service", "restored"});
  EXPECT_EQ(adopt.job, "users-state");
  EXPECT_EQ(adopt.connection.service, "restored");
  EXPECT_EQ(exit_code_of(refused({"adopt"}).code), ExitCode::usage);
  EXPECT_EQ(exit_code_of(refused({"retry"}).code), ExitCode::usage);
}

TEST(Arguments, AJobMayHaveTheNameOfAVerb) {
  EXPECT_EQ(parsed<RunArguments>({"run", "list", "-y"}).subject, "list");
  EXPECT_EQ(parsed<StatusArguments>({"status", "run"}).job, "run");
}

TEST(Arguments, OfTheOtherVerbsAreUnderstood) {
  EXPECT_EQ(parsed<PlanArguments>({"plan", "a.yaml", "-o", "json"}).output, OutputFormat::json);
  EXPECT_EQ(parsed<ValidateArguments>({"validate", "a.yaml", "b.yaml"}).files, (Words{"a.yaml", "b.yaml"}));
  EXPECT_EQ(parsed<InitArguments>({"init", "public.users", "-d", "shop"}).connection.dbname, "shop");
  EXPECT_EQ(parsed<ExplainArguments>({"explain", "batch.time"}).field, "batch.time");
  EXPECT_TRUE(parsed<StatusArguments>({"status", "-w"}).watch);
  EXPECT_EQ(parsed<EventsArguments>({"events", "users"}).limit, 50);
  EXPECT_TRUE(parsed<EventsArguments>({"events", "users", "-f", "--limit", "5"}).follow);
  EXPECT_EQ(parsed<DemoArguments>({"demo", "--rows", "20000"}).rows, 20'000);
  parsed<SchemaArguments>({"schema"});
  parsed<ListArguments>({"list"});
  parsed<InstallArguments>({"install", "--service", "prod"});
  parsed<VersionArguments>({"version"});
  parsed<VersionArguments>({"--version"});
}

TEST(Arguments, AMistypedVerbIsAUsageErrorThatSaysWhatWasMeant) {
  const Error error = refused({"statsu", "users"});
  EXPECT_EQ(exit_code_of(error.code), ExitCode::usage);
  EXPECT_EQ(error.message, "statsu is no verb of pgfill");
  EXPECT_EQ(error.hint, "did you mean status?");
}

TEST(Arguments, AMistypedOptionIsAUsageErrorThatSaysWhatWasMeant) {
  const Error error = refused({"run", "a.yaml", "--wokers", "4"});
  EXPECT_EQ(exit_code_of(error.code), ExitCode::usage);
  EXPECT_EQ(error.message, "run does not know --wokers");
  EXPECT_EQ(error.hint, "did you mean --workers?");
}

TEST(Arguments, AStatementWithoutQuotesIsExplained) {
  const Error error = refused({"run", "UPDATE", "users", "SET", "a=1"});
  EXPECT_EQ(exit_code_of(error.code), ExitCode::usage);
  EXPECT_NE(error.hint.find("put it in quotes"), std::string::npos) << error.hint;
}

TEST(Arguments, ValuesOutOfRangeAreUsageErrors) {
  for (const Words& words : {Words{"run", "a.yaml", "--workers", "0"}, Words{"run", "a.yaml", "--workers", "65"},
                             Words{"run", "a.yaml", "--workers", "many"}, Words{"list", "-o", "xml"},
                             Words{"events", "a", "--limit", "0"}, Words{"run"}, Words{"list", "-d"}, Words{}}) {
    EXPECT_EQ(exit_code_of(refused(words).code), ExitCode::usage);
  }
}

TEST(Arguments, AnUnknownFormNamesTheKnownOnes) {
  EXPECT_NE(refused({"list", "-o", "xml"}).message.find("json|jsonl|table"), std::string::npos)
      << refused({"list", "-o", "xml"}).message;
}

TEST(Arguments, HelpNamesEveryVerbInItsGroup) {
  const std::string text = help({"--help"});
  for (const VerbText& verb : verb_table)
    EXPECT_NE(text.find("\n  " + std::string(verb.name) + " "), std::string::npos);
  for (const char* group : {"\nWrite a job\n", "\nRun it\n", "\nLook\n", "\nKeep\n"})
    EXPECT_NE(text.find(group), std::string::npos) << group;
}

TEST(Arguments, EveryVerbHasHelp) {
  for (const VerbText& verb : verb_table) {
    const std::string text = help({std::string(verb.name), "--help"});
    EXPECT_NE(text.find(std::string(verb.summary)), std::string::npos) << text;
    EXPECT_NE(text.find(std::string(verb.examples)), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace pgfill::cli
