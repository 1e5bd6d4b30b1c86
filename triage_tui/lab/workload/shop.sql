CREATE TABLE customers (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    total_cents integer NOT NULL CHECK (total_cents > 0),
    placed_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE stock (
    sku      text PRIMARY KEY,
    on_hand  integer NOT NULL,
    reserved integer NOT NULL DEFAULT 0
);

INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 200) AS n;

INSERT INTO orders (customer_id, total_cents)
SELECT 1 + n % 200, 500 + n * 37 % 9000 FROM generate_series(1, 2000) AS n;

INSERT INTO stock (sku, on_hand) VALUES ('cap', 40), ('mug', 200), ('poster', 75), ('shirt', 120);
