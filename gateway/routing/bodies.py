"""The body of a request on its way to a service: small ones are read, files are passed on as they come in."""

import time
from collections.abc import Iterator
from typing import IO

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from gateway.routing.routes import MIB, Route, route_of
from shared.errors import BadRequest, RequestTimedOut, TooLarge
from shared.network import CHUNK, Body, BodyStream
from shared.text import Text

_CUT = Text("请求内容不完整，请重新提交", "The body is not complete; please send it again")


def limit_body() -> None:
    """Refuse a body that says it is too large before reading it; of any other, read little more."""
    if not _has_body():
        return
    limit = route_of(request.method, request.path).body_limit
    request.max_content_length = limit + 1
    _require_size(request.content_length or 0, limit)


def body_for(route: Route) -> Body:
    """What is to be sent on of the request being answered."""
    if not _has_body():
        return b""
    if route.streams:
        return BodyStream(_chunks(request.stream, route), request.content_length)
    body = request.get_data(cache=False)
    # werkzeug cuts a chunked body off at its limit without a word; half a body must not pass for a whole.
    _require_size(len(body), route.body_limit)
    return body


def _has_body() -> bool:
    return bool(request.content_length) or "HTTP_TRANSFER_ENCODING" in request.environ


def _chunks(stream: IO[bytes], route: Route) -> Iterator[bytes]:
    """The body piece by piece; raises a Problem when it cannot be whole: the request then ends unfinished."""
    taken = 0
    ends_at = time.monotonic() + route.receive_s
    try:
        while chunk := stream.read(CHUNK):
            taken += len(chunk)
            _require_size(taken, route.body_limit)
            if time.monotonic() > ends_at:
                raise RequestTimedOut
            yield chunk
    except RequestEntityTooLarge as error:
        raise _too_large(route.body_limit) from error
    except ClientDisconnected as error:
        raise BadRequest(_CUT) from error


def _require_size(size: int, limit: int) -> None:
    if size > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    said = Text("请求内容超过{n} MB", "The body is larger than {n} MB")
    return TooLarge(said.format(n=limit // MIB))
