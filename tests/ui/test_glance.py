"""States, ages and tones; and the header made of them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.pictures import REFUSED, incident, picture, sighting, trouble
from triage_tui.config.settings import Threshold
from triage_tui.model import Kind, Series, Sighting, State
from triage_tui.model.http import HttpData
from triage_tui.ui.cells import Line, line_width
from triage_tui.ui.glance import STATES, Glance, gauge, state_line
from triage_tui.ui.header import endpoint_strip, header_line, short_endpoint


def text_of(line: Line) -> str:
    return "".join(cell.text for cell in line)


def seen(state: State, **more: object) -> Sighting:
    return sighting(Kind.REDIS, "cache", "redis://cache", None, state=state, **more)


class TestStates:
    @pytest.mark.parametrize(
        ("one", "text"),
        [
            (seen(State.LIVE, age_s=0.2), "● live <3s"),
            (seen(State.LIVE, age_s=2.4), "● live <3s"),
            (seen(State.LIVE, age_s=2.4, took_s=0.7), "● live <4s"),
            (seen(State.LIVE, age_s=4.8), "● live 5s"),
            (seen(State.STALE, age_s=14.0), "◌ STALE 14s"),
            (seen(State.DOWN, age_s=41.0), "✗ DOWN, seen 41s ago"),
            (seen(State.DOWN, age_s=None), "✗ DOWN, never seen"),
            (seen(State.DENIED, age_s=None), "⊘ DENIED, never seen"),
            (seen(State.CONNECTING, age_s=None, looking_s=3.0), "… connecting 3s"),
            (seen(State.CONNECTING, age_s=None), "… connecting"),
        ],
    )
    def test_words(self, one: Sighting, text: str) -> None:
        assert text_of(state_line(Glance(picture()), one)) == text

    def test_each_differs_without_colour(self) -> None:
        assert len({symbol for symbol, _word, _tone in STATES.values()}) == len(State)
        assert len({word for _symbol, word, _tone in STATES.values()}) == len(State)

    @pytest.mark.parametrize("state", [State.LIVE, State.STALE, State.DOWN])
    def test_ages_go_on_while_the_picture_is_held(self, state: State) -> None:
        held = Glance(picture(), elapsed_s=60.0)
        assert "71s" in text_of(state_line(held, seen(state, age_s=11.0)))

    def test_data_that_never_came_have_no_age(self) -> None:
        assert Glance(picture(), elapsed_s=60.0).age(seen(State.DOWN, age_s=None)) is None


class TestTones:
    def test_unknown_is_not_fine(self) -> None:
        assert Glance(picture()).tone("host.cpu_percent", None) == "dim"
        assert Glance(picture()).tone("host.cpu_percent", 1.0) == "text"

    def test_thresholds_of_the_reader_count(self) -> None:
        own = Glance(picture(), {"host.cpu_percent": Threshold(warning=10, critical=20)})
        assert [own.tone("host.cpu_percent", value) for value in (9.9, 10, 20)] == ["text", "warn", "bad"]

    def test_an_unknown_gauge_is_not_an_empty_one(self) -> None:
        assert text_of(gauge(None, 8, "dim")) == "????????"
        assert text_of(gauge(0.0, 8, "text")) == "░" * 8

    @given(st.none() | st.floats(-1, 5), st.integers(0, 40))
    def test_a_gauge_is_as_wide_as_it_should_be(self, ratio: float | None, width: int) -> None:
        assert line_width(gauge(ratio, width, "text")) == width


class TestPeaks:
    def peaks(self, times: tuple[float, ...], values: tuple[float, ...], slots: int) -> list[float | None]:
        history = {("cache", "redis.ops", ""): Series(times, values)}
        glance = Glance(msgspec.structs.replace(picture(), history=history))
        return list(glance.peaks(seen(State.LIVE), "redis.ops", slots))

    def test_the_highest_of_each_ten_seconds(self) -> None:
        times = (100.0, 104.0, 109.9, 110.0, 131.0)
        assert self.peaks(times, (1.0, 7.0, 3.0, 2.0, 5.0), 5) == [None, 7.0, 2.0, None, 5.0]
        assert self.peaks(times, (1.0, 7.0, 3.0, 2.0, 5.0), 2) == [None, 5.0]

    def test_nothing_read(self) -> None:
        assert self.peaks((), (), 4) == []
        assert list(Glance(picture()).peaks(seen(State.LIVE), "no.such", 4)) == []

    @given(st.lists(st.floats(0, 1e6), unique=True, min_size=1), st.integers(1, 40))
    def test_time_moves_slots_and_looks_do_not(self, times: list[float], slots: int) -> None:
        times.sort()
        peaks = self.peaks(tuple(times), tuple(times), slots)
        assert len(peaks) == slots
        for at, peak in zip(range(int(times[-1] // 10), -1, -1), reversed(peaks), strict=False):
            assert peak == max((time for time in times if time // 10 == at), default=None)


class TestHeader:
    def test_it_names_environment_guard_states_endpoints_and_time(self) -> None:
        text = text_of(header_line(Glance(picture()), 200, None))
        assert text.startswith(" triage prod  READ-ONLY  ● 6 live  /var/run/docker.sock · ")
        assert text.endswith(" 03:12:40Z ")
        assert "read-write" in text_of(header_line(Glance(picture(read_only=False)), 200, None))

    def test_the_worst_states_come_first(self) -> None:
        text = text_of(header_line(Glance(picture(trouble())), 200, None))
        assert "✗ 1 DOWN ⊘ 1 DENIED ◌ 1 STALE … 1 connecting ● 2 live" in text

    def test_a_held_screen_says_so_and_its_clock_goes_on(self) -> None:
        text = text_of(header_line(Glance(picture(), elapsed_s=120.0), 200, 120.0))
        assert "‖ PAUSED 2m00s ago" in text
        assert text.endswith(" 03:14:40Z ")

    @given(st.integers(0, 250), st.booleans())
    def test_it_fills_the_width(self, width: int, paused: bool) -> None:
        for shown in (picture(), picture(trouble()), picture([])):
            line = header_line(Glance(shown), width, 3.0 if paused else None)
            assert line_width(line) == width

    def test_at_80_the_guard_and_what_is_wrong_are_there(self) -> None:
        text = text_of(header_line(Glance(picture(trouble())), 80, None))
        assert "READ-ONLY" in text
        assert "DOWN" in text
        assert "DENIED" in text

    @pytest.mark.parametrize(
        ("endpoint", "short"),
        [
            ("unix:///var/run/docker.sock", "/var/run/docker.sock"),
            ("postgresql://app:[redacted]@db:5432/shop", "postgres:app@db:5432/shop"),
            ("postgres://db/shop", "postgres:db/shop"),
            ("redis://:[redacted]@db:6379/0", "redis:db:6379/0"),
            ("https://api.example/health", "https://api.example/health"),
            ("web-3", "web-3"),
            ("", ""),
        ],
    )
    def test_endpoints_are_shortened(self, endpoint: str, short: str) -> None:
        assert short_endpoint(endpoint) == short


class TestEndpoints:
    def strip(self, *sightings: Sighting) -> str:
        return text_of(endpoint_strip(Glance(picture(sightings)), 200))

    def http(self, name: str, data: HttpData | None, **more: object) -> Sighting:
        return sighting(Kind.HTTP, name, f"https://{name}/", data, **more)

    def test_none_is_no_line(self) -> None:
        assert endpoint_strip(Glance(picture(incident()[:4])), 200) == ()

    def test_those_in_trouble_come_first(self) -> None:
        text = self.strip(
            self.http("fine", HttpData(200, 0.03)),
            self.http("slow", HttpData(200, 1.5)),
            self.http("broken", HttpData(503, 0.1)),
            self.http("gone", None, state=State.DOWN, problem=REFUSED, age_s=None),
            self.http("new", None, state=State.CONNECTING, age_s=None),
        )
        places = [text.index(name) for name in ("gone", "broken", "slow", "new", "fine")]
        assert places == sorted(places)
        assert "✗ gone DOWN: connection refused" in text
        assert "● slow 200 1500ms" in text

    def test_a_wrong_body_is_not_fine(self) -> None:
        assert "✗ api 200 30ms wrong body" in self.strip(self.http("api", HttpData(200, 0.03, body_ok=False)))

    def test_a_status_that_was_hoped_for_is_fine(self) -> None:
        assert "● api 401 30ms" in self.strip(self.http("api", HttpData(401, 0.03, expected_status=(401,))))

    def test_old_answers_are_not_shown_as_answers(self) -> None:
        old = msgspec.structs.replace(self.http("api", HttpData(200, 0.03)), state=State.STALE)
        assert "◌ api STALE" in self.strip(old)
        assert "200" not in self.strip(old)
