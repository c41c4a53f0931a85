"""A line between a client and a server that a test can cut, mute, or take away."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator

CHUNK = 64 * 1024
TICK_S = 0.05


class TcpProxy:
    """Forwards connections to `host:port`.

    `cut` ends every connection, `mute` lets them stand but carries nothing more (a black hole), `refuse`
    takes no new ones until `restore`.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._muted = False
        self._refusing = False
        self._closed = threading.Event()
        threading.Thread(target=self._accept, name="tcp-proxy", daemon=True).start()

    def cut(self) -> None:
        """End every connection, as a reset of the line does."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mute(self) -> None:
        """Swallow everything from now on, in both directions; connections stay open."""
        self._muted = True

    def refuse(self) -> None:
        """End every connection and take no new ones."""
        self._refusing = True
        self.cut()

    def restore(self) -> None:
        """Be a plain line again; muted connections are cut, since what they swallowed is gone."""
        self._refusing = False
        if self._muted:
            self.cut()
            self._muted = False

    def close(self) -> None:
        """End everything."""
        self._closed.set()
        self._listener.close()
        self.cut()

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
            with self._lock:
                self._pairs.append((near, far))
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            with contextlib.suppress(OSError):
                while not self._closed.is_set():
                    for key, _ in ready.select(TICK_S):
                        chunk = key.fileobj.recv(CHUNK)  # type: ignore[union-attr]
                        if not chunk:
                            return
                        if not self._muted:
                            key.data.sendall(chunk)


@contextlib.contextmanager
def proxied(host: str, port: int) -> Iterator[TcpProxy]:
    """A proxy for the length of a block."""
    proxy = TcpProxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()
