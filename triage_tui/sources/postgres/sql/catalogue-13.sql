-- The databases by name, with the age of their oldest transaction id. Rates are read by number elsewhere, so that
-- a lock on pg_database costs the names of new databases and nothing more.
SELECT /* triage-tui */
    oid,
    datname AS name,
    age(datfrozenxid) AS frozen_xid_age
FROM pg_database
WHERE datallowconn
ORDER BY oid
LIMIT %(limit)s
