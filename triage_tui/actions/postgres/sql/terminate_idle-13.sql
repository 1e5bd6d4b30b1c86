-- Ends one session that has been idle in its transaction since it was previewed.
SELECT /* triage-act */ pg_terminate_backend(pid) AS sent
FROM pg_stat_get_activity(%(pid)s)
WHERE backend_start = %(backend_start)s::timestamptz
  AND state_change = %(idle_since)s::timestamptz
  AND state IN ('idle in transaction', 'idle in transaction (aborted)')
  AND backend_type = 'client backend'
  AND pid <> pg_backend_pid()
