"""A circuit breaker: who is known to be down is not asked again at once. Pure, apart from its lock.

`closed` lets everything through and counts failures in a row; at the limit it is `open` and refuses for a
while; then it is `half-open` and lets one call try, whose outcome closes or opens it again. (pybreaker, the
best known library, holds its lock while the guarded call runs, so that only one could run at a time.)
"""

import threading
from collections.abc import Callable
from enum import StrEnum


class State(StrEnum):
    """Whether calls are let through."""

    CLOSED = "closed"
    HALF_OPEN = "half-open"
    OPEN = "open"


class OpenError(Exception):
    """Not now: in `retry_after_s` seconds somebody may try again."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"open for {retry_after_s:.1f} s more")
        self.retry_after_s = retry_after_s


class Breaker:
    """Guards one service; safe from any thread.

    Whoever was let in by `enter` says what came of it: `succeeded`, `failed`, or `abandoned` when the call
    told nothing about the service.
    """

    def __init__(self, failures: int, pause_s: float, now: Callable[[], float]) -> None:
        self._limit = failures
        self._pause_s = pause_s
        self._now = now
        self._lock = threading.Lock()
        self._era = 0
        self._failures = 0
        self._opened_at: float | None = None
        self._probe_at: float | None = None

    @property
    def state(self) -> State:
        """The state at this moment."""
        opened_at = self._opened_at
        if opened_at is None:
            return State.CLOSED
        return State.OPEN if self._now() < opened_at + self._pause_s else State.HALF_OPEN

    def enter(self) -> int:
        """A ticket for one call; raises OpenError when there is none.

        A call that tries and does not come back within a pause no longer keeps others from trying.
        """
        with self._lock:
            if self._opened_at is None:
                return self._era
            now = self._now()
            waits_for = self._probe_at if self._probe_at is not None else self._opened_at
            left = waits_for + self._pause_s - now
            if left > 0:
                raise OpenError(left)
            self._probe_at = now
            self._era += 1
            return self._era

    def succeeded(self, ticket: int) -> None:
        """The service answered."""
        with self._lock:
            if ticket == self._era:
                self._failures = 0
                self._opened_at = self._probe_at = None

    def failed(self, ticket: int) -> None:
        """The service did not answer."""
        with self._lock:
            if ticket != self._era:
                return  # it began before what is known now
            self._failures += 1
            if self._probe_at is not None or self._failures >= self._limit:
                self._opened_at, self._probe_at = self._now(), None
                self._era += 1

    def abandoned(self, ticket: int) -> None:
        """The call ended for reasons of its caller's; if it was the one to try, another may."""
        with self._lock:
            if ticket == self._era and self._probe_at is not None and self._opened_at is not None:
                self._probe_at = None
