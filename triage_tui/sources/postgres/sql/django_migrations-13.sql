SELECT /* triage-tui */ app::text || '.' || name::text AS revision
FROM {schema}.django_migrations
ORDER BY id
LIMIT %(limit)s
