"""The number of a request and its place in a trace: the caller's where they are well formed, else new ones.

A caller's number is kept so that its log and ours can be laid side by side. It ends up in our log, in the
audit trail and in events, so nothing but a plain short word is taken.
"""

import re
import secrets

from shared.ids import new_id

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# https://www.w3.org/TR/trace-context/: version 00; neither of the two ids may be all zeros.
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def request_id_from(given: str | None) -> str:
    """The caller's `X-Request-Id`, or a new id when it gave none that is well formed."""
    return given if given is not None and _REQUEST_ID.fullmatch(given) else str(new_id())


def is_traceparent(given: str | None) -> bool:
    """Whether the caller's `traceparent` can be continued; if not, its `tracestate` means nothing either."""
    return given is not None and _TRACEPARENT.fullmatch(given) is not None


def traceparent_from(given: str | None) -> str:
    """The caller's `traceparent`, or the beginning of a new trace when it gave none that is well formed."""
    if given is not None and is_traceparent(given):
        return given
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_id_of(traceparent: str) -> str:
    """The id of the whole trace."""
    return traceparent[3:35]


def next_hop(traceparent: str) -> str:
    """What is sent on: the same trace, with a span id of its own for this call."""
    return f"{traceparent[:36]}{secrets.token_hex(8)}{traceparent[52:]}"
