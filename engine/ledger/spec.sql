-- The spec of a job, as YAML. $1 name
SELECT spec_yaml FROM pgfill.job WHERE name = $1
