-- Small tables for 05-delete.yaml. Makes and replaces examples.sessions and examples.session_events, nothing else.
-- check: SELECT (SELECT count(*) = 2000 AND bool_and(ended_at > now() - interval '90 days') FROM examples.sessions) AND (SELECT count(*) = 4000 FROM examples.session_events)
CREATE SCHEMA IF NOT EXISTS examples;
DROP TABLE IF EXISTS examples.session_events, examples.sessions;
CREATE TABLE examples.sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ended_at timestamptz NOT NULL
);
CREATE TABLE examples.session_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id bigint NOT NULL REFERENCES examples.sessions ON DELETE CASCADE
);
CREATE INDEX ON examples.session_events (session_id);
INSERT INTO examples.sessions (ended_at)
SELECT now() - interval '1 day' * CASE WHEN number % 3 = 0 THEN 100 ELSE 10 END FROM generate_series(1, 3000) AS number;
INSERT INTO examples.session_events (session_id) SELECT id FROM examples.sessions UNION ALL SELECT id FROM examples.sessions;
ANALYZE examples.sessions;
ANALYZE examples.session_events;
