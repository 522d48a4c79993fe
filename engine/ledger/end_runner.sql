-- Ends a runner: its ranges become free. The job's state tells why it ended, unless another runner of the job lives, which
-- goes on. Does nothing when the runner has been taken over from, nor says of a job that it is done which a promoted server
-- does not know to be so. What is done stays done. $1 runner id, $2 job state, $3 reason
WITH ended AS (
  UPDATE pgfill.runner SET ended_at = clock_timestamp(), seen_at = clock_timestamp(), end_reason = $3::text
  WHERE id = $1::bigint AND ended_at IS NULL
    AND ($2::text <> 'done' OR EXISTS (SELECT FROM pgfill.job WHERE id = runner.job_id AND state = 'done'))
  RETURNING id, job_id
), freed AS (
  UPDATE pgfill.range r SET runner_id = NULL FROM ended
  WHERE r.job_id = ended.job_id AND r.runner_id = ended.id AND NOT r.done
)
UPDATE pgfill.job j SET state = $2::text, reason = $3::text FROM ended
WHERE j.id = ended.job_id AND j.state <> 'done'
  AND NOT EXISTS (SELECT FROM pgfill.runner AS r WHERE r.job_id = j.id AND r.id <> ended.id AND NOT pgfill.is_dead(r.id))
