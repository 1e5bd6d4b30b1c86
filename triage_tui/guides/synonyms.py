"""Words of the field that mean the same, or nearly: who asks for one finds the other, a little further down."""

from __future__ import annotations

from functools import cache

from triage_tui.guides.words import stems

_GROUPS = """
db, database, postgres, postgresql, pg
k8s, kubernetes, kubectl, kube
pod, container
oom, out of memory, oomkilled, oom killed, memory limit, killed for memory
ram, memory
cpu, processor, load
disk, file system, filesystem, volume, storage
disk full, no space, space left, enospc
crash, crashes, dies, died, killed, exited, exit
crash loop, restart loop, crashloopbackoff, keeps restarting, restarts over and over
stuck, hang, hangs, hanging, frozen, freezes, blocked, stalled, not moving
slow, latency, slowness, takes long, takes forever, sluggish
timeout, timed out, times out, deadline exceeded, gives up
refuse, reject, deny, denied, forbidden
refused, econnrefused, connection refused, cannot connect, unreachable, down, not reachable, gone
dns, name resolution, hostname, resolve host, getaddrinfo, enotfound
login, log in, logging in, sign in, signin, authenticate, authentication, auth
password, credential, secret
permission, privilege, rights, access denied, forbidden, not allowed
certificate, cert, tls, ssl, x509, https
expire, expired, out of date
token, jwt, session cookie
lock, locks, locked, deadlock
queue, backlog, broker
job, task, message
worker, consumer, celery
dead letter, dead jobs, failed jobs
upload, file upload
too large, too big, 413, body size, entity too large
rate limit, throttle, throttling, throttled, 429, too many requests
500, internal server error, server error
502, 503, 504, bad gateway, gateway timeout, service unavailable
401, unauthorized, unauthenticated
403, forbidden
404, not found
cors, cross origin, preflight
env, environment variable, env var, environment
migration, migrations, alembic, schema, migrate
duplicate, already exists, unique
connection pool, pool, pgbouncer, pooler
backup, dump, pg_dump, restore
replica, standby, slave, replication
mail, email, smtp
s3, bucket, object storage, minio
evict, eviction, evicted, maxmemory
cache, redis
image, docker image
port, address already in use, eaddrinuse, already allocated
file handle, file descriptor, open files, emfile, too many open files
cron, scheduler, scheduled, beat
webhook, callback
api, endpoint, service
site, website, web page, endpoint
restore, recover, recovery
wipe, reset, start over, start from scratch
twice, two times, double, duplicate
grow, grows, rises, rising, increases, longer and longer
mac, macos, apple
hipaa, phi, patient data, personal data
"""

MAX_WORDS = 4


@cache
def _table() -> dict[tuple[str, ...], frozenset[tuple[str, ...]]]:
    """Stems of a phrase → stems of the phrases that mean the same."""
    table: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}
    for group in _GROUPS.strip().splitlines():
        phrases = {tuple(stems(phrase)[:MAX_WORDS]) for phrase in group.split(",")}
        for phrase in phrases:
            table[phrase] = table.get(phrase, frozenset()) | (phrases - {phrase})
    return table


def alike(asked: list[str]) -> dict[int, list[tuple[str, ...]]]:
    """Position of a word in a question, given in stems → phrases that mean what begins there."""
    table = _table()
    found: dict[int, list[tuple[str, ...]]] = {}
    for at in range(len(asked)):
        for length in range(1, MAX_WORDS + 1):
            phrase = tuple(asked[at : at + length])
            if len(phrase) == length and phrase in table:
                found.setdefault(at, []).extend(sorted(table[phrase]))
    return found
