// The real program is killed at random moments beside an application that writes, over every kind of key and none,
// number of workers and isolation of the application, run again until it is done, and judged by the oracle. Each round
// says its seed: PGFILL_SEED begins with that round again. PGFILL_KILLS asks for more kills.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <random>

#include "postgres/server_version.h"
#include "rig/writers.h"
#include "support/eventually.h"
#include "support/job_process.h"
#include "support/key_subject.h"
#include "support/sessions.h"

namespace pgfill::tests {
namespace {

using rig::Isolation;
using rig::Process;
using namespace std::chrono_literals;

constexpr int tried_rows = 2'500;
constexpr std::chrono::milliseconds longest_run = 60s;
/// Unless PGFILL_KILLS asks for a number, it ends after this: how many kills that makes is the machine's affair.
constexpr std::chrono::minutes longest_in_suite{5};
/// Then a round goes to its end, so that on a slow machine too there are enough rounds for all kinds.
constexpr long most_kills_in_a_round = 25;

/// Whatever a role or a database may have set that would spoil keys kept as text.
constexpr const char* hostile_settings =
    "-c extra_float_digits=-15 -c datestyle=SQL,DMY -c intervalstyle=sql_standard -c array_nulls=off "
    "-c bytea_output=escape -c timezone=Asia/Kolkata -c standard_conforming_strings=off "
    "-c default_transaction_isolation=serializable -c enable_indexscan=off -c enable_indexonlyscan=off";

const char* name_of(Isolation isolation) {
  switch (isolation) {
    case Isolation::read_committed:
      return "read committed";
    case Isolation::repeatable_read:
      return "repeatable read";
    default:
      return "serializable";
  }
}

/// What a round is about; a seed says it all.
struct Combination {
  std::uint64_t seed;
  KeyKind kind;
  int workers;
  Isolation isolation;
  bool conditional;  ///< with a condition and key moves, or without both
  bool many_ranges;
  int batch_rows;  ///< one in a third of all rounds: as small as batches become
  double rate;
  bool physical;  ///< in physical order; conditional only

  bool keyless = false;  ///< without any key; in physical order only

  std::string text() const {
    return "PGFILL_SEED=" + std::to_string(seed) + " " + kind.name + ", " + std::to_string(workers) +
           (workers == 1 ? " worker, " : " workers, ") + name_of(isolation) +
           (conditional ? ", key moves" : ", no condition") + (physical ? ", in physical order" : "") +
           (keyless ? ", without a key" : "") + ", " +
           (batch_rows == 1 ? "one row a batch" : std::to_string(batch_rows) + " rows a batch");
  }
};

bool scans_positions() {
  Database database(shared_cluster().conninfo());
  return postgres::has(server_version(database), postgres::Feature::scans_of_positions);
}

/// Consecutive seeds go through the shuffled kinds: as many as there are kinds cover them all, if the first of them is
/// a multiple of that number.
Combination combination_of(std::uint64_t seed) {
  std::vector<KeyKind> kinds = all_key_kinds();
  std::mt19937_64 shuffler(seed / kinds.size());
  std::ranges::shuffle(kinds, shuffler);
  std::mt19937_64 random(seed);
  const auto any = [&random](std::uint64_t count) { return static_cast<int>(random() % count); };
  Combination combination{
      seed,        kinds[seed % kinds.size()], 1 << any(3), static_cast<Isolation>(any(3)), any(2) == 0, any(2) == 0,
      5 + any(26), 50.0 + 10.0 * any(26),      false};
  if (any(3) == 0) combination.batch_rows = 1;
  combination.physical = combination.conditional && any(2) == 0 && scans_positions();
  combination.keyless = combination.physical && any(2) == 0;
  return combination;
}

KeySubjectOptions options_of(const Combination& combination) {
  return {combination.kind, tried_rows,           combination.conditional,
          combination.seed, combination.physical, combination.keyless};
}

rig::WritersOptions writers_of(const Combination& combination) {
  rig::WritersOptions options;
  options.rate = combination.rate;
  options.seed = combination.seed;
  options.isolation = combination.isolation;
  options.mix = {0.3, 0.1, 0.05, 0.15, 0.04, combination.conditional ? 0.15 : 0.0};
  return options;
}

/// The job of one round, and those who write beside it.
class Round {
 public:
  explicit Round(const Combination& combination) : subject_(options_of(combination)) {
    spec_file_ = ::testing::TempDir() + "pgfill-" + std::to_string(::getpid()) + "-matrix.yaml";
    std::ofstream(spec_file_) << subject_.spec(combination.batch_rows, combination.workers);
    subject_.pace(combination.batch_rows, combination.workers);
    environment_ = shared_cluster().primary().environment(subject_.scratch().name());
    environment_.emplace_back("PGOPTIONS", hostile_settings);
    // Enough rows, as the planner believes, for some twenty ranges.
    if (combination.many_ranges) {
      subject_.database().execute("UPDATE pg_class SET reltuples = 1e6 WHERE oid = 'subject'::regclass");
    }
    writers_.emplace(subject_.connection(), subject_.workload(), writers_of(combination));
  }
  ~Round() { std::remove(spec_file_.c_str()); }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;

  Process start() { return start_pgfill(environment_, {"run", spec_file_, "--yes"}); }
  KeySubject& subject() { return subject_; }

  /// Ends the writers and judges. Says what the application has done.
  std::string expect_right() {
    writers_->stop();
    for (const auto& [sqlstate, count] : writers_->errors()) {
      ADD_FAILURE() << "the application was refused " << count << " times with " << sqlstate;
    }
    const auto acknowledged = writers_->acknowledged();
    const auto verdict = subject_.judge(acknowledged);
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
    return std::to_string(acknowledged.size()) + " writes, " + std::to_string(writers_->serialization_failures()) +
           " serialization failures";
  }

 private:
  KeySubject subject_;
  std::string spec_file_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::optional<rig::Writers> writers_;
};

/// How long a runner may live before it is killed: 4 to 120 ms, and longer while that is not enough to get on, as on a
/// machine busy with other work. In one case of five that is counted from its start, in the others from its first
/// lease.
class Lifetimes {
 public:
  explicit Lifetimes(std::uint64_t seed) : random_(seed) {}

  std::chrono::milliseconds next() {
    return std::chrono::milliseconds{static_cast<int>(stretch_ * std::uniform_int_distribution<int>(4, 120)(random_))};
  }
  bool from_the_start() { return random_() % 5 == 0; }
  void learn(bool got_on) {
    stretch_ = got_on ? std::max(1.0, stretch_ * 0.9) : stretch_ * 1.1;
    in_vain_ = got_on ? 0 : in_vain_ + 1;
  }
  int in_vain() const { return in_vain_; }

 private:
  std::mt19937_64 random_;
  double stretch_ = 1;
  int in_vain_ = 0;
};

struct Kills {
  long all = 0;
  long midway = 0;  ///< in the middle of the rows
};

/// Until it has leased a range; or it has ended, or there is nothing left to lease.
void await_lease(Process& job, KeySubject& subject, std::int64_t steps_before) {
  eventually(longest_run, [&] { return subject.steps() > steps_before || subject.ranges_done() || !job.running(); });
}

/// Kills the job again and again until it ends by itself, or `most` times.
void kill_until_done(Round& round, Lifetimes& lifetimes, long most, Kills& kills) {
  const std::int64_t rows = round.subject().rows();
  std::int64_t before = 0;
  for (long killed = 0;; ++killed) {
    const std::int64_t steps = round.subject().steps();
    Process job = round.start();
    if (!lifetimes.from_the_start()) await_lease(job, round.subject(), steps);
    const auto end = job.wait_for(killed < most ? lifetimes.next() : longest_run);
    if (end || killed >= most) {
      ASSERT_TRUE(end) << "the job does not end\n" << job.standard_error();
      EXPECT_TRUE(end->ok()) << "exit " << end->exit_code << " signal " << end->signal << "\n" << job.standard_error();
      return;
    }
    job.kill();
    const auto done = round.subject().rows_changed();
    ++kills.all;
    if (done > 0 && done < rows * 9 / 10) ++kills.midway;
    lifetimes.learn(done > before);
    before = done;
    if (lifetimes.in_vain() > 80) {  // by now a life is many seconds long
      FAIL() << "the job does not get on from " << done << " rows\n" << job.standard_error();
    }
  }
}

std::uint64_t first_seed(std::size_t kinds) {
  const auto any = static_cast<long>(kinds * (std::random_device{}() % 1'000'000));
  return static_cast<std::uint64_t>(number_from_environment("PGFILL_SEED", any));
}

TEST(KillMatrix, EveryRowIsDoneOnceHoweverOftenTheRunnerIsKilled) {
  const std::size_t kinds = all_key_kinds().size();
  const std::uint64_t first = first_seed(kinds);
  const long asked = number_from_environment("PGFILL_KILLS", 0);
  const long wanted = asked > 0 ? asked : 1'000;
  const auto least_rounds = wanted >= 1'000 ? kinds : 1;
  const auto until = std::chrono::steady_clock::now() + longest_in_suite;
  Kills kills;
  std::uint64_t rounds = 0;
  for (; (kills.all < wanted || rounds < least_rounds) && !HasFailure(); ++rounds) {
    if (asked == 0 && std::chrono::steady_clock::now() > until) break;
    const Combination combination = combination_of(first + rounds);
    SCOPED_TRACE(combination.text());
    const Kills before = kills;
    Lifetimes lifetimes(combination.seed);
    Round round(combination);
    kill_until_done(round, lifetimes, most_kills_in_a_round, kills);
    const std::string application = round.expect_right();
    std::cout << combination.text() << ": " << kills.all - before.all << " kills, " << application << std::endl;
  }
  std::cout << kills.all << " kills, " << kills.midway << " of them midway, over " << rounds << " jobs\n";
  EXPECT_GE(kills.midway, kills.all / 10);
  EXPECT_GT(kills.all, 20);
}

TEST(KillMatrix, TheApplicationAloneIsRefusedNothingEither) {
  for (const Isolation isolation : {Isolation::read_committed, Isolation::repeatable_read, Isolation::serializable}) {
    Combination combination = combination_of(first_seed(1));
    combination.isolation = isolation;
    combination.conditional = true;
    KeySubject subject(options_of(combination));
    rig::Writers writers(subject.connection(), subject.workload(), writers_of(combination));
    EXPECT_TRUE(eventually(30s, [&] { return writers.acknowledged().size() > 100; }));
    writers.stop();
    EXPECT_TRUE(writers.errors().empty()) << combination.text();
    std::cout << name_of(isolation) << ": " << writers.acknowledged().size() << " writes, "
              << writers.serialization_failures() << " serialization failures\n";
  }
}

}  // namespace
}  // namespace pgfill::tests
