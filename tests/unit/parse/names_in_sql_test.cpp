// What a body of SQL or PL/pgSQL reads, writes and calls, by its names.
#include "parse/names_in_sql.h"

#include <gtest/gtest.h>

namespace pgfill::spec {
namespace {

/// "a.b c"
std::string list(const parse::DottedNames& names) {
  std::string text;
  for (const parse::DottedName& name : names)
    text += (text.empty() ? "" : " ") + (name.schema.empty() ? "" : name.schema + ".") + name.name;
  return text;
}

parse::NamesInSql names_in_function(const std::string& body, const std::string& head = "RETURNS trigger") {
  return parse::names_in_plpgsql("CREATE OR REPLACE FUNCTION public.f(a integer)\n " + head +
                                     "\n LANGUAGE plpgsql\nAS $function$" + body + "$function$\n",
                                 body);
}

TEST(NamesInSql, AnExpressionCallsFunctionsAndReadsTables) {
  const parse::NamesInSql names = parse::names_in_expression(
      "app.price(item_id) + coalesce((SELECT max(n) FROM app.counter AS c, other), 1)::app.money2");
  EXPECT_EQ(list(names.functions), "max app.price");
  EXPECT_EQ(list(names.reads), "other app.counter");
  EXPECT_EQ(list(names.types), "app.money2");
  EXPECT_EQ(list(names.operators), "+");
  EXPECT_TRUE(names.not_known.empty());
}

TEST(NamesInSql, AFunctionOfARowMayBeWrittenLikeAColumn) {
  EXPECT_EQ(list(parse::names_in_expression("item.next_pos + (item).other").attributes), "next_pos other");
}

TEST(NamesInSql, DefaultNamesNothing) {
  const parse::NamesInSql names = parse::names_in_expression("DEFAULT");
  EXPECT_TRUE(names.not_known.empty() && names.functions.empty() && names.reads.empty());
}

TEST(NamesInSql, TablesAreReadInEveryPlaceOfAStatement) {
  EXPECT_EQ(list(parse::names_in_statements(
                     "SELECT (SELECT 1 FROM a) FROM b JOIN c ON EXISTS (SELECT FROM d) WHERE x IN (SELECT y "
                     "FROM e) UNION SELECT 1 FROM f ORDER BY 1")
                     .reads),
            "a b c d e f");
  EXPECT_EQ(list(parse::names_in_statements("VALUES ((SELECT 1 FROM a))").reads), "a");
  EXPECT_EQ(list(parse::names_in_statements("SELECT 1 FROM LATERAL (SELECT 1 FROM a) AS s, app.f(1)").reads), "a");
}

TEST(NamesInSql, ChangesAreToldFromWhatTheyRead) {
  const parse::NamesInSql insert =
      parse::names_in_statements("INSERT INTO a SELECT * FROM b ON CONFLICT (x) DO UPDATE SET y = 1");
  EXPECT_EQ(list(insert.inserts), "a");
  EXPECT_EQ(list(insert.updates), "a");
  EXPECT_EQ(list(insert.reads), "b");
  const parse::NamesInSql update =
      parse::names_in_statements("UPDATE a SET x = x + 1 FROM b WHERE a.id = b.id; DELETE FROM c USING d");
  EXPECT_EQ(list(update.updates), "a");
  EXPECT_EQ(list(update.deletes), "c");
  EXPECT_EQ(list(update.reads), "b d");
  const parse::NamesInSql merge = parse::names_in_statements(
      "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)");
  EXPECT_EQ(list(merge.inserts), "a");
  EXPECT_EQ(list(merge.deletes), "a");
  EXPECT_EQ(list(merge.updates), "");
  EXPECT_EQ(list(merge.reads), "a b");
  EXPECT_EQ(list(parse::names_in_statements("TRUNCATE a, app.b").deletes), "a app.b");
}

TEST(NamesInSql, AWithQueryIsNoTableAndHidesOne) {
  EXPECT_EQ(list(parse::names_in_statements("WITH a AS (SELECT 1) SELECT * FROM a, b, app.a").reads), "b app.a");
  EXPECT_EQ(list(parse::names_in_statements("WITH a AS (SELECT * FROM a) SELECT * FROM a").reads), "a");
  EXPECT_EQ(
      list(
          parse::names_in_statements("WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT * FROM a) SELECT * FROM a").reads),
      "");
  EXPECT_EQ(
      list(parse::names_in_statements("WITH a AS (DELETE FROM b RETURNING *) INSERT INTO a SELECT * FROM a").deletes),
      "b");
  EXPECT_EQ(
      list(parse::names_in_statements("WITH a AS (DELETE FROM b RETURNING *) INSERT INTO a SELECT * FROM a").inserts),
      "a");
}

TEST(NamesInSql, TablesOfTheSessionAreItsOwn) {
  const parse::NamesInSql names =
      parse::names_in_statements("CREATE TEMP TABLE mine AS SELECT * FROM a; INSERT INTO mine SELECT 1");
  EXPECT_EQ(list(names.own_tables), "mine");
  EXPECT_EQ(list(names.reads), "a");
}

TEST(NamesInSql, WhatNamesDoNotTellIsSaid) {
  for (const char* text : {"SELECT query_to_xml('SELECT 1 FROM a', true, true, '')", "DO 'BEGIN NULL; END'",
                           "EXECUTE p(1)", "SELECT set_config('search_path', 'app', true)", "SET search_path = app",
                           "REFRESH MATERIALIZED VIEW m", "COPY a FROM STDIN", "SELEC 1"}) {
    EXPECT_FALSE(parse::names_in_statements(text).not_known.empty()) << text;
  }
  for (const char* text : {"SELECT set_config('app.user', 'x', true)", "SET LOCAL work_mem = '1MB'", "LOCK TABLE a",
                           "SELECT pg_notify('a', 'b')", "NOTIFY a", "CALL p(1)"}) {
    EXPECT_TRUE(parse::names_in_statements(text).not_known.empty()) << text;
  }
}

TEST(NamesInSql, AProcedureThatIsCalledIsAFunction) {
  EXPECT_EQ(list(parse::names_in_statements("CALL app.p(next_pos(1))").functions), "next_pos app.p");
}

TEST(NamesInSql, BodiesOfTheStandardAreRead) {
  const parse::NamesInSql atomic = parse::names_in_sql_body(
      "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC INSERT INTO b VALUES (1); SELECT g(id) FROM "
      "app.c; END");
  EXPECT_EQ(list(atomic.reads), "app.c");
  EXPECT_EQ(list(atomic.inserts), "b");
  EXPECT_EQ(list(atomic.functions), "g");
  const parse::NamesInSql returned = parse::names_in_sql_body(
      "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql RETURN (SELECT max(id) FROM c) + g(a)");
  EXPECT_EQ(list(returned.reads), "c");
  EXPECT_EQ(list(returned.functions), "g max");
  EXPECT_FALSE(parse::names_in_sql_body("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y'").not_known.empty());
}

TEST(NamesInPlpgsql, EveryPlaceOfAFunctionIsRead) {
  const parse::NamesInSql names = names_in_function(R"(
DECLARE
  r record; x integer := (SELECT 1 FROM in_declare);
  c CURSOR (k integer) FOR SELECT * FROM in_cursor WHERE id = k;
BEGIN
  NEW.a := (SELECT max(id) FROM in_assignment);
  x = (SELECT 1 FROM in_old_assignment);
  SELECT max(id) INTO STRICT x FROM in_select WHERE a = NEW.a;
  PERFORM in_perform(1);
  FOR r IN SELECT * FROM in_loop LOOP
    x := coalesce(x, in_value(1));
  END LOOP;
  FOR i IN 1..(SELECT max(id) FROM in_bound) LOOP NULL; END LOOP;
  IF EXISTS (SELECT FROM in_condition) THEN
    INSERT INTO inserted SELECT 1 RETURNING id INTO x;
  ELSIF x > (SELECT 1 FROM in_elsif) THEN
    UPDATE updated SET a = 1;
  ELSE
    DELETE FROM deleted;
  END IF;
  CASE (SELECT 1 FROM in_case) WHEN 1 THEN NULL; END CASE;
  RAISE NOTICE 'x %', (SELECT 1 FROM in_raise);
  RETURN NEW;
EXCEPTION WHEN others THEN
  PERFORM in_handler();
  RETURN NULL;
END)");
  EXPECT_TRUE(names.not_known.empty()) << names.not_known.front();
  EXPECT_EQ(
      list(names.reads),
      "in_assignment in_bound in_case in_condition in_cursor in_declare in_elsif in_loop in_old_assignment in_raise "
      "in_select");
  EXPECT_EQ(list(names.functions), "in_handler in_perform in_value max");
  EXPECT_EQ(list(names.inserts), "inserted");
  EXPECT_EQ(list(names.updates), "updated");
  EXPECT_EQ(list(names.deletes), "deleted");
}

TEST(NamesInPlpgsql, AValueMayBeTheRestOfASelect) {
  EXPECT_EQ(list(names_in_function("BEGIN RETURN max(n) + 1 FROM counter WHERE a = 1; END", "RETURNS integer").reads),
            "counter");
}

TEST(NamesInPlpgsql, FieldsOfRecordsAreAssignedTo) {
  const parse::NamesInSql names = names_in_function(
      "DECLARE r item; s record; BEGIN r.position := (SELECT 1 FROM a); s.x.y = 3; SELECT 1 INTO r.list FROM b; RETURN "
      "NEW; "
      "END");
  EXPECT_TRUE(names.not_known.empty()) << names.not_known.front();
  EXPECT_EQ(list(names.reads), "a b");
}

TEST(NamesInPlpgsql, CursorVariablesAndResultsOfTheirOwnAreRead) {
  const parse::NamesInSql names = names_in_function(
      "DECLARE c refcursor; x int; BEGIN OPEN c NO SCROLL FOR SELECT 1 FROM a WHERE g(1) > 2; FETCH NEXT FROM c INTO "
      "x; "
      "CLOSE c; f.a := 3; x := 2; RETURN NEXT; END",
      "RETURNS TABLE(x integer)");
  EXPECT_TRUE(names.not_known.empty()) << names.not_known.front();
  EXPECT_EQ(list(names.reads), "a");
  EXPECT_EQ(list(names.functions), "g");
}

TEST(NamesInPlpgsql, AStatementMadeOfALiteralIsReadAndAnyOtherIsNot) {
  EXPECT_EQ(list(names_in_function("BEGIN EXECUTE 'SELECT 1 FROM a' USING 1; RETURN NEW; END").reads), "a");
  for (const char* body :
       {"BEGIN EXECUTE format('SELECT 1 FROM %I', TG_TABLE_NAME); RETURN NEW; END",
        "DECLARE q text; BEGIN EXECUTE q; RETURN NEW; END",
        "DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT ' || 1 LOOP NULL; END LOOP; RETURN NEW; END"}) {
    EXPECT_FALSE(names_in_function(body).not_known.empty()) << body;
  }
  EXPECT_FALSE(
      names_in_function("BEGIN RETURN QUERY EXECUTE 'SELECT ' || a; END", "RETURNS SETOF integer").not_known.empty());
}

TEST(NamesInPlpgsql, ABodyThatCannotBeReadIsSaidToBe) {
  EXPECT_FALSE(names_in_function("BEGIN RETURN NEW END").not_known.empty());
  EXPECT_FALSE(parse::names_in_plpgsql("", "").not_known.empty());
}

}  // namespace
}  // namespace pgfill::spec
