"""The server's hooks with less patience, so that a test need not wait as long as a client may."""

from typing import Any

from shared import server_hooks
from shared.server_hooks import keepalive as keepalive

CLIENT_WAIT_S = 2


def post_worker_init(worker: Any) -> None:
    """As in production, but sooner."""
    vars(server_hooks)["CLIENT_WAIT_S"] = CLIENT_WAIT_S
    server_hooks.post_worker_init(worker)
