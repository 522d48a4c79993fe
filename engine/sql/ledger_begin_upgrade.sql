-- What stands before the scripts that bring the ledger up to date: all of them or none, and one at a time. The scripts may
-- run again over what another has just installed.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('pgfill ledger'));
