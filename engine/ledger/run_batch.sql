-- A batch but for its walk and its COMMIT; see the function. Answers the rows changed, those that stayed on their page,
-- the rows inserted into the table by the way, and those that triggers have kept from being deleted.
-- $1 job id, $2 range id, $3 epoch, $4 cursor and $5 stripe held; $6 cursor, $7 stripe, $8 stripes and $9 done then;
-- $10 rows walked (NULL: those changed), $11 OID of the relation, $12 its name, $13 its columns, $14 their numbers and
-- $15 the table that it is a partition of (NULL: none); $16 is the transaction noted, $17 may it insert rows into the table,
-- $18 does the statement count by itself and tell whether a changed row fulfils the condition still, $19 values of the
-- interval, $20 does the job have an allowance, $21 what counts the rows before (NULL: nothing), $22 the statement that
-- changes them
SELECT changed, on_page, inserted, kept
FROM pgfill.run_batch($1::bigint, $2::bigint, $3::bigint, $4::text[], $5::int, $6::text[], $7::int, $8::int, $9::bool,
                      $10::bigint, $11::oid, $12, $13::text[], $14::int2[], $15::oid, $16::bool, $17::bool, $18::bool, $19::text[],
                      $22, $21, $20::bool)
