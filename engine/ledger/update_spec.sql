UPDATE pgfill.job SET spec_yaml = $2 WHERE id = $1::bigint
