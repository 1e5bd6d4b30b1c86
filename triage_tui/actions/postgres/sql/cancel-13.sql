-- Cancels one statement of one session. Another session that has its pid by now, or the next statement, is not touched.
SELECT /* triage-act */ pg_cancel_backend(pid) AS sent
FROM pg_stat_get_activity(%(pid)s)
WHERE backend_start = %(backend_start)s::timestamptz
  AND query_start = %(query_start)s::timestamptz
  AND state IN ('active', 'fastpath function call')
  AND backend_type = 'client backend'
  AND pid <> pg_backend_pid()
