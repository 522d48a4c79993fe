-- The fields laid over the spec of a job; no row: nothing was asked of it. $1 job name
SELECT q.settings FROM pgfill.request AS q JOIN pgfill.job AS j ON j.id = q.job_id WHERE j.name = $1
