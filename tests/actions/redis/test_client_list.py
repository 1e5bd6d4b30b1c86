"""A line of CLIENT LIST."""

from __future__ import annotations

from triage_tui.actions.redis.client_kill import fields_of


def test_fields() -> None:
    line = "id=7 addr=[::1]:50 laddr=[::1]:6379 fd=8 name= age=3 idle=0 flags=N db=0 cmd=client|list user=default"
    fields = fields_of(line)
    assert (fields["id"], fields["addr"], fields["name"], fields["cmd"]) == (
        "7",
        "[::1]:50",
        "",
        "client|list",
    )
    assert fields_of("") == {}
