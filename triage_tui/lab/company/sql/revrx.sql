CREATE TABLE encounters (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    clinic     text NOT NULL,
    pages      integer NOT NULL,
    status     text NOT NULL DEFAULT 'pending',
    entities   integer,
    created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO encounters (clinic, pages, status, entities)
SELECT 'clinic', 1 + n % 9, 'complete', 3 + n % 30 FROM generate_series(1, 3000) AS n;
