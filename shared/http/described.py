"""What the description says of headers and files: once for all operations of all services."""

from typing import Any

Json = dict[str, Any]

_KINDS_OF_FILE = ("application/pdf", "image/jpeg", "image/png", "application/octet-stream")


def _header(description: str, schema: Json, *, always: bool = True, **more: Any) -> Json:
    return {"description": description, "required": always, "schema": schema, **more}


_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "integer"}
_VERSION: Json = {"type": "string", "pattern": r'^"[0-9]{1,9}"$'}

HEADERS: dict[str, Json] = {
    "ETag": _header("The version; a later request names it in If-Match", _VERSION, example='"3"'),
    "Location": _header("Where the new thing is", _TEXT),
    "Content-Disposition": _header("The name of the file", _TEXT),
    "Link": _header('The following page, with `rel="next"`; absent on the last page', _TEXT, always=False),
    "Idempotent-Replayed": _header(
        "`true` when this is the stored answer of an earlier request with the same key",
        {"const": "true"},
        always=False,
    ),
    "X-Request-Id": _header("By which the log knows the request", _TEXT),
    "RateLimit-Policy": _header(
        "The limits that the request counted for: requests `q` in a window of `w` seconds",
        _TEXT,
        example='"requests";q=600;w=60',
    ),
    "RateLimit": _header(
        "What is left of each: `r` requests, and `t` seconds until there are more",
        _TEXT,
        example='"requests";r=599;t=60',
    ),
    "Retry-After": _header("Seconds to wait", _NUMBER),
    "Retry-After-If-Known": _header("Seconds to wait, where they are known", _NUMBER, always=False),
    "WWW-Authenticate": _header(
        "How one may prove who one is: by a token, or as a device by a signature",
        {"enum": ["Bearer", "Device"]},
    ),
    "Content-Language": _header("The language of title, detail and messages", {"enum": ["zh-CN", "en"]}),
}
ALWAYS = ("X-Request-Id", "RateLimit-Policy", "RateLimit")
OF_STATUS = {
    401: {"WWW-Authenticate": "WWW-Authenticate"},
    429: {"Retry-After": "Retry-After"},
    503: {"Retry-After": "Retry-After-If-Known"},
}

# Swagger UI fills examples in and sends them: a key that was used, a version beside `*`. So some have none.
PARAMETERS: dict[str, Json] = {
    "Accept-Language": {
        "in": "header",
        "name": "Accept-Language",
        "description": "`zh` (the default) or `en`: the language of refusals. "
        "Texts of documents come in both languages always",
        "schema": _TEXT,
        "example": "en",
    },
    "If-Match": {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "description": "The version that was seen (`ETag`): 428 without it, 412 when it is stale",
        "schema": _VERSION,
        "example": '"3"',
    },
    "If-Match-to-replace": {
        "in": "header",
        "name": "If-Match",
        "description": "The version of the file to be replaced: 428 with neither this nor "
        "`If-None-Match`, 412 when it is stale",
        "schema": _VERSION,
    },
    "If-None-Match": {
        "in": "header",
        "name": "If-None-Match",
        "description": "`*`: this is the first file; 412 when there is one already",
        "schema": {"const": "*"},
        "example": "*",
    },
    "Idempotency-Key": {
        "in": "header",
        "name": "Idempotency-Key",
        "description": "Any text of the client's choice, new for each thing it wants done. A repeated "
        "request with the same key gets the stored answer for 48 hours; another body is refused (422)",
        "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
    },
}

UPLOAD: Json = {
    "required": True,
    "description": "The file itself, or a form with the file in its field `file`",
    "content": {
        **{kind: {} for kind in _KINDS_OF_FILE},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                "required": ["file"],
            }
        },
    },
}
