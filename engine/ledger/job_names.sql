-- Names of all jobs, for "did you mean".
SELECT name FROM pgfill.job ORDER BY name
