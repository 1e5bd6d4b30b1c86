SELECT /* triage-tui */
    n.nspname AS schema,
    c.relname AS name,
    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relname IN ('alembic_version', '_prisma_migrations', 'django_migrations')
  AND c.relkind IN ('r', 'p')
ORDER BY n.nspname <> 'public', n.nspname, c.relname
LIMIT %(limit)s
