CREATE TABLE people (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  text NOT NULL,
    email text NOT NULL,
    CONSTRAINT people_email_key UNIQUE (email)
);

CREATE TABLE blocks (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES people,
    starts_on date NOT NULL,
    rotation  text NOT NULL
);

CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);

INSERT INTO people (name, email)
SELECT 'Resident ' || n, 'resident' || n || '@example.org' FROM generate_series(1, 28) AS n;

INSERT INTO blocks (person_id, starts_on, rotation)
SELECT 1 + n % 28, date '2025-07-01' + n * 14, 'rotation ' || n % 8 FROM generate_series(1, 260) AS n;
