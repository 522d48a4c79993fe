-- O3: each transaction changed as many rows as it added to the ledger's count.
WITH claimed AS (
  SELECT transaction, sum(rows) AS rows FROM public.range_audit GROUP BY transaction
), audited AS (
  SELECT transaction, count(*) AS rows FROM public.audit GROUP BY transaction
)
SELECT count(*) FILTER (WHERE coalesce(c.rows, 0) <> coalesce(a.rows, 0)) AS violations,
       min('transaction ' || transaction || ' claims ' || coalesce(c.rows, 0) || ' changed ' || coalesce(a.rows, 0))
         FILTER (WHERE coalesce(c.rows, 0) <> coalesce(a.rows, 0)) AS sample,
       count(*) AS compared
FROM claimed AS c FULL JOIN audited AS a USING (transaction)
