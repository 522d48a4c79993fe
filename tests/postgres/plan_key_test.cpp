// Which index the plan follows, on real indexes.
#include "postgres/plan_fixture.h"
#include "support/sessions.h"

namespace pgfill::tests {
namespace {

class PlanKey : public PlanOnServer {
 protected:
  void create(const std::string& columns, const std::string& more = "") {
    db_.execute("DROP TABLE IF EXISTS users; CREATE TABLE users (" + columns + ", status text, state text);" + more);
  }
  /// A job whose condition done rows may meet: physical order will not do.
  static JobSpec needs_a_key() {
    JobSpec spec = users_spec();
    spec.where = "status <> 'x'";
    return spec;
  }
  static std::vector<std::string> columns(const Plan& plan) {
    std::vector<std::string> names;
    for (const KeyColumn& column : plan.key.columns) names.push_back(column.name + " " + column.type);
    return names;
  }
};

using Names = std::vector<std::string>;

TEST_F(PlanKey, ThePrimaryKeyIsFollowed) {
  create("a int NOT NULL UNIQUE, id uuid PRIMARY KEY");
  const Plan plan = planned();
  EXPECT_TRUE(plan.key.primary);
  EXPECT_EQ(columns(plan), (Names{"id uuid"}));
}

TEST_F(PlanKey, ACompositePrimaryKeyIsFollowedInTheOrderOfItsIndex) {
  create("id int, tenant varchar(10), \"At\" timestamptz, PRIMARY KEY (tenant, \"At\", id)");
  EXPECT_EQ(columns(planned()), (Names{"tenant character varying(10)", "At timestamp with time zone", "id integer"}));
}

TEST_F(PlanKey, ANotNullUniqueIndexServesWithoutAPrimaryKey) {
  create("code text NOT NULL UNIQUE, a int NOT NULL, b int NOT NULL", "CREATE UNIQUE INDEX ab ON users (a, b)");
  EXPECT_EQ(planned().key.index, "users_code_key");
  db_.execute("CREATE UNIQUE INDEX only_a ON users (a)");
  EXPECT_EQ(planned().key.index, "only_a");
}

TEST_F(PlanKey, IndexesThatCannotCarryACursorAreRefusedWithTheirReason) {
  const std::vector<std::pair<std::string, std::string>> unusable{
      {"CREATE UNIQUE INDEX i ON users (a) WHERE a > 0", "i is partial"},
      {"CREATE UNIQUE INDEX i ON users ((a + 1))", "i indexes an expression"},
      {"CREATE UNIQUE INDEX i ON users (nullable)", "i has the nullable column nullable"},
      {"CREATE UNIQUE INDEX i ON users (a, b DESC)", "i mixes ASC and DESC"},
      {"CREATE UNIQUE INDEX i ON users (code text_pattern_ops)", "i has an operator class"},
      {"CREATE UNIQUE INDEX i ON users (code COLLATE \"C\")", "i has another collation"},
      {"CREATE UNIQUE INDEX i ON users (a); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
       "i is invalid"}};
  for (const auto& [index, reason] : unusable) {
    create("a int NOT NULL, b int NOT NULL, nullable int, code text NOT NULL", index);
    expect_refusal(planned(needs_a_key()), "key", ErrorCode::no_usable_key, reason);
    EXPECT_EQ(columns(planned()), (std::vector<std::string>{"ctid tid"}));
  }
}

TEST_F(PlanKey, AColumnThatIsNotNullInNewRowsOnlyIsNullable) {
  create("a int UNIQUE", "INSERT INTO users VALUES (1), (NULL)");
  if (!execute_if_known(db_, "ALTER TABLE users ADD CONSTRAINT filled NOT NULL a NOT VALID")) {
    EXPECT_LT(server_version(db_), 180000);
    return;
  }
  expect_refusal(planned(needs_a_key()), "key", ErrorCode::no_usable_key, "users_a_key has the nullable column a");
  db_.execute("DELETE FROM users WHERE a IS NULL; ALTER TABLE users VALIDATE CONSTRAINT filled");
  EXPECT_EQ(planned(needs_a_key()).key.index, "users_a_key");
}

TEST_F(PlanKey, AKeyWithoutOverlapsIsNoKey) {
  db_.execute("CREATE EXTENSION btree_gist");
  create("a int, during daterange");
  if (!execute_if_known(db_, "ALTER TABLE users ADD PRIMARY KEY (a, during WITHOUT OVERLAPS)")) {
    EXPECT_LT(server_version(db_), 180000);
    return;
  }
  expect_refusal(planned(needs_a_key()), "key", ErrorCode::no_usable_key, "users_pkey is not a B-tree");
}

TEST_F(PlanKey, AKeyThatIsGeneratedFromWhatIsSetIsRefused) {
  create("a int NOT NULL, id int GENERATED ALWAYS AS (a + 1) STORED PRIMARY KEY");
  JobSpec spec = users_spec();
  spec.set() = {{"a", "a + 1000"}};
  expect_refusal(planned(spec), "key", ErrorCode::expression_unsafe, "set changes \"id\", a column of the key");
  expect_refusal(planned(spec), "key", ErrorCode::expression_unsafe, "generated from a");
  spec.set() = {{"state", "status"}};
  EXPECT_EQ(first_refusal(planned(spec)), nullptr);
}

TEST_F(PlanKey, AKeyThatForeignKeysCarryTheChangeIntoIsRefused) {
  create("parent text NOT NULL, seq int NOT NULL, code text UNIQUE NOT NULL, PRIMARY KEY (parent, seq)",
         "ALTER TABLE users ADD CONSTRAINT tree FOREIGN KEY (parent) REFERENCES users (code) ON UPDATE CASCADE");
  JobSpec spec = users_spec();
  spec.set() = {{"code", "'z' || code"}};
  expect_refusal(planned(spec), "key", ErrorCode::expression_unsafe,
                 "what is set in (code) comes back by foreign key tree into (parent)");
  spec.set() = {{"state", "status"}};
  EXPECT_EQ(first_refusal(planned(spec)), nullptr);
  // By way of another table: only where the same column there is changed and referred to.
  db_.execute(
      "ALTER TABLE users DROP CONSTRAINT tree; CREATE TABLE other (code text UNIQUE, id text UNIQUE);"
      "ALTER TABLE other ADD FOREIGN KEY (code) REFERENCES users (code) ON UPDATE CASCADE;"
      "ALTER TABLE users ADD CONSTRAINT tree FOREIGN KEY (parent) REFERENCES other (id) ON UPDATE CASCADE");
  spec.set() = {{"code", "'z' || code"}};
  EXPECT_TRUE(is_silent(planned(spec), "key"));
  db_.execute(
      "ALTER TABLE users DROP CONSTRAINT tree,"
      "ADD CONSTRAINT tree FOREIGN KEY (parent) REFERENCES other (code) ON UPDATE CASCADE");
  expect_refusal(planned(spec), "key", ErrorCode::expression_unsafe, "comes back by foreign key tree into (parent)");
  db_.execute("ALTER TABLE users DROP CONSTRAINT tree, ADD FOREIGN KEY (parent) REFERENCES users (code)");
  spec.set() = {{"code", "'z' || code"}};
  EXPECT_TRUE(is_silent(planned(spec), "key"));
}

TEST_F(PlanKey, ANondeterministicCollationIsFollowedBecauseItsUniqueIndexHoldsNoTwoEqualKeys) {
  db_.execute("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  create("code text COLLATE loose PRIMARY KEY");
  EXPECT_EQ(first_refusal(planned()), nullptr);
  EXPECT_THROW(db_.execute("INSERT INTO users VALUES ('a'), ('A')"), postgres::Failure);
}

TEST_F(PlanKey, ADescendingIndexIsFollowed) {
  create("a int NOT NULL, b int NOT NULL", "CREATE UNIQUE INDEX down ON users (a DESC, b DESC)");
  EXPECT_EQ(planned().key.index, "down");
}

TEST_F(PlanKey, OperatorsThatTheSearchPathDoesNotReachAreRefused) {
  db_.execute("CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext");
  create("code ext.citext PRIMARY KEY");
  expect_refusal(planned(needs_a_key()), "key", ErrorCode::no_usable_key, "operators of schema ext");
  expect_refusal(planned(needs_a_key()), "key", ErrorCode::no_usable_key, "SET search_path = \"$user\", public, ext");
  db_.execute("ALTER DATABASE " + database_.name() + " SET search_path = public, ext");
  EXPECT_EQ(first_refusal(planned()), nullptr);
}

TEST_F(PlanKey, ValuesWrittenByNamesAreRefused) {
  create("code regclass PRIMARY KEY");
  expect_refusal(planned(needs_a_key()), "key", ErrorCode::no_usable_key, "names that may change");
}

TEST_F(PlanKey, ADomainIsComparedAsTheTypeBelowIt) {
  db_.execute("CREATE DOMAIN code AS varchar(12) NOT NULL; CREATE DOMAIN strict_code AS code");
  create("code strict_code PRIMARY KEY", "INSERT INTO users VALUES ('old')");
  db_.execute("ALTER DOMAIN strict_code ADD CHECK (value <> 'old') NOT VALID");
  const Plan plan = planned();
  EXPECT_EQ(first_refusal(plan), nullptr);
  EXPECT_EQ(columns(plan), (Names{"code character varying(12)"}));
  db_.execute("TRUNCATE users");
  EXPECT_EQ(first_refusal(planned()), nullptr);
}

TEST_F(PlanKey, AKeyWhoseCollationHasAnotherVersionThanRecordedIsRefused) {
  db_.execute("CREATE COLLATION german (provider = icu, locale = 'de')");
  create("code text COLLATE german PRIMARY KEY, id int NOT NULL UNIQUE");
  EXPECT_EQ(first_refusal(planned()), nullptr);
  db_.execute("UPDATE pg_collation SET collversion = '0.1' WHERE collname = 'german'");
  expect_refusal(planned(), "collation_versions", ErrorCode::collation_changed, "recorded in version 0.1");
  expect_refusal(planned(), "collation_versions", ErrorCode::collation_changed,
                 "REINDEX TABLE CONCURRENTLY public.users");
  JobSpec spec = users_spec();
  spec.key = {"id"};
  EXPECT_TRUE(is_silent(planned(spec), "collation_versions"));
}

TEST_F(PlanKey, WithoutAnyUniqueIndexTheOneToCreateIsNamed) {
  create("id int GENERATED BY DEFAULT AS IDENTITY");
  expect_refusal(planned(needs_a_key()), "key", ErrorCode::no_usable_key,
                 "CREATE UNIQUE INDEX CONCURRENTLY users_pgfill_key ON public.users (id)");
}

TEST_F(PlanKey, AKeyOfTheSpecMustBeUnique) {
  create("id int PRIMARY KEY, created_at timestamptz NOT NULL");
  JobSpec spec = users_spec();
  spec.key = {"created_at"};
  expect_refusal(planned(spec), "key", ErrorCode::key_not_unique, "key: [created_at, id]");
  db_.execute("CREATE UNIQUE INDEX by_time ON users (created_at, id)");
  spec.key = {"created_at", "id"};
  const Plan plan = planned(spec);
  EXPECT_EQ(first_refusal(plan), nullptr);
  EXPECT_EQ(plan.key.index, "by_time");
}

}  // namespace
}  // namespace pgfill::tests
