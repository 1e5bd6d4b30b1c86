-- Sessions, each in a record like those of `activity`; first those that wait for a lock, then those they wait for,
-- then open transactions. pg_blocking_pids is asked for the waiting ones only. Whoever waits for this very statement,
-- as some DDL does for every snapshot, waits no longer when the answer is read. The query leaves as bytes, since it
-- may be in the encoding of another database.
WITH activity AS MATERIALIZED (
    SELECT *
    FROM pg_stat_get_activity(NULL)
), waiting AS MATERIALIZED (
    SELECT pid, array_remove(pg_blocking_pids(pid), pg_backend_pid()) AS blocked_by
    FROM (
        SELECT pid
        FROM activity
        WHERE wait_event_type = 'Lock'
        ORDER BY query_start
        LIMIT %(waiting_limit)s
    ) AS examined
), blocking AS (
    SELECT DISTINCT unnest(blocked_by) AS pid
    FROM waiting
)
SELECT /* triage-tui */
    pid,
    state_change,
    ROW(
        datid,
        usesysid,
        application_name,
        host(client_addr),
        client_port,
        backend_type,
        backend_start,
        state,
        wait_event_type,
        wait_event,
        xact_start,
        query_start,
        substring(textsend(query) FROM 1 FOR %(query_bytes)s)
    ) AS told,
    statement_timestamp() AS now,
    coalesce(waiting.blocked_by, '{}') AS blocked_by,
    count(*) OVER () AS total
FROM activity
LEFT JOIN waiting USING (pid)
LEFT JOIN blocking USING (pid)
WHERE (datid IS NOT NULL OR backend_type = 'walsender' OR waiting.pid IS NOT NULL OR blocking.pid IS NOT NULL)
  AND pid <> pg_backend_pid()
  AND (application_name IS DISTINCT FROM %(application)s OR blocking.pid IS NOT NULL)
ORDER BY
    waiting.pid IS NULL,
    blocking.pid IS NULL,
    xact_start,
    state IS DISTINCT FROM 'active',
    pid
LIMIT %(limit)s
