-- Opens a transaction that writes and sees one state of the database: a row that others have changed since is refused (40001).
BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE
