"""`process.signal`: looked at, and then sent through a handle that no other process can answer to."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import ExitStack

from triage_tui.actions.act import (
    Came,
    Danger,
    Order,
    Parameter,
    Permit,
    Preview,
    Progress,
    Reach,
    Refused,
    Result,
)
from triage_tui.actions.process.signals import ALLOWED, Sent
from triage_tui.config.settings import HostSpec
from triage_tui.model import Kind
from triage_tui.sources.clock import CLOCK, steady

ENDED_WITHIN_S = 5.0
"""How long a process may take to end before we stop looking; `docker stop` gives ten, and then kills."""

READ_WITHIN_S = 2.0
"""What a process's own files may take to read: they hang where its memory is locked."""

_LOOK_EVERY_S = 0.05
FROZEN_WITHIN_S = 1.0
_HIGHEST_PID = 2**31 - 1


class SendSignal:
    """See Action."""

    id = "process.signal"
    kind = Kind.HOST
    danger = Danger.FINAL
    takes = (Parameter("signal", f"one of {', '.join(ALLOWED)}", "TERM"),)

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.process.preview import preview
        from triage_tui.sources.worker import Worker

        host = reach.spec(order.target)
        if not isinstance(host, HostSpec):
            raise Refused(
                "argument", f"{order.target} is not this machine", "Processes of this machine only."
            )
        sent, name = chosen(order)
        pid = pid_of(order)
        worker = Worker("process")
        try:
            # What hangs keeps that one thread, which nobody waits for.
            async with asyncio.timeout(READ_WITHIN_S):
                return await worker.run(lambda: preview(order, reach, pid, name, sent, CLOCK))
        except TimeoutError:
            raise Refused(
                "unavailable",
                f"what process {pid} is could not be read within {READ_WITHIN_S:.0f} s",
                "The kernel holds its memory; look at what it waits for (/proc/PID/stack).",
            ) from None
        finally:
            worker.close()

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.process.proc import started

        parts = dict(preview.identity.parts)
        pid, since = int(parts["pid"]), float(parts["started"])
        sent, name = chosen(preview.order)
        what = preview.identity.shown
        with ExitStack() as held:
            try:
                handle = open_handle(pid, held)
                # Behind the handle there is one process for ever: what is asked now holds for what is sent.
                if started(pid) != since:
                    raise Refused("changed", f"pid {pid} belongs to another process by now", "Look again.")
                permit.check()
                send(pid, handle, sent.number)
            except ProcessLookupError:
                return Result(Came.NOT_DONE, f"nothing was sent: {what} is gone")
            except PermissionError:
                return Result(
                    Came.NOT_DONE,
                    f"the system refused: SIG{name} may not be sent to {what}",
                    ("Run triage as that process's user, or as root.",),
                )
        progress(f"SIG{name} was sent to {what}")
        return await _came(pid, since, what, name, sent)


def chosen(order: Order) -> tuple[Sent, str]:
    """The signal that an order names. Raises Refused."""
    name = order.parameters.get("signal", "TERM").upper().removeprefix("SIG")
    if name not in ALLOWED:
        raise Refused("argument", "that signal is not sent from here", f"One of {', '.join(ALLOWED)}.")
    return ALLOWED[name], name


def pid_of(order: Order) -> int:
    """The pid that an order names. Raises Refused."""
    text = order.argument.strip()
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) <= _HIGHEST_PID):
        raise Refused("argument", "a process is named by its pid", "Take it from the list of processes.")
    return int(text)


def open_handle(pid: int, held: ExitStack) -> int | None:
    """A descriptor of the process; None where the system has none. Raises ProcessLookupError."""
    try:
        handle = os.pidfd_open(pid)
    except AttributeError:
        return None
    except ProcessLookupError:
        raise
    except OSError:
        # Linux before 5.3, and sandboxes that leave the call out.
        return None
    held.callback(os.close, handle)
    return handle


def send(pid: int, handle: int | None, number: signal.Signals) -> None:
    """Raises ProcessLookupError, PermissionError."""
    if handle is not None:
        signal.pidfd_send_signal(handle, number)
    else:
        os.kill(pid, number)


async def _came(pid: int, since: float, what: str, name: str, sent: Sent) -> Result:
    from triage_tui.actions.process.proc import ended, frozen

    if name in ("STOP", "CONT"):
        wanted, until = name == "STOP", steady() + FROZEN_WITHIN_S
        while True:
            now = None if ended(pid, since) else frozen(pid)
            if now is None or now is wanted or steady() >= until:
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        if now is wanted:
            return Result(Came.DONE, f"{what} {'is frozen' if name == 'STOP' else 'goes on'}")
        return Result(
            Came.UNKNOWN, f"SIG{name} was sent, and {what} does not show it", ("Look at it again.",)
        )
    if not sent.ends:
        return Result(
            Came.DONE,
            f"SIG{name} was delivered to {what}",
            ("What the program makes of it cannot be seen from outside: read its log.",),
        )
    until = steady() + ENDED_WITHIN_S
    while not ended(pid, since):
        if steady() >= until:
            return Result(
                Came.UNKNOWN,
                f"SIG{name} was sent, and {what} is still there after {ENDED_WITHIN_S:.0f} s",
                (
                    "It may be finishing its work, ignore the signal, or wait for a disk. Look again before more.",
                ),
            )
        await asyncio.sleep(_LOOK_EVERY_S)
    return Result(Came.DONE, f"{what} has ended")
