"""What was made quiet by key: for a while, or for good and for a reason; by whom, and where."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from triage_tui.config.errors import did_you_mean
from triage_tui.config.settings import QuietRule
from triage_tui.model.findings import FINDINGS
from triage_tui.text import safe

LONGEST = timedelta(days=1)
"""No snooze ends later after it was set. The key gives an hour; more than a day belongs into triage.toml."""

SLACK = timedelta(minutes=1)
"""How far a clock may have been put back since a snooze was set. Beyond that nobody knows how long it has lasted."""

MOST_REASON = 200
"""Characters of a reason that are kept."""

Identity = tuple[str, str, str, str, str, str]
"""(host, environment, endpoint, finding, target, subject): what was made quiet where."""


class Hush(QuietRule, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A rule that was set by key. It is for this user's programs on one host, for one environment and one endpoint.

    host      name of the machine that it was set on: home folders are shared, and "host" is another one elsewhere
    endpoint  the target's address without secrets: another configuration may use the same names for other servers
    set_at    UTC
    by        the user, and for whom they act
    """

    host: str
    environment: str
    endpoint: str
    set_at: datetime
    by: str

    @property
    def identity(self) -> Identity:
        """Setting it again replaces what has the same."""
        return self.host, self.environment, self.endpoint, self.finding, self.target, self.subject

    def holds(self, now: datetime) -> bool:
        """It has been set and has not ended. now: UTC

        A clock that was put back to before a snooze was set would make it last for as long again, and longer: such a
        snooze is over. So none lasts longer than LONGEST and SLACK by the clock on the wall.
        """
        return self.until is None or self.set_at - SLACK <= now < self.until


def encode(hush: Hush) -> bytes:
    """One line of the file, without its end."""
    return msgspec.json.encode(hush)


def decode(line: bytes) -> Hush:
    """A line of the file. Raises ValueError in words for what is none."""
    try:
        hush = msgspec.json.decode(line, type=Hush)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(safe(str(error), limit=MOST_REASON)) from None
    if hush.finding not in FINDINGS:
        raise ValueError(f'there is no finding "{safe(hush.finding)}"{did_you_mean(hush.finding, FINDINGS)}')
    if hush.set_at.tzinfo is None or (hush.until is not None and hush.until.tzinfo is None):
        raise ValueError("a time without an offset")
    if hush.until is None and not hush.reason.strip():
        raise ValueError("what is quiet without an end needs a reason")
    if hush.until is not None and not timedelta() < hush.until - hush.set_at <= LONGEST:
        raise ValueError("it has to end after it was set, and within a day")
    if hush.window is not None or hush.days:
        raise ValueError("hours belong into [[quiet]] of triage.toml")
    return msgspec.structs.replace(
        hush, reason=safe(hush.reason, limit=MOST_REASON), by=safe(hush.by, limit=MOST_REASON)
    )


def who(environ: Mapping[str, str]) -> str:
    """The user that this runs as, and behind sudo for whom: `root for ann`."""
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    behind = environ.get("SUDO_USER", "")
    return safe(f"{user} for {behind}" if behind and behind != user else user)
