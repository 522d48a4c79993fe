-- A batch but for its walk and its COMMIT; see the function. Answers the rows changed, those that stayed on their page,
-- the rows inserted into the table by the way, and those that triggers have kept from being deleted.
-- $1 job id, $2 range id, $3 epoch, $4 cursor and $5 stripe held; $6 cursor, $7 stripe, $8 stripes and $9 done then;
-- $10 rows walked (NULL: those changed), $11 OID of the table, $12 its name, $13 its columns and $14 their numbers; $15 is
-- the transaction noted, $16 may it insert rows into the table, $17 does the statement count by itself and tell whether a
-- changed row fulfils the condition still, $18 values of the interval, $19 does
-- the job have an allowance, $20 what counts the rows before (NULL: nothing), $21 the statement that changes them
SELECT changed, on_page, inserted, kept
FROM pgfill.run_batch($1::bigint, $2::bigint, $3::bigint, $4::text[], $5::int, $6::text[], $7::int, $8::int, $9::bool,
                      $10::bigint, $11::oid, $12, $13::text[], $14::int2[], $15::bool, $16::bool, $17::bool, $18::text[], $21,
                      $20, $19::bool)
