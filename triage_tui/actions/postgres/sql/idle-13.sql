-- Sessions that are idle in a transaction, the longest first.
SELECT /* triage-act */
    activity.pid,
    activity.backend_start,
    activity.state_change,
    activity.state,
    activity.application_name,
    users.rolname AS user,
    databases.datname AS database,
    host(activity.client_addr) AS address,
    extract(epoch FROM statement_timestamp() - activity.state_change)::float8 AS idle_s,
    extract(epoch FROM statement_timestamp() - activity.xact_start)::float8 AS transaction_age_s,
    substring(textsend(activity.query) FROM 1 FOR 8192) AS query,
    count(*) OVER () AS total
FROM pg_stat_get_activity(NULL) AS activity
LEFT JOIN pg_roles AS users ON users.oid = activity.usesysid
LEFT JOIN pg_database AS databases ON databases.oid = activity.datid
WHERE activity.state IN ('idle in transaction', 'idle in transaction (aborted)')
  AND activity.backend_type = 'client backend'
  AND activity.pid <> pg_backend_pid()
  AND activity.backend_start IS NOT NULL
  AND statement_timestamp() - activity.state_change >= make_interval(secs => %(older_than_s)s::float8)
  AND (%(user)s::text = '' OR users.rolname = %(user)s::text)
  AND (%(application)s::text = '' OR activity.application_name = %(application)s::text)
  AND (%(database)s::text = '' OR databases.datname = %(database)s::text)
ORDER BY activity.state_change
LIMIT %(limit)s
