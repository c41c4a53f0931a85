"""Counting requests in windows of time."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from gateway.routing.windows import SWEEP_S, Windows
from shared.clock import ManualClock
from tests.conftest import MONDAY_MORNING


def at_nine() -> tuple[ManualClock, Windows]:
    clock = ManualClock(MONDAY_MORNING)
    return clock, Windows(clock.now)


def test_a_window_begins_with_the_first_request_and_ends_for_good() -> None:
    clock, windows = at_nine()
    assert [windows.incr("a", 10), windows.incr("a", 10), windows.incr("b", 10)] == [1, 2, 1]
    clock.advance(timedelta(seconds=9))
    assert (windows.get("a"), windows.get_expiry("a") - clock.now().timestamp()) == (2, 1)
    assert windows.incr("a", 10) == 3, "a later request does not make the window longer"
    clock.advance(timedelta(seconds=1))
    assert (windows.get("a"), windows.get_expiry("a")) == (0, clock.now().timestamp())
    assert windows.incr("a", 10) == 1


def test_what_has_run_out_is_swept_away_and_what_runs_stays() -> None:
    clock, windows = at_nine()
    for number in range(100):
        windows.incr(f"short-{number}", 1)
    windows.incr("long", 3600)
    clock.advance(timedelta(seconds=SWEEP_S))
    assert windows.incr("another", 1) == 1
    assert windows.get("long") == 1
    assert windows.reset() == 2


def test_a_counter_can_be_forgotten() -> None:
    _clock, windows = at_nine()
    windows.incr("a", 10)
    windows.clear("a")
    windows.clear("b")
    assert windows.check() and windows.get("a") == 0


@given(st.lists(st.integers(0, 7), max_size=60))
def test_no_window_lets_more_through_than_its_limit(pauses: list[int]) -> None:
    clock, windows = at_nine()
    limiter, limit = FixedWindowRateLimiter(windows), parse("5 per 10 second")
    let_through: list[float] = []
    for pause in pauses:
        clock.advance(timedelta(seconds=pause))
        if limiter.hit(limit, "client"):
            let_through.append(clock.now().timestamp())

    def in_window(start: float) -> int:
        return sum(start <= at < start + 10 for at in let_through)

    assert all(in_window(at) <= 2 * 5 for at in let_through), "two windows may meet in any ten seconds"
    assert not let_through or in_window(let_through[0]) <= 5
