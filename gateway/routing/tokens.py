"""Tokens: the client's own for the gateway, and a short one for each service it is passed on to."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from flask import request

from gateway.accounts import policy
from gateway.accounts.keys import KeyRing
from gateway.accounts.queries import read_actor
from shared.actor import Actor
from shared.errors import Unauthenticated
from shared.http.tokens import TokenVerifier, actor_claims, sign
from shared.service import Runtime
from shared.text import Text

INTERNAL_LIFETIME = timedelta(seconds=60)
_REUSE = timedelta(seconds=20)
_CACHED = 2000  # tokens kept at most
_GONE = Text("该账号已停用或不存在", "This account is disabled or does not exist")


def authenticator(runtime: Runtime) -> Callable[[str], Actor]:
    """Reads a client's token: the signature says who, the database says who that is right now."""
    audience = runtime.service.name
    verifier = TokenVerifier(audience, KeyRing(runtime).public, runtime.clock.now)

    def read(token: str) -> Actor:
        claimed = verifier.verify(token)
        with runtime.read() as session:
            actor = read_actor(session, claimed.id, demo=runtime.settings.demo, address=request.remote_addr)
        if actor is None:
            raise Unauthenticated(_GONE)
        return actor

    return read


class Tokens:
    """Signs tokens with the installation's key."""

    def __init__(self, runtime: Runtime, keys: KeyRing) -> None:
        self._audience = runtime.service.name
        self._now = runtime.clock.now
        self._keys = keys
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], tuple[str, datetime]] = {}

    def for_client(self, actor: Actor) -> str:
        """An access token for the public API. It says who, not what they may: that is read anew each time."""
        bare = replace(actor, roles=frozenset(), positions=(), memberships=(), address=None)
        return sign(self._keys.signing_key(), bare, self._audience, self._now(), policy.TOKEN_LIFETIME)

    def for_service(self, service: str, actor: Actor) -> str:
        """A token for one service; the same one for a few seconds while nothing about the actor changes."""
        key = (service, json.dumps(actor_claims(actor), sort_keys=True))
        now = self._now()
        with self._lock:
            token, made_at = self._made.get(key, ("", now))
            if token and made_at <= now < made_at + _REUSE:
                return token
        token = sign(self._keys.signing_key(), actor, service, now, INTERNAL_LIFETIME)
        with self._lock:
            if len(self._made) >= _CACHED:
                self._made.clear()
            self._made[key] = (token, now)
        return token
