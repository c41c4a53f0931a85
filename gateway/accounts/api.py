"""Signing in over the API, and who is signed in."""

# flask-smorest publishes no types.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from flask import request

from gateway.accounts import policy
from gateway.accounts.queries import find_account, profile_of
from gateway.accounts.schemas import AccessToken, Credentials, Profile
from gateway.accounts.sign_in import check_password, note_token
from gateway.routing.dispatch import request_id
from gateway.state import current_edge
from shared.errors import Unauthenticated
from shared.http.contract import public
from shared.http.description import Blueprint
from shared.http.state import current_actor


def blueprints() -> list[Blueprint]:
    """The gateway's own API."""
    api = Blueprint("accounts", __name__, url_prefix="/api/v1", description="Accounts and sign-in")

    @api.post("/auth/token")
    @api.arguments(Credentials)
    @api.response(200, AccessToken)
    @public
    def token(credentials: dict[str, str]) -> dict[str, Any]:
        """Exchange user name and password for an access token.

        After repeated failures there is a pause; `Retry-After` says how long it lasts, in seconds.
        """
        edge = current_edge()
        actor = check_password(
            edge.runtime,
            edge.passwords,
            credentials["username"],
            credentials["password"],
            request.remote_addr,
        )
        with edge.runtime.transaction(actor, request_id=request_id()) as tx:
            note_token(tx)
        return {
            "access_token": edge.tokens.for_client(actor),
            "token_type": "Bearer",
            "expires_in": int(policy.TOKEN_LIFETIME.total_seconds()),
        }

    @api.get("/me")
    @api.response(200, Profile)
    def me() -> dict[str, Any]:
        """The signed-in person with roles, positions and memberships.

        Read anew with each request: a role that was taken away is gone at once, whatever the token's age.
        """
        actor = current_actor()
        edge = current_edge()
        with edge.runtime.read() as session:
            account = find_account(session, actor.id, demo=edge.runtime.settings.demo)
            if account is None:
                raise Unauthenticated
            return profile_of(account, edge.runtime.context.cipher)

    return [api]
