"""A view that changes something: one transaction, idempotency inside it, an answer with its version."""

import functools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, g, request
from sqlalchemy.exc import OperationalError

from shared.http import idempotency
from shared.http.contract import mark
from shared.http.etag import etag
from shared.http.state import current_actor, current_runtime

_RETRIES = 3
_RETRY_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock: the whole command may run again


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command answers."""

    body: Mapping[str, Any] | None
    """None where the status says that there is nothing more to say (204)."""
    status: int = 200
    version: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(reply: Reply) -> Response:
    """The reply on the wire."""
    response = Response(status=reply.status, headers=dict(reply.headers))
    if reply.body is None:
        del response.headers["Content-Type"]
    else:
        response.set_data(json.dumps(reply.body, ensure_ascii=False))
        response.content_type = "application/json"
    if reply.version is not None:
        response.headers["ETag"] = etag(reply.version)
    response.headers["Cache-Control"] = "no-store"
    return response


def command(view: Callable[..., Reply]) -> Callable[..., Response]:
    """Run `view(tx, …)` in one transaction; its answer is stored with the effect when the client keyed it.

    The key is looked up before the view asks for `If-Match`: a repeated request gets the stored answer
    although the version it names is stale by then.
    """

    @functools.wraps(mark(view, command=True))
    def run(*args: Any, **kwargs: Any) -> Response:
        for attempt in range(1, _RETRIES + 1):
            try:
                return _run_once(view, args, kwargs)
            except OperationalError as error:
                if attempt == _RETRIES or getattr(error.orig, "sqlstate", None) not in _RETRY_SQLSTATES:
                    raise
                time.sleep(0.02 * attempt)
        raise AssertionError("unreachable")

    return run


def _run_once(view: Callable[..., Reply], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
    actor = current_actor()
    wanted = idempotency.keyed(request, str(actor.id))
    runtime = current_runtime()
    with runtime.transaction(actor, request_id=g.get("request_id"), traceparent=g.get("traceparent")) as tx:
        if wanted is not None:
            stored = idempotency.stored_answer(tx, wanted)
            if stored is not None:
                return stored
        response = json_response(view(tx, *args, **kwargs))
        if wanted is not None:
            idempotency.store_answer(tx, wanted, response)
    return response
