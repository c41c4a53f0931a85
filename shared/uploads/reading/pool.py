"""The service's side of the reading processes: starts them, asks them, stops them when they take too long."""

import json
import os
import queue
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from shared.errors import Unavailable
from shared.uploads.limits import ReadingLimits, load_limits
from shared.uploads.reading import frames

_ROOT = Path(__file__).parents[3]
_MODULE = "shared.uploads.reading.worker"

Reply = tuple[dict[str, Any], bytes]


class ReadingError(Exception):
    """The reading process died over this file or was stopped: the file is damaged or asks for too much."""


class ReaderPool:
    """A few reading processes, started when needed, kept for the next file; safe to use from any thread."""

    _guard: ClassVar[threading.Lock] = threading.Lock()
    _shared: ClassVar["ReaderPool | None"] = None

    @classmethod
    def shared(cls) -> "ReaderPool":
        """The pool of this operating system process, made on first use (and anew after a fork)."""
        with cls._guard:
            if cls._shared is None or cls._shared._owner != os.getpid():
                cls._shared = cls(load_limits().reading)
            return cls._shared

    def __init__(self, limits: ReadingLimits) -> None:
        self._limits = limits
        self._owner = os.getpid()
        self._places = threading.BoundedSemaphore(limits.processes)
        self._idle: queue.SimpleQueue[_Reader] = queue.SimpleQueue()
        self.close = weakref.finalize(self, _close_all, self._idle)

    def ask(self, head: dict[str, Any], body: bytes) -> Reply:
        """One job for `worker.py` and its answer.

        Raises ReadingError when the process died or took longer than `seconds`, and Unavailable when none
        became free within `wait_seconds`.
        """
        if not self._places.acquire(timeout=self._limits.wait_seconds):
            raise Unavailable
        try:
            kept = self._take_idle()
            if kept is not None:
                reply = self._ask(kept, head, body)
                if reply is not None or kept.stopped:
                    return _or_fail(reply)
            # None was kept, or it had just ended of itself: only a fresh one's death is the file's fault.
            return _or_fail(self._ask(_Reader(self._limits), head, body))
        finally:
            self._places.release()

    def _ask(self, reader: "_Reader", head: dict[str, Any], body: bytes) -> Reply | None:
        reply = reader.ask(head, body)
        if reply is None or reply[0]["last"]:
            reader.close()
        else:
            self._idle.put(reader)
        return reply

    def _take_idle(self) -> "_Reader | None":
        while True:
            try:
                reader = self._idle.get_nowait()
            except queue.Empty:
                return None
            if reader.alive():
                return reader
            reader.close()


class _Reader:
    """One reading process."""

    def __init__(self, limits: ReadingLimits) -> None:
        self._seconds = limits.seconds
        self.stopped = False
        settings = {
            "memory_bytes": limits.memory_bytes,
            "resident_bytes": limits.resident_bytes,
            "idle_seconds": limits.idle_seconds,
            "seconds": limits.seconds,
            "jobs": limits.jobs,
        }
        # An environment of its own (no secrets of the service in it) and a session of its own (Ctrl-C in the
        # terminal ends the service, which lets a file under way be finished).
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no input from outside in the command
            [sys.executable, "-P", "-s", "-B", "-m", _MODULE, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
            cwd="/",
            start_new_session=True,
        )

    def ask(self, head: dict[str, Any], body: bytes) -> Reply | None:
        """The answer, or None when the process ended or was stopped before it gave one."""
        self.stopped = False
        timer = threading.Timer(self._seconds, self._stop)
        timer.daemon = True
        timer.start()
        try:
            frames.send(self._stdin, head, body)
            return frames.receive(self._stdout)
        except OSError:
            return None
        finally:
            timer.cancel()

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process and wait for its end; closing its input is what it ends by."""
        try:
            self._stdin.close()
        except OSError:
            pass  # it died with part of a message unread
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stdout.close()

    def _stop(self) -> None:
        self.stopped = True
        self._process.kill()

    @property
    def _stdin(self) -> BinaryIO:
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        return self._process.stdin  # type: ignore[return-value]  # typeshed says IO[bytes]

    @property
    def _stdout(self) -> BinaryIO:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        return self._process.stdout  # type: ignore[return-value]  # typeshed says IO[bytes]


def _or_fail(reply: Reply | None) -> Reply:
    if reply is None:
        raise ReadingError
    return reply


def _close_all(idle: "queue.SimpleQueue[_Reader]") -> None:
    while not idle.empty():
        idle.get_nowait().close()
