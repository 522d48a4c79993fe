-- O4: every step of a range begins where the one before ended, goes forward (within a pass; a later pass begins anew), and is made under the latest epoch. The
-- key is one bigint.
WITH steps AS (
  SELECT *,
         lag(new_cursor) OVER w AS before, lag(new_stripe) OVER w AS stripe_before, lag(epoch) OVER w AS epoch_before, row_number() OVER w AS step
  FROM public.range_audit WINDOW w AS (PARTITION BY job_id, range_id ORDER BY seq)
), judged AS (
  SELECT 'range ' || range_id || ' step ' || step AS step,
         (step = 1 OR (old_cursor IS NOT DISTINCT FROM before AND old_stripe = stripe_before))
         AND (new_stripe > old_stripe OR new_cursor IS NOT DISTINCT FROM old_cursor OR old_cursor IS NULL
              OR new_cursor[1]::bigint > old_cursor[1]::bigint)
         AND new_stripe >= old_stripe
         AND epoch >= coalesce(epoch_before, epoch)
         AND (epoch = old_epoch OR (new_cursor IS NOT DISTINCT FROM old_cursor AND new_stripe = old_stripe)) AS "right"
  FROM steps
)
SELECT count(*) FILTER (WHERE NOT "right") AS violations,
       min(step) FILTER (WHERE NOT "right") AS sample,
       count(*) AS compared
FROM judged
