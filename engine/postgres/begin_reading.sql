-- Opens a transaction that cannot write and sees one state of the database.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
