-- Ends one session. Another session that has its pid by now is not touched.
SELECT /* triage-act */ pg_terminate_backend(pid) AS sent
FROM pg_stat_get_activity(%(pid)s)
WHERE backend_start = %(backend_start)s::timestamptz
  AND backend_type = 'client backend'
  AND pid <> pg_backend_pid()
