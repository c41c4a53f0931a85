"""Addresses of calendar feeds that nobody can guess: signed, and revoked one by one. Pure.

A calendar program cannot sign in, so the address itself is the proof. It names the feed in clear and ends
with a token; whoever wants a new one counts the feed's serial up, and every older address is void.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

_PURPOSE = "calendar feed"
"""Keeps a token from being of use anywhere else that signs with the same key."""
_LEAST_KEY = 32
"""Bytes; as many as the hash has."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Which feed an address is for: of what kind, of whom or what, and in which edition."""

    kind: str
    """Such as `resource` or `enterprise`."""
    key: str
    """The number or code of that."""
    serial: int = 0
    """As it is kept with the feed now."""


def token_for(feed: Feed, secret: bytes) -> str:
    """The end of the feed's address. ValueError for a secret of fewer than 32 bytes."""
    if len(secret) < _LEAST_KEY:
        raise ValueError("a secret that is too short")
    # As JSON, where no two different feeds are written alike.
    told = json.dumps([_PURPOSE, feed.kind, feed.key, feed.serial]).encode()
    return urlsafe_b64encode(hmac.digest(secret, told, sha256)).rstrip(b"=").decode()


def is_signed(feed: Feed, token: str, secret: bytes) -> bool:
    """Whether the token is the one of this feed with its present serial; takes as long for every token."""
    return hmac.compare_digest(token_for(feed, secret).encode(), token.encode("utf-8", "replace"))
