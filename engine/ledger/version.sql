-- The version of the ledger.
SELECT coalesce(max(version), 0) FROM pgfill.version
