-- Which of these sessions are still there, and what they do.
SELECT /* triage-act */ activity.pid, activity.state, activity.query_start, activity.wait_event
FROM unnest(%(pids)s::int[], %(starts)s::timestamptz[]) AS wanted (pid, started),
    LATERAL pg_stat_get_activity(wanted.pid) AS activity
WHERE activity.backend_start = wanted.started
