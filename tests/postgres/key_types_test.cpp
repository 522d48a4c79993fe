// Every type with an order as the key of a job: ranges tile it, keys survive the way into the ledger and back, and each
// row is changed exactly once, also by a job that was stopped and resumed. The database's settings are hostile to keys
// kept as text. PGFILL_SEED=<number> repeats a failure.
#include <cstdlib>
#include <random>

#include "postgres/plan_fixture.h"
#include "postgres/transaction.h"
#include "sql/identifier.h"
#include "sql/plan_builder.h"
#include "support/key_kinds.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

constexpr int random_rows = 10'000;

unsigned seed() {
  static const unsigned chosen = [] {
    const char* given = std::getenv("PGFILL_SEED");
    return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  }();
  return chosen;
}

/// An SQL literal, whatever the text holds.
std::string literal(const std::string& text) {
  std::string quoted = "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

/// One database for all kinds; `maker` was connected before the settings became hostile.
struct KeyDatabase {
  KeyDatabase() {
    maker.execute(key_kind_types);
    for (const char* setting :
         {"extra_float_digits = -15", "datestyle = 'SQL, DMY'", "intervalstyle = 'sql_standard'", "array_nulls = off",
          "bytea_output = 'escape'", "timezone = 'Asia/Kolkata'", "standard_conforming_strings = off",
          "lc_monetary = 'C.UTF-8'", "lc_numeric = 'C.UTF-8'", "quote_all_identifiers = on",
          "default_transaction_isolation = 'serializable'", "client_encoding = 'LATIN1'", "enable_indexscan = off",
          "enable_indexonlyscan = off", "synchronous_commit = on"}) {
      maker.execute("ALTER DATABASE " + scratch.name() + " SET " + setting);
    }
  }
  ScratchDatabase scratch;
  Database maker{scratch.conninfo()};
};

async::Task<postgres::Rows> ask_pinned(std::string conninfo, std::string text, postgres::Parameters parameters) {
  ConnectionSettings settings;
  settings.conninfo = std::move(conninfo);
  const async::Deadline deadline = async::Deadline::after(std::chrono::seconds(10));
  const std::unique_ptr<postgres::Session> session =
      co_await postgres::Session::open(std::move(settings), "keys", deadline);
  postgres::Pins pins;
  pins.search_path = "public";
  std::vector<postgres::Command> commands = postgres::begin(pins);
  const sql::BuiltStatement statement = sql::named_by_text(std::move(text));
  commands.push_back({statement, std::move(parameters)});
  std::vector<postgres::Rows> answers = co_await session->exchange(std::move(commands));
  co_return std::move(answers.back());
}

class KeyTypes : public testing::TestWithParam<KeyKind> {
 protected:
  static void SetUpTestSuite() { database = std::make_unique<KeyDatabase>(); }
  static void TearDownTestSuite() { database.reset(); }

  KeyTypes() : table_("by_" + GetParam().name), db_(database->maker) {
    settings_.conninfo = database->scratch.conninfo();
    spec_.job = table_;
    spec_.schema = "public";
    spec_.table = table_;
    spec_.set() = {{"n", "n + 1"}};
    spec_.batch.max_rows = 200;
    spec_.throttle.courtesy = false;
  }

  void make_table() {
    const KeyKind& kind = GetParam();
    db_.execute("CREATE TABLE " + table_ + " (uid int GENERATED ALWAYS AS IDENTITY, n int NOT NULL DEFAULT 0, " +
                kind.columns + ");" + kind.make_key(table_) + ";CREATE TABLE " + table_ + "_audit (uid int);" +
                "CREATE FUNCTION " + table_ + "_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO " +
                table_ + "_audit VALUES (new.uid); RETURN new; END'; CREATE TRIGGER note AFTER UPDATE ON " + table_ +
                " FOR EACH ROW EXECUTE FUNCTION " + table_ + "_note()");
  }

  std::string insert() const { return "INSERT INTO " + table_ + " (" + GetParam().names() + ") "; }

  void fill() {
    const KeyKind& kind = GetParam();
    std::cout << "seed " << seed() << '\n';
    db_.execute("SELECT setseed(" + std::to_string(seed() % 100'000U) + " / 100000.0)");
    if (!kind.edges.empty()) db_.execute(insert() + "VALUES " + kind.edges + " ON CONFLICT DO NOTHING");
    db_.execute(insert() + "SELECT " + kind.values + " FROM generate_series(1, " + std::to_string(random_rows) +
                ") i ON CONFLICT DO NOTHING");
    db_.execute("ANALYZE " + table_);
    // Enough rows, as the planner believes, for some twenty ranges.
    db_.execute("UPDATE pg_class SET reltuples = 1e6 WHERE relname = '" + table_ + "'");
    rows_ = db_.integer("SELECT count(*) FROM " + table_);
    ASSERT_GT(rows_, random_rows / 4);
  }

  /// By the server's own comparison each row is in exactly one range; the ranges touch and are open at both ends.
  void expect_tiles(const Plan& plan) {
    ASSERT_GE(plan.ranges.size(), 4U);
    EXPECT_FALSE(plan.ranges.front().keys.lower);
    EXPECT_FALSE(plan.ranges.back().keys.upper);
    const std::string key =
        listed(plan, [](const KeyColumn& column, std::size_t) { return sql::quote_identifier(column.name); });
    std::string memberships;
    std::optional<Key> last;
    for (const PlannedRange& range : plan.ranges) {
      EXPECT_EQ(range.keys.lower, last);
      last = range.keys.upper;
      memberships += memberships.empty() ? "(true" : " + (true";
      if (range.keys.lower) memberships += " AND " + key + " > " + value(plan, *range.keys.lower);
      if (range.keys.upper) memberships += " AND " + key + " <= " + value(plan, *range.keys.upper);
      memberships += ")::int";
    }
    EXPECT_EQ(db_.integer("SELECT count(*) FROM " + table_ + " WHERE " + memberships + " <> 1"), 0);
  }

  /// Written by one session, carried as the ledger does, read by another: the same values in the same order.
  void expect_round_trip(const Plan& plan) {
    // Qualified: ORDER BY would take a bare name for the text that is selected under it.
    const auto name = [](const KeyColumn& column, std::size_t) { return "item." + sql::quote_identifier(column.name); };
    const auto text = [&](const KeyColumn& column, std::size_t i) { return name(column, i) + "::text"; };
    const auto element = [](const KeyColumn& column, std::size_t i) {
      return "(key::text[])[" + std::to_string(i + 1) + "]::" + column.type;
    };
    const std::string order = " ORDER BY " + unwrapped(listed(plan, name));
    const postgres::Rows written = async::run_to_end(ask_pinned(
        settings_.conninfo, "SELECT " + unwrapped(listed(plan, text)) + " FROM " + table_ + " AS item" + order, {}));
    std::vector<std::string> carried;
    for (int row = 0; row < written.size(); ++row) {
      Key key;
      for (std::size_t i = 0; i < plan.key.columns.size(); ++i) key.push_back(written.string(row, static_cast<int>(i)));
      carried.push_back(postgres::array_literal(key));
    }
    postgres::Parameters parameters;
    parameters.emplace_back(postgres::array_literal(carried));
    const postgres::Rows same = async::run_to_end(ask_pinned(
        settings_.conninfo,
        "SELECT count(*) FROM (SELECT *, row_number() OVER (" + order + ") AS place FROM " + table_ +
            " AS item) item JOIN unnest($1::text[]) WITH ORDINALITY AS carried(key, place) USING (place) WHERE " +
            listed(plan, name) + " = " + listed(plan, element),
        std::move(parameters)));
    EXPECT_EQ(same.integer(0, 0), rows_);
  }

  /// (first, second) of what `make` says of each key column.
  template <class Make>
  static std::string listed(const Plan& plan, Make make) {
    std::string list = "(";
    for (std::size_t i = 0; i < plan.key.columns.size(); ++i) {
      list += (i == 0 ? "" : ", ") + make(plan.key.columns[i], i);
    }
    return list + ")";
  }
  static std::string unwrapped(const std::string& list) { return list.substr(1, list.size() - 2); }
  static std::string value(const Plan& plan, const Key& key) {
    return listed(plan, [&](const KeyColumn& column, std::size_t i) { return literal(key[i]) + "::" + column.type; });
  }

  RunReport run(Watcher& watcher, Control& control) { return run_job(spec_, settings_, {}, control, watcher); }

  void expect_each_row_once() {
    EXPECT_EQ(db_.integer("SELECT count(*) FROM " + table_ + " WHERE n <> 1"), 0);
    EXPECT_EQ(db_.integer("SELECT count(*) FROM " + table_ + "_audit"), rows_);
    EXPECT_EQ(db_.integer("SELECT count(DISTINCT uid) FROM " + table_ + "_audit"), rows_);
    EXPECT_EQ(db_.integer("SELECT sum(rows_changed) FROM pgfill.range JOIN pgfill.job ON id = job_id WHERE name = '" +
                          table_ + "'"),
              rows_);
  }

  static std::unique_ptr<KeyDatabase> database;
  std::string table_;
  Database& db_;
  ConnectionSettings settings_;
  JobSpec spec_;
  std::int64_t rows_ = 0;
};

std::unique_ptr<KeyDatabase> KeyTypes::database;

TEST_P(KeyTypes, TileAndRoundTripAndAreChangedOnceAcrossAStop) {
  make_table();
  fill();
  const Result<Plan> plan = make_plan(settings_.conninfo, spec_);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(first_refusal(*plan), nullptr) << first_refusal(*plan)->text;
  expect_tiles(*plan);
  expect_round_trip(*plan);

  Watcher watcher;
  Control control;
  watcher.on_batch = [&] {
    if (watcher.batches == 9) control.stop();
  };
  const RunReport stopped = run(watcher, control);
  EXPECT_EQ(stopped.exit, ExitCode::interrupted) << stopped.error.message;
  watcher.on_batch = nullptr;
  Control again;
  const RunReport resumed = run(watcher, again);
  EXPECT_EQ(resumed.exit, ExitCode::done) << resumed.error.message;
  EXPECT_TRUE(watcher.resumed_);
  EXPECT_LE(watcher.largest, 200);
  expect_each_row_once();
}

std::string name_of(const testing::TestParamInfo<KeyKind>& kind) {
  return kind.param.name;
}

INSTANTIATE_TEST_SUITE_P(Numbers, KeyTypes, testing::ValuesIn(number_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Texts, KeyTypes, testing::ValuesIn(text_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Times, KeyTypes, testing::ValuesIn(time_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Others, KeyTypes, testing::ValuesIn(other_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Composites, KeyTypes, testing::ValuesIn(composite_kinds()), name_of);

class StripedKeys : public KeyTypes {};

TEST_P(StripedKeys, AreChangedOnceAcrossAStopInAPass) {
  table_ += "_striped";
  spec_.job = spec_.table = table_;
  spec_.stripes = Stripes::on;
  spec_.batch.max_rows = spec_.batch.min_rows = 40;
  make_table();
  fill();
  Watcher watcher;
  Control control;
  watcher.on_batch = [&] {
    if (watcher.batches == 23) control.stop();
  };
  EXPECT_EQ(run(watcher, control).exit, ExitCode::interrupted);
  watcher.on_batch = nullptr;
  const Result<Plan> plan = make_plan(settings_.conninfo, spec_);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->stripes, 8) << plan->stripes_reason;
  Control again;
  const RunReport resumed = run(watcher, again);
  EXPECT_EQ(resumed.exit, ExitCode::done) << resumed.error.message;
  expect_each_row_once();
}

INSTANTIATE_TEST_SUITE_P(Kinds, StripedKeys,
                         testing::Values(number_kinds()[0], number_kinds()[2], number_kinds()[5], text_kinds()[0],
                                         time_kinds()[2], composite_kinds()[0], composite_kinds()[1]),
                         name_of);

class SmallTables : public KeyTypes {};

TEST_P(SmallTables, AreDoneWhetherEmptyOrOfOneRow) {
  table_ += "_small";
  spec_.table = table_;
  spec_.job = table_;
  make_table();
  Watcher watcher;
  Control control;
  const RunReport empty = run(watcher, control);
  EXPECT_EQ(empty.exit, ExitCode::done) << empty.error.message;
  spec_.job += "_one";
  db_.execute(insert() + "VALUES " + GetParam().edges.substr(0, GetParam().edges.find("), (") + 1));
  Control second;
  const RunReport one = run(watcher, second);
  EXPECT_EQ(one.exit, ExitCode::done) << one.error.message;
  EXPECT_EQ(db_.value("SELECT array_agg(n) FROM " + table_), "{1}");
}

INSTANTIATE_TEST_SUITE_P(Kinds, SmallTables,
                         testing::Values(number_kinds()[2], number_kinds()[8], text_kinds()[0], text_kinds()[10],
                                         time_kinds()[2], composite_kinds()[0]),
                         name_of);

}  // namespace
}  // namespace pgfill::tests
