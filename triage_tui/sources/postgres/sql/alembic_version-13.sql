SELECT /* triage-tui */ version_num::text AS revision
FROM {schema}.alembic_version
ORDER BY version_num
LIMIT %(limit)s
