-- Goes over listed rows of a job whose batches may insert rows into its table; see the function. Answers as the statement.
-- $1 job id, $2 only keys of the list above this one, $3 how many at most, $4 state, $5 OID of the table, $6 the statement
SELECT seen, changed, held, last_key, kept
FROM pgfill.run_revisit($1::bigint, $2::text[], $3::bigint, $4, $5::oid, $6)
