SELECT /* triage-tui */
    transaction::text AS transactionid,
    gid,
    ownerid,
    dbid,
    extract(epoch FROM clock_timestamp() - prepared)::float8 AS age_s
FROM pg_prepared_xact()
ORDER BY prepared
LIMIT %(limit)s
