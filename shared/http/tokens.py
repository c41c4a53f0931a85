"""Signed-in people on the wire: short EdDSA tokens, signed by the edge, verified by every service itself."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.actor import Actor, Membership, Position, PositionKind
from shared.errors import Unauthenticated
from shared.text import Text

ISSUER = "yuanban-gateway"
ALGORITHM = "Ed25519"  # EdDSA on Curve25519, by its name of RFC 9864; "EdDSA" alone is deprecated
LEEWAY_S = 5  # clocks of two machines differ a little
KEYS_FRESH_S = 300  # a fetched key set is asked for again after this
PROVEN_KEPT = 2000  # tokens whose signature is remembered at most
KEYS_RETRY_S = 5  # an unknown key id asks again, but not more often than this

KeySource = Callable[[], Mapping[str, Any]]


def actor_claims(actor: Actor) -> dict[str, Any]:
    """The claims that describe an actor."""
    return {
        "sub": str(actor.id),
        "name": actor.name,
        "roles": sorted(actor.roles),
        "positions": [[p.department, p.department_name, p.kind] for p in actor.positions],
        "memberships": [[str(m.organisation), m.uscc, m.name, m.role] for m in actor.memberships],
        "lang": actor.language,
        "addr": actor.address,
    }


def sign(key: OKPKey, actor: Actor, audience: str, now: datetime, lifetime: timedelta) -> str:
    """A token for one audience (a service's name)."""
    issued = int(now.timestamp())
    claims = {
        **actor_claims(actor),
        "iss": ISSUER,
        "aud": audience,
        "iat": issued,
        "exp": issued + int(lifetime.total_seconds()),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


class Known:
    """A set of keys, and the tokens that were proven with it: none outlives the keys it was proven with."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys
        self._proven: dict[str, Mapping[str, Any]] = {}

    def claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token whose signature holds; raises JoseError or ValueError otherwise."""
        claims: Mapping[str, Any] | None = self._proven.get(token)
        if claims is None:
            claims = jwt.decode(token, self._keys, algorithms=[ALGORITHM]).claims
            if len(self._proven) < PROVEN_KEPT:
                self._proven[token] = claims
        return claims


class TokenVerifier:
    """Checks signature, issuer, audience and time, against the edge's published keys."""

    def __init__(self, audience: str, source: KeySource, now: Callable[[], datetime]) -> None:
        self._audience = audience
        self._source = source
        self._now = now
        self._known: Known | None = None
        self._fetched = 0.0
        self._lock = threading.Lock()

    def verify(self, token: str) -> Actor:
        """The actor of a valid token; Unauthenticated (401) otherwise."""
        try:
            claims = self._decode(token)
            self._check(claims)
            return _actor(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated(
                Text("登录凭证无效或已过期", "The access token is invalid or has expired")
            ) from error

    def _decode(self, token: str) -> Mapping[str, Any]:
        known = self._ask(KEYS_FRESH_S)
        try:
            return known.claims(token)
        except (JoseError, ValueError):
            # Perhaps signed with a key younger than our copy of the set: look once more.
            return self._ask(KEYS_RETRY_S).claims(token)

    def _ask(self, max_age_s: float) -> "Known":
        with self._lock:
            if self._known is None or time.monotonic() - self._fetched > max_age_s:
                self._known = Known(KeySet.import_key_set(json.loads(json.dumps(self._source()))))
                self._fetched = time.monotonic()
            return self._known

    def _check(self, claims: Mapping[str, Any]) -> None:
        now = self._now().timestamp()
        if claims["iss"] != ISSUER or claims["aud"] != self._audience:
            raise ValueError("issuer or audience")
        if claims["exp"] + LEEWAY_S < now or claims["iat"] - LEEWAY_S > now:
            raise ValueError("time")


def _actor(claims: Mapping[str, Any]) -> Actor:
    return Actor(
        kind="account",
        id=UUID(claims["sub"]),
        name=str(claims["name"]),
        roles=frozenset(claims["roles"]),
        positions=tuple(Position(d, n, _position_kind(k)) for d, n, k in claims["positions"]),
        memberships=tuple(Membership(UUID(o), u, n, r) for o, u, n, r in claims["memberships"]),
        language="en" if claims.get("lang") == "en" else "zh",
        address=claims.get("addr"),
    )


def _position_kind(value: str) -> PositionKind:
    for kind in get_args(PositionKind):
        if kind == value:
            found: PositionKind = kind
            return found
    raise ValueError(f"position {value!r}")
