"""What a soak has found: figures for people, and complaints for an exit code."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from tests.endurance.notes import Note
from tests.endurance.verdict import COUNTED, Trend
from tests.endurance.vital import Vital

MIB = 2**20


class Report(Struct):
    """What was done, and what came of it.

    calm          what the process took at the end of each round, when nothing was sick; busy: at any other time
    recoveries_s  from mending to the note that everything is live
    notes         what the probes wrote
    broken        what ended the soak early
    unlisted      sequences that the terminal was sent and that no program like this one has to send
    """

    seed: int
    seconds: float = 0.0
    faults: int = 0
    keys: int = 0
    resizes: int = 0
    stalled_s: float = 0.0
    sent_characters: int = 0
    exit_code: int | None = None
    calm: list[Vital] = field(default_factory=list)
    busy: list[Vital] = field(default_factory=list)
    recoveries_s: list[float] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)

    @property
    def raised(self) -> list[str]:
        """Defects and exceptions that nobody caught."""
        return self.notes[-1].raised if self.notes else []

    def complaints(self, warm_s: float) -> list[str]:
        """Everything that is not as it should be."""
        found = list(self.broken)
        if not self.broken and self.exit_code != 0:
            found.append(f"the exit code is {self.exit_code}")
        if not self.notes:
            found.append("the probes wrote nothing")
        found += [f"raised: {one}" for one in self.raised]
        found += [f"left over: {one}" for one in self.left_over]
        found += [f"sent to the terminal: {one!r}" for one in sorted(set(self.unlisted))]
        return found + Trend(self.calm, warm_s).complaints


def table(report: Report, warm_s: float) -> str:
    """Markdown."""
    trend = Trend(report.calm, warm_s)
    rows = [
        (
            f"{report.seconds / 60:.0f} minutes, seed {report.seed}",
            f"{report.faults} faults, {report.keys} keys, {report.resizes} resizes,"
            f" {report.stalled_s:.0f} s unread",
            "",
        ),
    ]
    if len(trend.settled) >= 2:
        for what, of, form in (
            ("private memory (USS), MiB", lambda one: one.uss_bytes / MIB, "{:.1f}"),
            ("proportional memory (PSS), MiB", lambda one: one.pss_bytes / MIB, "{:.1f}"),
            *((what, of, "{:g}") for what, of in COUNTED.items()),
        ):
            first, last = map(form.format, trend.ends(of))
            most = form.format(max(map(of, [*trend.settled, *report.busy])))
            rows.append((what, f"{first} → {last}", f"at most {most}"))
        rows.append(("memory growth after warming up", f"{trend.growth:+.1%}", "at most +10 %"))
    for what, of_note in (("engine's", lambda note: note.engine_ms), ("screen's", lambda note: note.ui_ms)):
        late = sorted(ms for note in report.notes for ms in of_note(note))
        if late:
            rows.append(
                (
                    f"lag of the {what} loop, ms",
                    f"median {_at(late, 0.5)}, 99 % {_at(late, 0.99)}",
                    f"worst {late[-1]}",
                )
            )
    if report.calm:
        last_calm = report.calm[-1]
        rows.append(("CPU of one core", f"{100 * last_calm.cpu_s / last_calm.at_s:.1f} %", ""))
    if report.seconds:
        rows.append(
            (
                "characters to the terminal per second",
                f"{report.sent_characters / report.seconds:,.0f}",
                "",
            )
        )
    if report.recoveries_s:
        late_s = sorted(report.recoveries_s)
        rows.append(
            (
                "seconds from mending to all live",
                f"median {_at(late_s, 0.5):.1f}",
                f"worst {late_s[-1]:.1f}",
            )
        )
    rows.append(("exceptions that nobody caught", str(len(report.raised)), f"exit code {report.exit_code}"))
    return "\n".join(
        ["| soak | | |", "|---|---|---|", *(f"| {name} | {value} | {more} |" for name, value, more in rows)]
    )


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
