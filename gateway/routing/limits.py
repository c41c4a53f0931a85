"""How often one client may ask, counted in this process's memory; every answer says what is left.

The fields are those of draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy`, `RateLimit`): lists of
the policies that the request counted for, by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from uuid import UUID

from flask import Flask, Response, g, request
from limits import RateLimitItem, parse_many
from limits.strategies import FixedWindowRateLimiter

from gateway.routing.routes import READING, route_of
from gateway.routing.windows import Windows
from shared.clock import SystemClock
from shared.config import Settings
from shared.errors import TooManyRequests
from shared.http.problems import answer_problem

_UNCOUNTED = {"healthz", "readyz", "metrics", "jwks", "static"}
_SIGN_IN = {"/api/v1/auth/token", "/sign-in"}
_API = "/api/v1/"
ALL, WRITE, UPLOAD, SIGN_IN = "requests", "writes", "uploads", "sign-ins"


@dataclass(frozen=True, slots=True)
class Policy:
    """So many requests of one kind in a window of time."""

    name: str
    item: RateLimitItem

    @property
    def said(self) -> str:
        """The policy as its header says it."""
        return f'"{self.name}";q={self.item.amount};w={self.item.get_expiry()}'


class Limits:
    """Counts what each client asks for.

    `session_account` names the account of the browser session, None without one.
    """

    def __init__(self, rates: Mapping[str, str], session_account: Callable[[], UUID | None]) -> None:
        self._session_account = session_account
        self._now = SystemClock().now
        self._limiter = FixedWindowRateLimiter(Windows(self._now))
        self._policies = {kind: policies_of(kind, rate) for kind, rate in rates.items()}

    def count(self) -> None:
        """Count the request being answered; raises TooManyRequests when that is one too many."""
        if "counted" in g or (request.endpoint or "") in _UNCOUNTED:
            return
        g.counted = [
            policy for kind in kinds_of(request.method, request.path) for policy in self._policies[kind]
        ]
        client = self._client()
        over = [each for each in g.counted if not self._limiter.hit(each.item, each.name, client)]
        if over:
            raise TooManyRequests(retry_after_s=max(self._left(each, client)[1] for each in over))

    def finish(self, response: Response) -> Response:
        """Say in the answer what is left. Whoever was refused as nobody known is counted by the address."""
        try:
            self.count()
        except TooManyRequests as problem:
            response = answer_problem(problem)
        policies = g.get("counted")
        if policies:
            client = self._client()
            left = [(each.name, *self._left(each, client)) for each in policies]
            response.headers["RateLimit-Policy"] = ", ".join(each.said for each in policies)
            response.headers["RateLimit"] = ", ".join(f'"{name}";r={r};t={t}' for name, r, t in left)
        return response

    def _client(self) -> str:
        """The account, else the address; at signing in it is always the address that tries.

        An office behind one address has many accounts. A cookie that is of no session counts for the address.
        """
        path = request.path
        if path in _SIGN_IN:
            account = None
        elif path.startswith(_API):
            account = g.actor.id if "actor" in g else None
        else:
            account = self._session_account()
        return f"account:{account}" if account else f"address:{request.remote_addr}"

    def _left(self, policy: Policy, client: str) -> tuple[int, int]:
        """How many requests are left, and after how many seconds there are more."""
        window = self._limiter.get_window_stats(policy.item, policy.name, client)
        return window.remaining, max(1, ceil(window.reset_time - self._now().timestamp()))


def policies_of(kind: str, rate: str) -> Sequence[Policy]:
    """The policies that a setting asks for; the first has the plain name, others say their window."""
    first, *others = parse_many(rate)
    return [Policy(kind, first), *(Policy(f"{kind}-{each.get_expiry()}s", each) for each in others)]


def kinds_of(method: str, path: str) -> Sequence[str]:
    """What a request counts as; every one counts as a request."""
    if method in READING:
        return (ALL,)
    if path in _SIGN_IN:
        return (ALL, SIGN_IN)
    return (ALL, UPLOAD) if route_of(method, path).name == "upload" else (ALL, WRITE)


def register(app: Flask, settings: Settings, session_account: Callable[[], UUID | None]) -> None:
    """Limit each client of this app."""
    limits = Limits(
        {
            ALL: settings.request_limit,
            WRITE: settings.write_limit,
            UPLOAD: settings.upload_limit,
            SIGN_IN: settings.sign_in_limit,
        },
        session_account,
    )
    app.before_request(limits.count)
    app.after_request(limits.finish)
