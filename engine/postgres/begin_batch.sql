-- Opens a transaction that writes; each statement sees what was committed before it began.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE
