from __future__ import annotations

import threading

import pytest

from triage_tui.engine.history import KEPT_READINGS, Histories, History
from triage_tui.model.signals import Reading


def cpu(subject: str, value: float = 1.0) -> Reading:
    return Reading("docker.cpu_percent", subject, value)


KEY = ("docker.cpu_percent", "web")


def test_keeps_the_last_readings_with_their_times() -> None:
    history = History(readings=3)
    for at in range(5):
        history.add(float(at), [cpu("web", at * 10)])
    series = history.view().series(KEY)
    assert series.times == (2.0, 3.0, 4.0)
    assert series.values == (20.0, 30.0, 40.0)


def test_an_unknown_value_leaves_a_hole_and_no_zero() -> None:
    history = History()
    history.add(1.0, [cpu("web", 10)])
    history.add(2.0, [])
    history.add(3.0, [cpu("web", 30)])
    series = history.view().series(KEY)
    assert (series.times, series.values) == ((1.0, 3.0), (10.0, 30.0))


def test_a_view_never_changes() -> None:
    history = History(readings=10)
    views = []
    for at in range(200):
        history.add(float(at), [cpu("web", at), cpu(f"job-{at}")])
        views.append((history.view(), history.view().series(KEY), len(history.view())))
    for view, series, length in views:
        assert view.series(KEY) == series
        assert len(view) == length


def test_what_came_late_is_not_in_an_earlier_view() -> None:
    history = History()
    history.add(1.0, [cpu("web")])
    view = history.view()
    history.add(2.0, [cpu("web"), cpu("new")])
    assert list(view) == [KEY]
    with pytest.raises(KeyError):
        view.series(("docker.cpu_percent", "new"))


def test_time_that_does_not_grow_is_ignored() -> None:
    history = History()
    history.add(5.0, [cpu("web", 1)])
    history.add(5.0, [cpu("web", 2)])
    history.add(4.0, [cpu("web", 3)])
    history.add(6.0, [cpu("web", 4), cpu("web", 5)])
    assert history.view().series(KEY).values == (1.0, 4.0)


def test_containers_come_and_go_for_weeks() -> None:
    history = History()
    most = 0
    for at in range(20_000):
        # A job container that lives for five looks, for ever another one.
        history.add(float(at), [cpu("web"), cpu(f"job-{at // 5}")])
        most = max(most, len(history.view()))
    # Those whose last reading is within the readings that are kept, and no more.
    assert most <= 1 + KEPT_READINGS // 5 + 1
    assert len(history.view().series(KEY).times) == KEPT_READINGS


def test_more_series_than_are_kept_push_out_the_longest_dead_and_never_the_living() -> None:
    history = History(series=10)
    history.add(0.0, [cpu(f"old-{n}") for n in range(8)])
    history.add(1.0, [cpu("web")])
    history.add(2.0, [cpu("web"), *[cpu(f"new-{n}") for n in range(5)]])
    subjects = {subject for _, subject in history.view()}
    assert {"web", *[f"new-{n}" for n in range(5)]} <= subjects
    assert len(subjects) == 10
    history.add(3.0, [cpu("web"), *[cpu(f"new-{n}") for n in range(50)]])
    assert len(history.view()) == 10
    assert ("docker.cpu_percent", "web") in list(history.view())


def test_may_be_read_while_it_is_written() -> None:
    history = History(readings=50)
    history.add(0.0, [cpu("web", 0.0)])
    done = threading.Event()
    wrong: list[str] = []

    def read() -> None:
        while not done.is_set():
            series = history.view().series(KEY)
            if list(series.times) != list(series.values) or len(series.times) > 50:
                wrong.append(f"{series}")

    reader = threading.Thread(target=read)
    reader.start()
    for at in range(1, 20_000):
        history.add(float(at), [cpu("web", float(at)), *([cpu(f"job-{at}")] if at % 7 == 0 else [])])
    done.set()
    reader.join(20)
    assert not reader.is_alive()
    assert wrong == []


def test_histories_of_all_targets_look_like_one_mapping() -> None:
    one, two = History(), History()
    one.add(1.0, [cpu("web")])
    two.add(1.0, [cpu("web"), cpu("db")])
    histories = Histories({"a": one.view(), "b": two.view()})
    assert len(histories) == 3
    assert set(histories) == {("a", *KEY), ("b", *KEY), ("b", "docker.cpu_percent", "db")}
    assert histories["a", "docker.cpu_percent", "web"].values == (1.0,)
    assert ("c", *KEY) not in histories
    assert histories.get(("a", "docker.cpu_percent", "db")) is None
