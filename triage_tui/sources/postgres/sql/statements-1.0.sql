-- The statements that took most time since the statistics were reset. Versions are those of the extension.
SELECT /* triage-tui */
    userid,
    dbid,
    calls,
    total_time AS total_ms,
    total_time / nullif(calls, 0) AS mean_ms,
    rows,
    substring(textsend(query) FROM 1 FOR %(query_bytes)s) AS query
FROM {schema}.pg_stat_statements
ORDER BY total_time DESC
LIMIT %(limit)s
