-- How many rows of a job are deferred, how many quarantined, and one of the quarantined. $1 job id
SELECT count(*) FILTER (WHERE state = 'deferred') AS deferred,
       count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
       (SELECT format(CASE j.key_columns WHEN '{ctid}' THEN 'ctid %s' ELSE '(%s)' END || ': %s (SQLSTATE %s)',
                      array_to_string(key, ', '), message, sqlstate)
        FROM pgfill.listed_rows($1::bigint) AS s JOIN pgfill.job AS j ON j.id = s.job_id
        WHERE s.state = 'quarantined' ORDER BY s.at LIMIT 1) AS sample
FROM pgfill.listed_rows($1::bigint)
