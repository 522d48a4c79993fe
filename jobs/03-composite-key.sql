-- A small table for 03-composite-key.yaml. Makes and replaces examples.readings, nothing else.
-- check: SELECT count(*) = 6000 AND bool_and(celsius IS NOT DISTINCT FROM (fahrenheit - 32) * 5 / 9) FROM examples.readings
CREATE SCHEMA IF NOT EXISTS examples;
DROP TABLE IF EXISTS examples.readings;
CREATE TABLE examples.readings (
    sensor text NOT NULL,
    taken_at timestamptz NOT NULL,
    fahrenheit numeric NOT NULL,
    celsius numeric,
    PRIMARY KEY (sensor, taken_at)
);
INSERT INTO examples.readings (sensor, taken_at, fahrenheit)
SELECT 'sensor ' || sensor, timestamptz '2025-01-01' + minute * interval '1 minute', 20 + (sensor * minute) % 80
FROM generate_series(1, 12) AS sensor, generate_series(1, 500) AS minute;
ANALYZE examples.readings;
