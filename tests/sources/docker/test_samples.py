from __future__ import annotations

from triage_tui.sources.docker.samples import FRESH_S, LEAST_SPAN_S, Samples
from triage_tui.sources.docker.usage import Counters


def reading(cpu_s: float, host_s: float) -> Counters:
    return Counters(cpu_ns=int(cpu_s * 1e9), system_ns=int(host_s * 1e9), online_cpus=2, memory_bytes=7)


def test_cpu_is_unknown_until_there_are_two_readings() -> None:
    samples = Samples()
    samples.note("a", 1, reading(1, 10), at=0.0)
    first = samples.usage("a", 1, 0.0)
    samples.note("a", 1, reading(2, 14), at=2.0)
    second = samples.usage("a", 1, 2.5)
    assert first is not None
    assert second is not None
    assert (first.cpu_percent, second.cpu_percent) == (None, 50.0)
    assert second.age_s == 0.5


def test_readings_in_a_hurry_do_not_shorten_the_span() -> None:
    samples = Samples()
    samples.note("a", 1, reading(1, 10), at=0.0)
    samples.note("a", 1, reading(2, 14), at=2.0)
    samples.note("a", 1, reading(3, 14.02), at=2.0 + LEAST_SPAN_S / 10)
    usage = samples.usage("a", 1, 2.1)
    assert usage is not None
    assert usage.cpu_percent == 50.0
    samples.note("a", 1, reading(6, 18), at=4.0)
    usage = samples.usage("a", 1, 4.0)
    assert usage is not None
    assert usage.cpu_percent == 200.0


def test_the_same_collection_sent_twice_keeps_the_value() -> None:
    samples = Samples()
    samples.note("a", 1, reading(1, 10), at=0.0)
    samples.note("a", 1, reading(2, 14), at=2.0)
    samples.note("a", 1, reading(2, 14), at=3.0)
    usage = samples.usage("a", 1, 3.0)
    assert usage is not None
    assert usage.cpu_percent == 50.0


def test_old_readings_are_unknown() -> None:
    samples = Samples()
    samples.note("a", 1, reading(1, 10), at=0.0)
    assert samples.usage("a", 1, FRESH_S) is not None
    assert samples.usage("a", 1, FRESH_S + 0.1) is None


def test_a_restart_starts_anew() -> None:
    samples = Samples()
    samples.note("a", "run 1", reading(1, 10), at=0.0)
    samples.note("a", "run 1", reading(2, 14), at=2.0)
    assert samples.usage("a", "run 2", 2.0) is None
    samples.note("a", "run 2", reading(0.1, 18), at=4.0)
    usage = samples.usage("a", "run 2", 4.0)
    assert usage is not None
    assert usage.cpu_percent is None


def test_an_answer_that_was_overtaken_is_dropped() -> None:
    samples = Samples()
    samples.note("a", 1, reading(2, 14), at=2.0)
    samples.note("a", 1, reading(1, 10), at=0.0)
    usage = samples.usage("a", 1, 2.0)
    assert usage is not None
    assert usage.counters.system_ns == 14_000_000_000


def test_what_is_gone_is_forgotten() -> None:
    samples = Samples()
    samples.note("a", 1, reading(2, 14), at=2.0)
    samples.keep_only(["b"])
    assert samples.usage("a", 1, 2.0) is None
    assert samples.read_at("a") == float("-inf")
