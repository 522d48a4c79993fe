// Statements over the rows of a job's table that also read or write the ledger: batches, listed rows, rows left behind.
// Text in, text out; no connection. Parameters are numbered as in sql/statement_builder.h.
#pragma once

#include "sql/statement_builder.h"

namespace pgfill::ledger {

/// The batch: the change WHERE key > lower AND key <= upper AND (where). A plain interval: what a sub-select had chosen
/// would be changed, too, when it has stopped matching while the statement waited. It has one parameter, an array of
/// the values of the interval: that is how pgfill.run_batch runs it. With `asks_again` it answers the rows changed, and
/// whether one of them fulfils `where` still. With `may_insert` the job's id is the last element of the array.
sql::BuiltStatement batch_change(const sql::Target& target, sql::Sides sides);

/// With `may_keep` or `unless` (else empty): answers how many rows fulfil `where` before batch_change, or
/// batch_around_skipped, changes them. With `may_keep` they are locked. The same parameter.
sql::BuiltStatement count_matching(const sql::Target& target, sql::Sides sides);
sql::BuiltStatement count_around_skipped(const sql::Target& target, sql::Sides sides);

/// The slow way over the same interval, when another session holds some of its rows: first what is held is listed in
/// pgfill.skipped as deferred, by locking what is free and comparing; then batch_around_skipped changes the rest. Both
/// in one transaction. Answers how many were listed. Parameters after the keys: job id, range id.
/// With `reads_other_rows` all rows of the interval are locked, and the second statement changes none but these: its
/// snapshot is newer than every change of a row it changes. Source: kinds "joined", lock first.
sql::BuiltStatement defer_held(const sql::Target& target, sql::Sides sides);
/// As batch_change, but for rows listed in pgfill.skipped. The job's id is the last element of the array in any case.
sql::BuiltStatement batch_around_skipped(const sql::Target& target, sql::Sides sides);

/// Goes over the listed rows of a job again: those that are free now are changed and taken off the list, those that are
/// gone are taken off, those that are held stay. Answers (seen, changed, held, last key seen, kept by triggers).
/// $1 job id, $2 only keys of the list above this one (text[], in the list's order; NULL: all), $3 how many at most,
/// $4 state: deferred or quarantined. Takes what it changes from the job's allowance, where there is one.
sql::BuiltStatement revisit_skipped(const sql::Target& target);

/// Keys of rows that fulfil `where`, are not listed and were written by others since the job began, so that the ranges
/// may have left them behind; in physical order by anybody at any time. Parameters after the keys:
/// job id, how many at most (bigint), only those written before this transaction (xid; NULL: all). Of all stripes, and
/// by their key in either order. Answers the relation as the last column; NULL: it is none of the job's yet.
sql::BuiltStatement written_rows(const sql::Target& target, sql::Sides sides);

/// As last_key; with `may_insert`, in the order of the key, of rows that the job has not inserted. Parameter after the
/// keys then: job id.
sql::BuiltStatement last_key_to_do(const sql::Target& target, sql::Sides sides);

}  // namespace pgfill::ledger
