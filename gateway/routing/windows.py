"""Counters of requests in this process's memory, as the library `limits` wants to keep them.

Its own memory store starts a thread with a request, at most every 10 ms, to look at every client there is: a
quarter of the work of the edge. Here what has run out is swept away once a minute.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from limits.storage import Storage

SWEEP_S = 60.0


class Windows(Storage):
    """Fixed windows of time: each begins with the first request that is counted in it."""

    STORAGE_SCHEME = None

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}
        """By key: when the window ends (seconds since 1970 UTC), and what was counted in it."""
        self._swept = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """Memory does not fail in a way of its own."""
        return MemoryError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in the window that runs, or begin one of `expiry` seconds; gives the count."""
        now = self._now().timestamp()
        with self._lock:
            if now - self._swept >= SWEEP_S:
                self._sweep(now)
            ends, count = self._windows.get(key, (0.0, 0))
            if ends <= now:
                ends, count = now + expiry, 0
            self._windows[key] = (ends, count + amount)
            return count + amount

    def get(self, key: str) -> int:
        """What was counted in the window that runs."""
        ends, count = self._windows.get(key, (0.0, 0))
        return count if ends > self._now().timestamp() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970 UTC; now where none runs."""
        now = self._now().timestamp()
        return max(now, self._windows.get(key, (now, 0))[0])

    def check(self) -> bool:
        """Memory is there."""
        return True

    def reset(self) -> int:
        """Forget everything; gives how many counters there were."""
        with self._lock:
            found = len(self._windows)
            self._windows.clear()
        return found

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._lock:
            self._windows.pop(key, None)

    def _sweep(self, now: float) -> None:
        self._windows = {key: window for key, window in self._windows.items() if window[0] > now}
        self._swept = now
