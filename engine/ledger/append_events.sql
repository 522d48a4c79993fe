-- Appends events in order, dated by the database's clock. $1 job id, $2 ages in ms, $3 kinds, $4 messages, $5 details
INSERT INTO pgfill.event (job_id, at, kind, message, detail)
SELECT $1::bigint, clock_timestamp() - age * interval '1 ms', kind, message, detail::jsonb
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS e(age, kind, message, detail, position)
ORDER BY position
