#include "ledger/row_condition.h"

#include "sql/row_condition.h"

namespace pgfill::ledger {

using sql::Target;

namespace {

/// Older rows were written before the job began.
std::string age_of(const std::string& job) {
  return "coalesce((SELECT pg_catalog.age(pgfill_job.began_at::xid) FROM pgfill.job AS pgfill_job "
         "WHERE pgfill_job.id = " +
         job + "), 2147483647)";
}

}  // namespace

std::string relation_of(const Target& target, const std::string& job) {
  if (target.relation != 0) return std::to_string(target.relation) + "::bigint";
  return "(SELECT pgfill_relation.relation_id FROM pgfill.relation AS pgfill_relation WHERE pgfill_relation.job_id = " +
         job + " AND pgfill_relation.oid = " + visible_name(target) + ".tableoid)";
}

std::string not_skipped(const Target& target, const std::string& job) {
  return "NOT EXISTS (SELECT FROM pgfill.skipped AS pgfill_skipped WHERE pgfill_skipped.job_id = " + job +
         " AND pgfill_skipped.relation_id = " + relation_of(target, job) +
         " AND pgfill_skipped.key = " + key_array(target) + ')';
}

// xmin tells, which freezing leaves as it was.
std::string written_since(const Target& target, const std::string& job, const std::string& until) {
  const std::string writer = writer_of(target);
  return "pg_catalog.age(" + writer + ") <= " + age_of(job) +
         "\n  AND NOT EXISTS (SELECT FROM pgfill.change AS pgfill_change WHERE pgfill_change.xid = " + writer +
         " AND pgfill_change.job_id = " + job + ")\n  AND " + written_before(target, until);
}

// A value, so that the server looks it up for each young row: a join might read the whole table for each batch.
std::string not_inserted_by(const Target& target, const std::string& job) {
  const std::string writer = writer_of(target);
  return "(pg_catalog.age(" + writer + ") > " + age_of(job) +
         "\n    OR (SELECT true FROM pgfill.change AS pgfill_change WHERE pgfill_change.xid = " + writer +
         " AND pgfill_change.job_id = " + job + " AND pgfill_change.inserted LIMIT 1) IS NULL)";
}

}  // namespace pgfill::ledger
