"""keyset.py LEAST_KEY: the playbook's batch (playbook.sql) driven from outside, as scripts and workers often do.

No project's code in particular: a client that holds the last key, sends one statement a batch, reads where it ended,
and commits. Left out: pauses and a record of progress. LEAST_KEY is below every key. Needs python3-psycopg2.
"""
import os
import sys

import psycopg2

BATCH = """
WITH b AS (SELECT id FROM users WHERE id > %s ORDER BY id LIMIT 5000),
u AS (UPDATE users SET account_state = user_status WHERE id IN (SELECT id FROM b) AND account_state IS NULL)
SELECT id FROM b ORDER BY id DESC LIMIT 1
"""

connection = psycopg2.connect(host=os.environ["PGHOST"], user="postgres", dbname=os.environ["PGDATABASE"])
cursor = connection.cursor()
last = sys.argv[1]
while True:
    cursor.execute(BATCH, (last,))
    found = cursor.fetchone()
    connection.commit()
    if found is None:
        break
    last = found[0]
