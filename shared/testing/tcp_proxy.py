"""A line between a client and a server that a test can cut, mute, slow down, or take away."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from typing import Literal

CHUNK = 64 * 1024
TICK_S = 0.05

Way = Literal["up", "down"]
"""Up is from the client to the server."""
BOTH: tuple[Way, ...] = ("up", "down")


class _Pair:
    """One connection: its two ends."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near = near
        self.far = far
        self.half_open = False
        self.answer_lost = False
        """The next answer of the server ends the connection in place of being carried."""

    def end(self) -> None:
        for side in (self.near, self.far):
            shut(side)


class TcpProxy:
    """Forwards connections to `host:port` until told otherwise; `restore` makes it a plain line again."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs: list[_Pair] = []
        self._muted: frozenset[Way] = frozenset()
        self._delay_s = 0.0
        self._bytes_per_s: int | None = None
        self._refusing = False
        self._trap: tuple[bytes, bool] | None = None
        self.sprung = threading.Event()
        """Set when what `cut_at` waits for has come by."""
        self._closed = threading.Event()
        threading.Thread(target=self._accept, name="tcp-proxy", daemon=True).start()

    def cut(self) -> None:
        """End every connection, as a reset of the line does."""
        for pair in self._take_pairs():
            pair.end()

    def mute(self, *ways: Way) -> None:
        """A black hole: swallow everything from now on that goes these ways (both); connections stay open."""
        self._muted = frozenset(ways or BOTH)

    def delay(self, seconds: float) -> None:
        """Carry everything so much later, each way."""
        self._delay_s = seconds

    def slow(self, bytes_per_s: int) -> None:
        """Carry no more than so much a second, each way."""
        self._bytes_per_s = bytes_per_s

    def refuse(self) -> None:
        """End every connection and take no new ones."""
        self._refusing = True
        self.cut()

    def half_open(self, gone: Literal["client", "server"]) -> None:
        """One end of every connection is gone, and the other does not hear of it."""
        for pair in self._pairs:
            pair.half_open = True
            shut(pair.near if gone == "client" else pair.far)

    def cut_at(self, words: bytes, *, arrives: bool) -> None:
        """End the connection at which a client says `words` next; what it said arrives, or it does not.

        When it arrives, the server has acted on it: its answer is what is lost.
        """
        self.sprung.clear()
        self._trap = (words, arrives)

    def restore(self) -> None:
        """Be a plain line again; connections that have lost something are cut."""
        self._refusing = False
        self._delay_s = 0.0
        self._bytes_per_s = None
        self._trap = None
        if self._muted or any(pair.half_open for pair in self._pairs):
            self.cut()
            self._muted = frozenset()

    def close(self) -> None:
        """End everything."""
        self._closed.set()
        self._listener.close()
        self.cut()

    def _take_pairs(self) -> list[_Pair]:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        return pairs

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                near.close()
                continue
            try:
                far = socket.create_connection(self._target, timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            pair = _Pair(near, far)
            with self._lock:
                self._pairs.append(pair)
            threading.Thread(target=self._carry, args=(pair,), daemon=True).start()

    def _carry(self, pair: _Pair) -> None:
        """Four threads a connection: what is delayed must not hold up what comes behind it."""
        threads = []
        for way in BOTH:
            line: queue.Queue[tuple[float, bytes]] = queue.Queue()
            threads += [
                threading.Thread(target=self._read, args=(pair, way, line), daemon=True),
                threading.Thread(target=self._write, args=(pair, way, line), daemon=True),
            ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pair.near.close()
        pair.far.close()

    def _read(self, pair: _Pair, way: Way, line: "queue.Queue[tuple[float, bytes]]") -> None:
        source = pair.near if way == "up" else pair.far
        chunk = b"-"
        while chunk:
            try:
                chunk = source.recv(CHUNK)
            except OSError:
                chunk = b""
            line.put((time.monotonic() + self._delay_s, chunk))

    def _write(self, pair: _Pair, way: Way, line: "queue.Queue[tuple[float, bytes]]") -> None:
        target = pair.far if way == "up" else pair.near
        with contextlib.suppress(OSError):
            while True:
                due, chunk = line.get()
                self._closed.wait(max(due - time.monotonic(), 0))
                if not chunk or (way == "down" and pair.answer_lost):
                    break
                if way in self._muted or pair.half_open:
                    continue
                if way == "up" and not self._passes_trap(pair, chunk):
                    break
                self._send(target, chunk)
        if not pair.half_open:
            pair.end()

    def _passes_trap(self, pair: _Pair, chunk: bytes) -> bool:
        trap = self._trap
        if trap is None or trap[0] not in chunk:
            return True
        self._trap = None
        pair.answer_lost = trap[1]
        self.sprung.set()
        return pair.answer_lost

    def _send(self, target: socket.socket, chunk: bytes) -> None:
        while chunk and self._bytes_per_s is not None:
            share = max(int(self._bytes_per_s * TICK_S), 1)
            target.sendall(chunk[:share])
            chunk = chunk[share:]
            self._closed.wait(TICK_S)
        target.sendall(chunk)


def shut(side: socket.socket) -> None:
    """End one side; a side that has ended before is let be."""
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxied(host: str, port: int) -> Iterator[TcpProxy]:
    """A proxy for the length of a block."""
    proxy = TcpProxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()
