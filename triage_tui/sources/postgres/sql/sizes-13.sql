-- Reads the size of every file of a database. Takes no lock that somebody could hold.
SELECT /* triage-tui */
    oid,
    pg_database_size(oid) AS size_bytes
FROM unnest(%(oids)s::text::oid[]) AS known (oid)
WHERE has_database_privilege(oid, 'CONNECT')
