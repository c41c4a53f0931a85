"""The circuit breaker: who is let through, against a model that keeps the whole story."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.breaker import Breaker, OpenError, State

LIMIT = 3
PAUSE_S = 10.0


class Clock:
    """Seconds that move when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(LIMIT, PAUSE_S, clock)


def state_of(breaker: Breaker) -> State:
    """The state now; a property that changes by itself confuses the type checker."""
    return breaker.state


def _fail(breaker: Breaker, times: int = LIMIT) -> None:
    for ticket in [breaker.enter() for _ in range(times)]:
        breaker.failed(ticket)


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    _fail(breaker, LIMIT - 1)
    breaker.succeeded(breaker.enter())
    _fail(breaker, LIMIT - 1)
    assert state_of(breaker) == State.CLOSED

    _fail(breaker, 1)

    assert state_of(breaker) == State.OPEN
    with pytest.raises(OpenError) as refused:
        breaker.enter()
    assert refused.value.retry_after_s == PAUSE_S


def test_after_the_pause_one_tries_and_the_others_wait(breaker: Breaker, clock: Clock) -> None:
    _fail(breaker)
    clock.seconds = PAUSE_S
    assert state_of(breaker) == State.HALF_OPEN

    ticket = breaker.enter()
    with pytest.raises(OpenError):
        breaker.enter()

    breaker.succeeded(ticket)
    assert state_of(breaker) == State.CLOSED
    assert breaker.enter() == breaker.enter()


def test_a_try_that_fails_begins_a_new_pause(breaker: Breaker, clock: Clock) -> None:
    _fail(breaker)
    clock.seconds = PAUSE_S + 1
    breaker.failed(breaker.enter())

    clock.seconds += PAUSE_S - 1
    assert state_of(breaker) == State.OPEN
    with pytest.raises(OpenError):
        breaker.enter()


def test_a_try_that_its_caller_gave_up_leaves_room_for_the_next(breaker: Breaker, clock: Clock) -> None:
    _fail(breaker)
    clock.seconds = PAUSE_S
    breaker.abandoned(breaker.enter())

    assert state_of(breaker) == State.HALF_OPEN
    breaker.succeeded(breaker.enter())
    assert state_of(breaker) == State.CLOSED


def test_a_try_that_never_comes_back_does_not_keep_the_door_shut(breaker: Breaker, clock: Clock) -> None:
    _fail(breaker)
    clock.seconds = PAUSE_S
    lost = breaker.enter()
    clock.seconds += PAUSE_S

    second = breaker.enter()
    breaker.failed(lost)
    breaker.succeeded(second)

    assert state_of(breaker) == State.CLOSED


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "abandoned"])
def test_what_began_before_it_opened_tells_nothing_new(breaker: Breaker, clock: Clock, outcome: str) -> None:
    old = breaker.enter()
    _fail(breaker)

    clock.seconds = PAUSE_S / 2
    getattr(breaker, outcome)(old)
    assert state_of(breaker) == State.OPEN
    clock.seconds = PAUSE_S
    assert state_of(breaker) == State.HALF_OPEN


Step = st.one_of(
    st.just(("enter", 0.0)),
    st.tuples(st.sampled_from(["succeeded", "failed", "abandoned"]), st.floats(0, 0.999)),
    st.tuples(st.just("wait"), st.floats(0, 2 * PAUSE_S)),
)


@given(st.lists(Step, max_size=60))
def test_whatever_happens_at_most_one_try_a_pause_reaches_a_service_that_is_down(
    steps: list[tuple[str, float]],
) -> None:
    clock = Clock()
    breaker = Breaker(LIMIT, PAUSE_S, clock)
    out: list[int] = []
    tried_at: float | None = None
    for step, number in steps:
        before = state_of(breaker)
        if step == "wait":
            clock.seconds += number
        elif step == "enter":
            try:
                out.append(breaker.enter())
            except OpenError as refused:
                assert before != State.CLOSED
                assert 0 < refused.retry_after_s <= PAUSE_S
                continue
            assert before != State.OPEN
            if before == State.HALF_OPEN:
                assert tried_at is None or clock.seconds >= tried_at + PAUSE_S
                tried_at = clock.seconds
        elif out:
            getattr(breaker, step)(out.pop(int(number * len(out))))
            if step == "abandoned" or state_of(breaker) == State.CLOSED:
                tried_at = None
            if step == "failed":
                assert (before, state_of(breaker)) != (State.OPEN, State.CLOSED)
    clock.seconds += PAUSE_S + 0.001  # rounding
    breaker.succeeded(breaker.enter())
    assert state_of(breaker) == State.CLOSED, "it never stays shut for ever"


def test_of_many_threads_one_is_let_in_to_try(breaker: Breaker, clock: Clock) -> None:
    _fail(breaker)
    clock.seconds = PAUSE_S
    together = threading.Barrier(8)
    let_in: list[int] = []

    def ask() -> None:
        together.wait()
        try:
            let_in.append(breaker.enter())
        except OpenError:
            pass

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(let_in) == 1
