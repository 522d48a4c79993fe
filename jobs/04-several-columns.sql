-- Small tables for 04-several-columns.yaml. Makes and replaces examples.customers and examples.countries, nothing else.
-- check: SELECT count(*) = 3000 AND bool_and(cleaned_at IS NOT NULL AND email = lower(email) AND country_name = CASE country_code WHEN 'DE' THEN 'Germany' ELSE 'Chile' END AND "displayName" = CASE WHEN id % 10 = 0 THEN 'User' || id || '@Example.org' ELSE 'First ' || id END) FROM examples.customers
CREATE SCHEMA IF NOT EXISTS examples;
DROP TABLE IF EXISTS examples.customers, examples.countries;
CREATE TABLE examples.countries (
    code text PRIMARY KEY,
    name text NOT NULL
);
INSERT INTO examples.countries VALUES ('DE', 'Germany'), ('CL', 'Chile');
CREATE TABLE examples.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    country_code text NOT NULL REFERENCES examples.countries,
    "displayName" text,
    country_name text,
    cleaned_at timestamptz
);
INSERT INTO examples.customers (first_name, last_name, email, country_code)
SELECT CASE WHEN number % 10 = 0 THEN '' ELSE 'First' END, CASE WHEN number % 10 = 0 THEN ' ' ELSE number::text END,
       'User' || number || '@Example.org', (ARRAY['DE', 'CL'])[1 + number % 2]
FROM generate_series(1, 3000) AS number;
ANALYZE examples.countries;
ANALYZE examples.customers;
