SELECT /* triage-tui */
    oid,
    rolname AS name
FROM pg_roles
WHERE oid = ANY (%(oids)s::text::oid[])
