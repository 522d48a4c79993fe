-- The time of the transaction, as a constant that means the same in any time zone.
SELECT to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00"')
