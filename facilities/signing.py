"""Addresses that whoever has them may use without signing in: signed, so that nobody can guess them."""

import hmac
from hashlib import sha256

from facilities.capacity.addresses import Feed, is_signed, token_for
from shared.config import Settings


def secret_of(settings: Settings) -> bytes:
    """What signs them: a secret of its own, or one made of the service's."""
    if settings.address_secret:
        return settings.address_secret.encode()
    return hmac.digest(settings.secret_key.encode(), b"signed addresses", sha256)


def signed(settings: Settings, feed: Feed) -> str:
    """The token at the end of an address."""
    return token_for(feed, secret_of(settings))


def fits(settings: Settings, feed: Feed, token: str) -> bool:
    """Whether a token is the one of this address."""
    return is_signed(feed, token, secret_of(settings))
