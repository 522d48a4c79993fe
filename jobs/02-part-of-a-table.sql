-- A small table for 02-part-of-a-table.yaml. Makes and replaces examples.orders, nothing else.
-- check: SELECT count(*) = 4000 AND bool_and(CASE WHEN placed_at < '2024-01-01' THEN net_cents IS NOT DISTINCT FROM round(gross_cents / 1.19) ELSE net_cents IS NULL END) FROM examples.orders
CREATE SCHEMA IF NOT EXISTS examples;
DROP TABLE IF EXISTS examples.orders;
CREATE TABLE examples.orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_number integer NOT NULL UNIQUE,
    placed_at timestamptz NOT NULL,
    gross_cents bigint NOT NULL,
    tax_percent integer NOT NULL,
    net_cents bigint
);
INSERT INTO examples.orders (order_number, placed_at, gross_cents, tax_percent)
SELECT number * 7, timestamptz '2022-06-01' + number * interval '6 hours', 1000 + number * 13, 19
FROM generate_series(1, 4000) AS number;
ANALYZE examples.orders;
