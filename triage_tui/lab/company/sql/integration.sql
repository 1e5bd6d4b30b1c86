CREATE TABLE customers (
    id        bigint PRIMARY KEY,
    synced_at timestamptz NOT NULL
);

CREATE TABLE jobs (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    technician text NOT NULL,
    state      text NOT NULL DEFAULT 'open'
);

INSERT INTO customers (id, synced_at) SELECT n, now() FROM generate_series(1, 1000) AS n;

INSERT INTO jobs (technician) SELECT 'technician ' || n FROM generate_series(1, 200) AS n;
