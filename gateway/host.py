"""What the portal needs of the gateway: who reads, a client that acts for the reader, signing in and out."""

from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, after_this_request, g, request

from gateway.accounts import policy
from gateway.accounts.model import Account
from gateway.accounts.queries import actor_of, find_by_session, profile_of
from gateway.accounts.sign_in import check_password, end_session, start_session
from gateway.clients import Json, ServiceClient
from gateway.portal.context import current_language
from gateway.routing.dispatch import request_id
from gateway.state import Edge
from shared.actor import ANONYMOUS


class GatewayHost:
    """The portal's `PortalHost`: browser sessions on a cookie that holds nothing but a random token."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._secure = urlsplit(edge.runtime.settings.public_url).scheme == "https"
        # The prefix makes browsers refuse a cookie that some sibling host tries to plant.
        self._cookie = "__Host-yuanban" if self._secure else "yuanban"

    def client(self) -> ServiceClient:
        """A client in the name of the signed-in person, or of nobody."""
        account = self._account()
        actor = actor_of(account, request.remote_addr) if account else None
        return ServiceClient(self._edge.dispatcher, actor, current_language())

    def person(self) -> Json | None:
        """The signed-in person, None for a visitor."""
        account = self._account()
        return profile_of(account, self._edge.runtime.context.cipher) if account else None

    def account_id(self) -> UUID | None:
        """The account of the browser session; None for a visitor."""
        account = self._account()
        return account.id if account else None

    def sign_in(self, username: str, password: str) -> None:
        """Start a session with a token of its own; raises Unauthenticated or TooManyRequests."""
        edge = self._edge
        actor = check_password(edge.runtime, edge.passwords, username, password, request.remote_addr)
        previous = request.cookies.get(self._cookie)
        with edge.runtime.transaction(actor, request_id=request_id()) as tx:
            token = start_session(tx, previous)
        g.pop("gateway_account", None)
        self._set_cookie(token)

    def sign_out(self) -> None:
        """End the session, if there is one."""
        token = request.cookies.get(self._cookie)
        if token:
            account = self._account()
            actor = actor_of(account) if account else ANONYMOUS
            actor = replace(actor, address=request.remote_addr)
            with self._edge.runtime.transaction(actor, request_id=request_id()) as tx:
                end_session(tx, token)
        g.gateway_account = None
        self._set_cookie(None)

    def _account(self) -> Account | None:
        """The account of the cookie, read once a request."""
        if "gateway_account" not in g:
            token = request.cookies.get(self._cookie)
            g.gateway_account = self._read(token) if token else None
        account: Account | None = g.gateway_account
        return account

    def _read(self, token: str) -> Account | None:
        runtime = self._edge.runtime
        with runtime.read() as session:
            return find_by_session(session, token, runtime.clock.now(), demo=runtime.settings.demo)

    def _set_cookie(self, token: str | None) -> None:
        @after_this_request
        def set_cookie(response: Response) -> Response:
            response.set_cookie(
                self._cookie,
                token or "",
                max_age=int(policy.SESSION_LIFETIME.total_seconds()) if token else 0,
                secure=self._secure,
                httponly=True,
                samesite="Lax",
                path="/",
            )
            return response
