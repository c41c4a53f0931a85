"""Requests that no later step could read or keep: refused before anything looks at them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Request

from shared.errors import BadRequest, FieldError, InvalidInput
from shared.text import Text

MAX_DEPTH = 32
"""Levels of lists and objects in a body; the deepest one that anything here asks for has eight."""
MAX_ERRORS = 100

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NO_JSON = Text("请求内容不是有效的 JSON", "The body is not valid JSON")
_TOO_DEEP = Text("请求内容（JSON）嵌套层次过多", "The JSON of the body is nested too deeply")
_ADDRESS = Text("请求地址含有不允许的字符", "The address contains a character that is not allowed")
_CHARACTERS = Text("含有不能保存的字符", "This contains characters that cannot be stored")


def is_storable(text: str) -> bool:
    """Whether JSON and both databases keep the text: PostgreSQL has no NUL, UTF-8 no lone surrogates."""
    return _UNSTORABLE.search(text) is None


def pointer_to(pointer: str, name: object) -> str:
    """The JSON pointer (RFC 6901) one step below `pointer`."""
    return f"{pointer}/" + str(name).replace("~", "~0").replace("/", "~1")


def require_readable_address(request: Request) -> None:
    """400 for an address with a NUL in it, which ends up in queries."""
    if not is_storable(request.path) or "%00" in request.query_string.decode("latin-1"):
        raise BadRequest(_ADDRESS)


def require_readable_json(data: bytes) -> None:
    """400 for what is no JSON or nested beyond sense, 422 naming each text that cannot be stored."""
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # ValueError also for numbers of thousands of digits
        raise BadRequest(_NO_JSON) from error
    errors: list[FieldError] = []
    for pointer in _unstorable(document):
        errors.append(FieldError(pointer, "characters", _CHARACTERS))
        if len(errors) == MAX_ERRORS:
            break
    if errors:
        raise InvalidInput(errors=errors)


def _unstorable(document: Any) -> Iterator[str]:
    """Pointers of the texts and names that cannot be stored, in the order of the document."""
    waiting: list[tuple[str, Any, int]] = [("", document, 0)]
    while waiting:
        pointer, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise BadRequest(_TOO_DEEP)
        if isinstance(value, str) and not is_storable(value):
            yield pointer or "/"
        elif isinstance(value, dict):
            # A name that cannot be stored cannot be written in the answer either: its object is named.
            if not all(map(is_storable, value)):
                yield pointer or "/"
            else:
                waiting += [(pointer_to(pointer, k), v, depth + 1) for k, v in reversed(value.items())]
        elif isinstance(value, list):
            rows = [(pointer_to(pointer, n), v, depth + 1) for n, v in enumerate(value)]
            waiting += reversed(rows)
