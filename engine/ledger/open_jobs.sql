SELECT name FROM pgfill.job WHERE state NOT IN ('done', 'cancelled') ORDER BY id
