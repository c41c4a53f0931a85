"""What gunicorn is told beside its command line (`--config=python:shared.server_hooks`).

The master loads this too and stays small: nothing of ours is imported here.
"""

import socket
import struct
from typing import Any

CLIENT_WAIT_S = 15
"""How long the edge waits for a client that sends nothing more, or takes nothing more."""
EDGE_WAIT_S = 60
"""How long a service waits for the edge: longer, so that a slow client is the edge's trouble alone."""

keepalive = 30
"""Seconds that a connection stays open without a request: the edge's pool lives on such connections."""


def post_worker_init(worker: Any) -> None:
    """Let no client hold a thread for ever. gunicorn itself waits without end once a request has begun.

    The kernel hands the limit of a listening socket on to the connections it accepts; a read or write that
    takes longer raises BlockingIOError.
    """
    runtime = getattr(worker.wsgi, "extensions", {}).get("yuanban")
    is_edge = runtime is not None and runtime.service.is_edge
    limit = struct.pack("ll", CLIENT_WAIT_S if is_edge else EDGE_WAIT_S, 0)
    for listener in worker.sockets:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
