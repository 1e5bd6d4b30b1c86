SELECT /* triage-tui */
    migration_name::text AS revision,
    finished_at IS NOT NULL AS finished,
    -- Most take milliseconds; one that began within the last minute may still be under way.
    finished_at IS NULL AND rolled_back_at IS NULL AND started_at < now() - interval '1 minute' AS failed
FROM {schema}._prisma_migrations
WHERE rolled_back_at IS NULL
ORDER BY started_at
LIMIT %(limit)s
