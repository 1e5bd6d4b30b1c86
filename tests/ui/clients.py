"""A Redis server with clients, as pictures."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.pictures import MIB, incident, picture, redis_data
from triage_tui.model import Gap, Kind, Picture, Problem, ProblemKind, Sighting
from triage_tui.model.redis import Client, ClientList, Holder

DASHBOARD = Client(
    4711, "10.0.4.17:50222", "dashboard", "reporting", "redis-py 5.0.1", 86_400.0, 2.0, 0, "subscribe",
    9 * MIB, 10 * MIB, 0, 12, None, ("pubsub",),
)  # fmt: skip
FORGOTTEN = Client(
    88, "10.0.4.30:41002", None, "default", None, 260_000.0, 259_900.0, 3, "get", 0, 22_426, 0, 0, None
)
LINK = Client(
    6, "10.0.4.9:6379", None, "replica", None, 4e6, 0.0, 0, "replconf", 0, 20_512, 0, 0, None, ("replica",)
)  # fmt: skip

CLIENTS = ClientList(
    clients=(
        DASHBOARD,
        Client(4720, "10.0.4.18:50001", "debug", "default", None, 420.0, 1.0, 0, "monitor", 700_000, 800_000, 0, 0,
               None, ("monitor",)),
        FORGOTTEN,
        Client(912, "10.0.4.21:39144", "shop-api", "shop", "redis-py 5.0.1", 7_200.0, 1.0, 0, "hgetall", 0, 22_426,
               0, 0, None),
        Client(913, "10.0.4.21:39146", "shop-api", "shop", "redis-py 5.0.1", 7_200.0, 0.0, 0, "exec", 0, 26_100, 64,
               0, 3, ("transaction",)),
        Client(300, "10.0.4.22:40110", "celery@worker-1", "shop", "redis-py 5.0.1", 40_000.0, 12.0, 0, "brpop", 0,
               61_466, 0, 0, None, ("blocked",)),
        LINK,
    ),
    total=48,
    holders=(Holder("shop-api (10.0.4.21)", 32), Holder("celery@worker-1 (10.0.4.22)", 12)),
)  # fmt: skip

REFUSED = Gap(
    "clients.list",
    Problem(
        ProblemKind.PERMISSION,
        "NOPERM User watcher has no permissions to run the 'client|list' command",
        "Allow it: ACL SETUSER watcher +client|list",
    ),
)


def with_clients(listed: ClientList | None = CLIENTS, *gaps: Gap, read_only: bool = True) -> Picture:
    """The incident, with these clients of its Redis server."""

    def told(one: Sighting) -> Sighting:
        if one.target.kind is not Kind.REDIS:
            return one
        return replace(one, data=replace(redis_data(), client_list=listed), gaps=gaps)

    return replace(picture([told(one) for one in incident()]), read_only=read_only)
