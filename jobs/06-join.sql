-- Small tables for 06-join.yaml. Makes and replaces examples.orders, examples.buyers and examples.areas, nothing else.
-- check: SELECT count(*) = 4000 AND bool_and(area_name IS NOT DISTINCT FROM CASE WHEN buyer <= 90 AND buyer % 6 > 0 THEN 'area ' || buyer % 6 END) FROM examples.orders
CREATE SCHEMA IF NOT EXISTS examples;
DROP TABLE IF EXISTS examples.orders, examples.buyers, examples.areas;
CREATE TABLE examples.areas (
    id int PRIMARY KEY,
    name text NOT NULL
);
INSERT INTO examples.areas SELECT number, 'area ' || number FROM generate_series(1, 5) AS number;
CREATE TABLE examples.buyers (
    id int PRIMARY KEY,
    area int,
    discount numeric
);
INSERT INTO examples.buyers SELECT number, nullif(number % 6, 0), number % 4 FROM generate_series(1, 90) AS number;
CREATE TABLE examples.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buyer int,
    area_name text,
    discount numeric
);
INSERT INTO examples.orders (buyer) SELECT nullif(number % 101, 0) FROM generate_series(1, 4000) AS number;
ANALYZE examples.areas;
ANALYZE examples.buyers;
ANALYZE examples.orders;
