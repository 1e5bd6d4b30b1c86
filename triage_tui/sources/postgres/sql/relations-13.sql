-- Names of relations of this database, without a lock on any of them.
SELECT /* triage-tui */
    c.oid,
    n.nspname AS schema,
    c.relname AS name
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = ANY (%(oids)s::text::oid[])
