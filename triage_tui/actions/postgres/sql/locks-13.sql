-- What a session holds, the strongest first. A relation has a name only in this database.
SELECT /* triage-act */
    mode,
    locktype,
    CASE
        WHEN relation IS NOT NULL AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        THEN relation::regclass::text
    END AS relation,
    count(*) OVER () AS total
FROM pg_locks
WHERE pid = %(pid)s AND granted AND locktype NOT IN ('virtualxid', 'transactionid')
ORDER BY
    array_position(
        ARRAY[
            'AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock', 'ShareUpdateExclusiveLock',
            'RowExclusiveLock', 'RowShareLock', 'AccessShareLock'
        ],
        mode
    ),
    relation
LIMIT %(limit)s
