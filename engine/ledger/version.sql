-- The version of the ledger's tables, and which text its functions are of.
SELECT version, functions FROM pgfill.version ORDER BY version DESC LIMIT 1
