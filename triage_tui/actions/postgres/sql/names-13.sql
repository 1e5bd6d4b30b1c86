-- Names of a user and a database, and whether this role may signal that user's sessions.
SELECT /* triage-act */
    pg_get_userbyid(%(user)s::oid) AS user,
    (SELECT datname FROM pg_database WHERE oid = %(database)s::oid) AS database,
    current_user AS role,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    OR (
        NOT (SELECT rolsuper FROM pg_roles WHERE oid = %(user)s::oid)
        AND (pg_has_role(%(user)s::oid, 'MEMBER') OR pg_has_role('pg_signal_backend', 'MEMBER'))
    ) AS may_signal
