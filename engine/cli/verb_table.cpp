#include "cli/verb_table.h"

#include <vector>

#include "spec/did_you_mean.h"

namespace pgfill::cli {

const std::array<VerbText, 19> verb_table{{
    {"init", "Write a job", "TABLE|\"SQL\"", "print a commented spec for a table or for an SQL statement",
     "  pgfill init \"UPDATE users SET state = status WHERE state IS NULL\" > users.yaml\n"
     "  pgfill init public.users -d shop > users.yaml\n"},
    {"validate", "Write a job", "FILE...", "check spec and SQL files without a database",
     "  pgfill validate jobs/*.yaml\n"},
    {"explain", "Write a job", "FIELD", "say what a field of the spec means", "  pgfill explain batch.time\n"},
    {"schema", "Write a job", "", "print the JSON Schema of the spec", "  pgfill schema > pgfill.schema.json\n"},
    {"plan", "Write a job", "FILE|\"SQL\"|JOB", "show what a run would do, and change nothing",
     "  pgfill plan users.yaml -d shop\n"
     "  pgfill plan \"UPDATE users SET state = status WHERE state IS NULL\" -o json\n"},
    {"run", "Run it", "FILE|\"SQL\"|JOB", "plan, ask, and run in batches; run again to resume",
     "  pgfill run \"UPDATE users SET state = status WHERE state IS NULL\" -d shop\n"
     "  pgfill run users.yaml --yes --log run.jsonl\n"
     "  pgfill run users-state              # goes on with a job of the ledger\n"
     "Keys on a terminal: p pauses, r resumes, q stops after the current batches.\n"},
    {"retry", "Run it", "JOB", "go on with a job that stopped, also with its quarantined rows",
     "  pgfill retry users-state --quarantined\n"},
    {"adopt", "Run it", "JOB", "accept the present database and table as the job's own",
     "  pgfill adopt users-state -d shop_restored\n"},
    {"demo", "Run it", "", "scratch primary and replica, live writers, one real job", "  pgfill demo\n"},
    {"list", "Look", "", "every job of the database", "  pgfill list -o jsonl\n"},
    {"status", "Look", "[JOB]", "where a job stands", "  pgfill status users-state -w\n"},
    {"events", "Look", "JOB", "what happened to a job", "  pgfill events users-state -f\n"},
    {"metrics", "Look", "", "every job and its signals, for Prometheus",
     "  pgfill metrics -d shop > /var/lib/prometheus/node-exporter/pgfill.prom\n"},
    {"pause", "Steer", "JOB|--all", "no batch begins until it is resumed, from any machine",
     "  pgfill pause users-state --reason \"checkout is slow\"\n"
     "  pgfill pause --all --reason incident\n"},
    {"resume", "Steer", "JOB|--all", "take a pause or a cancellation back", "  pgfill resume users-state\n"},
    {"cancel", "Steer", "JOB|--all", "stop a job for good; what is committed stays", "  pgfill cancel users-state\n"},
    {"set", "Steer", "JOB FIELD=VALUE...", "change numbers of a job while it runs",
     "  pgfill set users-state workers=1 batch.time=5ms\n"
     "  pgfill set users-state workers=          # as the spec has it\n"},
    {"install", "Keep", "", "create or upgrade the schema pgfill keeps its ledger in", "  pgfill install -d shop\n"},
    {"version", "Keep", "", "print the version", ""},
}};

std::string program_help() {
  std::string text =
      "pgfill runs batched backfills on live PostgreSQL databases.\n"
      "\n"
      "usage: pgfill VERB [OPTIONS]\n";
  std::string_view group;
  for (const VerbText& verb : verb_table) {
    if (verb.group != group) text.append("\n").append(verb.group).append("\n");
    group = verb.group;
    std::string left = "  " + std::string(verb.name) + " " + std::string(verb.operands);
    left.resize(26, ' ');
    text.append(left).append(verb.summary).append("\n");
  }
  return text +
         "\nThe shortest way in\n"
         "  pgfill run \"UPDATE users SET state = status WHERE state IS NULL\" -h db1 -d shop\n"
         "\nThe database: --dsn CONNINFO, --service, -h HOST, -p PORT, -U USER, -d DBNAME; else PGFILL_DSN; else "
         "PGHOST\n"
         "and the other PG* variables; else the spec's `connection`. Passwords come from ~/.pgpass or PGPASSFILE.\n"
         "Exit codes: 0 done, 1 stopped by a failure, 2 usage, 3 refused, 4 paused, 5 another runner owns the job,\n"
         "6 database unreachable, 8 cancelled, 9 guardrail, 10 login refused, 11 wait timed out, 70 internal,\n"
         "75 stopped by a signal.\n"
         "\npgfill VERB --help says more about a verb.\n";
}

std::string similar_verb(std::string_view word) {
  std::vector<std::string_view> names;
  names.reserve(verb_table.size());
  for (const VerbText& verb : verb_table) names.push_back(verb.name);
  return std::string(spec::did_you_mean(word, names).value_or(""));
}

}  // namespace pgfill::cli
