-- Once per connection: what does not change while the server runs, and whether our own limits are in force.
SELECT /* triage-tui */
    current_setting('server_version') AS version,
    current_setting('server_version_num')::int AS version_num,
    current_database() AS database,
    session_user AS role,
    current_setting('max_connections')::int AS max_connections,
    current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved_connections,
    current_setting('max_prepared_transactions')::int AS max_prepared_transactions,
    current_setting('statement_timeout') AS statement_timeout,
    current_setting('application_name') AS application_name
