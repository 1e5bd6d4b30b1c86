-- What the waiting ask for; the rows they stand in line at (a lock on a tuple names the table that a wait for a
-- transaction does not); and what prepared transactions hold, which belong to no process.
SELECT /* triage-tui */
    pid,
    locktype,
    database,
    relation,
    page,
    tuple,
    virtualxid,
    transactionid::text AS transactionid,
    classid,
    objid,
    objsubid,
    virtualtransaction,
    mode,
    granted,
    NULL::float8 AS wait_s
FROM pg_lock_status()
WHERE NOT granted OR locktype = 'tuple' OR pid IS NULL
ORDER BY granted, pid
LIMIT %(limit)s
