CREATE TABLE patients (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    email      text NOT NULL UNIQUE,
    postcode   text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE therapists (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text NOT NULL,
    postcode text NOT NULL,
    places   integer NOT NULL CHECK (places >= 0)
);

CREATE INDEX therapists_postcode ON therapists (postcode);

CREATE TABLE searches (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id   bigint NOT NULL,
    therapist_id bigint REFERENCES therapists,
    status       text NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX searches_patient ON searches (patient_id);

CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);

INSERT INTO therapists (name, postcode, places)
SELECT 'T. ' || n, to_char(10115 + n % 40, 'FM00000'), 1 + n % 3 FROM generate_series(1, 400) AS n;

INSERT INTO patients (name, email, postcode)
SELECT 'P. ' || n, 'p' || n || '@patients.example', to_char(10115 + n % 40, 'FM00000')
FROM generate_series(1, 500) AS n;

INSERT INTO searches (patient_id, therapist_id, status)
SELECT n, 1 + n % 400, 'aktiv' FROM generate_series(1, 500) AS n;
