"""CLIENT LIST as servers from 6.2 to 8 send it, and as nobody should send it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage_tui.model.redis import Client, ClientList
from triage_tui.sources.redis.clients import KEPT, parse

OLD = (
    "id=5 addr=127.0.0.1:41650 laddr=127.0.0.1:6379 fd=9 name=mailer age=120 idle=7 flags=b db=2 sub=0 psub=0 multi=-1"
    " qbuf=0 qbuf-free=0 argv-mem=10 obl=0 oll=0 omem=0 tot-mem=61466 events=r cmd=brpop user=default redir=-1"
)
"""6.2: no `ssub`, no library."""

NEW = (
    "id=7 addr=10.1.2.3:50222 laddr=10.1.2.1:6379 fd=12 name= age=3600 idle=3599 flags=xPt db=0 sub=2 psub=1 ssub=3"
    " multi=4 watch=0 qbuf=26 qbuf-free=20448 argv-mem=10 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=18 omem=374220"
    " tot-mem=396646 events=rw cmd=subscribe user=reporting redir=-1 resp=3 lib-name=redis-py lib-ver=5.0.1"
    " io-thread=0 tot-net-in=1 tot-net-out=2 tot-cmds=3"
)
"""8."""

OURS = "id=9 addr=127.0.0.1:41652 name=triage age=1 idle=0 flags=N db=0 sub=0 psub=0 multi=-1 omem=0 cmd=client|list"


def line(number: int, **fields: object) -> str:
    given = {"addr": f"10.0.0.1:{number}", "name": "", "idle": 0, "flags": "N", "omem": 0} | fields
    return " ".join([f"id={number}", *(f"{name}={value}" for name, value in given.items())])


def ids(seen: ClientList) -> list[int]:
    return [client.id for client in seen.clients]


def test_every_field_is_read() -> None:
    seen = parse(f"{OLD}\n{NEW}\n{OURS}\n".encode())
    assert seen.total == 2
    assert seen.clients == (
        Client(
            id=7,
            address="10.1.2.3:50222",
            name=None,
            user="reporting",
            library="redis-py 5.0.1",
            age_s=3600.0,
            idle_s=3599.0,
            database=0,
            command="subscribe",
            output_bytes=374220,
            memory_bytes=396646,
            query_bytes=26,
            channels=6,
            queued=4,
            flags=("transaction", "pubsub", "tracking"),
        ),
        Client(
            id=5,
            address="127.0.0.1:41650",
            name="mailer",
            user="default",
            library=None,
            age_s=120.0,
            idle_s=7.0,
            database=2,
            command="brpop",
            output_bytes=0,
            memory_bytes=61466,
            query_bytes=0,
            channels=0,
            queued=None,
            flags=("blocked",),
        ),
    )


def test_what_is_missing_is_unknown() -> None:
    (client,) = parse(b"id=3 addr=/run/redis.sock:0 fd=8 name=\n").clients
    assert client == Client(id=3, address="/run/redis.sock:0")


def test_who_takes_no_answers_comes_first_and_who_waits_by_trade_last() -> None:
    lines = [
        line(1, idle=900, flags="b"),
        line(2, idle=5),
        line(3, idle=800),
        line(4, omem=10, flags="P"),
        line(5, omem=9000, flags="S"),
        line(6, idle=5),
        line(7, flags="M"),
    ]
    assert ids(parse("\n".join(lines).encode())) == [5, 4, 3, 2, 6, 1, 7]


def test_only_the_first_are_kept_and_all_are_counted() -> None:
    lines = [line(number, idle=number, name="web" if number % 3 else "") for number in range(1, 1001)]
    seen = parse("\n".join(lines).encode())
    assert (seen.total, len(seen.clients)) == (1000, KEPT)
    assert ids(seen)[:2] == [1000, 999]
    assert [(one.name, one.count) for one in seen.holders] == [("web (10.0.0.1)", 667), ("10.0.0.1", 333)]


def test_a_name_is_made_safe() -> None:
    (client,) = parse(line(1, name="\x1b[31mpassword=hunter2", user="a\u202eb").encode()).clients
    assert client.name is not None
    assert "\x1b" not in client.name
    assert "hunter2" not in client.name
    assert "\u202e" not in (client.user or "")


@given(st.one_of(st.binary(max_size=400), st.lists(st.sampled_from([OLD, NEW, "id=", "id=-1", "=", "id=1 omem=x"])).map(
    lambda them: "\n".join(them).encode()
)))  # fmt: skip
def test_whatever_comes_is_read_or_left_out(reply: bytes) -> None:
    seen = parse(reply)
    assert len(seen.clients) == min(seen.total, KEPT)


@given(st.lists(st.integers(0, 2**70), min_size=1, max_size=20))
def test_numbers_beyond_64_bits_are_unknown(numbers: list[int]) -> None:
    for client in parse("\n".join(line(1, omem=number) for number in numbers).encode()).clients:
        assert client.output_bytes is None or client.output_bytes < 10**19
