-- How much of the numbers for transactions (row 1) and for multixacts (row 2) is used up: the share of what there is from
-- the oldest that a database still needs to where the server refuses to write; that database; and, when it is this one
-- and $1 of the share is reached, the table that holds it back (NULL otherwise: the look at all tables is spared).
-- $1 a share, 0 to 1
WITH used AS (
  SELECT 'transactions' AS what, d.oid, d.datname, age(d.datfrozenxid) / 2144483648.0 AS share FROM pg_database AS d
  UNION ALL
  SELECT 'multixacts', d.oid, d.datname, mxid_age(d.datminmxid) / 2144483648.0 FROM pg_database AS d
), most AS (
  SELECT DISTINCT ON (what) * FROM used ORDER BY what DESC, share DESC, datname = current_database() DESC
)
SELECT m.what, m.share::float8, m.datname,
       CASE WHEN m.share >= $1::float8 AND m.datname = current_database()
            THEN (SELECT c.oid::regclass::text FROM pg_class AS c
                   WHERE c.relkind IN ('r', 'm', 't')
                   ORDER BY CASE WHEN m.what = 'transactions' THEN age(c.relfrozenxid) ELSE mxid_age(c.relminmxid) END DESC,
                            c.oid LIMIT 1) END
FROM most AS m
