"""Tokens: forged, expired or meant for another they open nothing, and the database has the last word."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import OKPKey

from gateway.accounts.commands import change_roles, disable_account, enable_account
from gateway.accounts.keys import KeyRing, rotate
from gateway.accounts.model import Account, Role, SigningKey
from gateway.accounts.queries import actor_of, find_by_username
from gateway.routing.tokens import Tokens
from shared.actor import SYSTEM, Actor
from shared.clock import ManualClock
from shared.http.tokens import sign
from shared.testing.systems import SystemUnderTest

from .conftest import GatewayClient

Forge = Callable[[dict[str, Any], SystemUnderTest], str]


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _own_key(system: SystemUnderTest) -> OKPKey:
    return KeyRing(system.runtime("gateway")).signing_key()


def _signed(claims: dict[str, Any], key: OKPKey, **header: str) -> str:
    return jwt.encode({"alg": "Ed25519", "kid": key.kid, **header}, claims, key, algorithms=["Ed25519"])


def _by_another_key(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return _signed(claims, OKPKey.generate_key("Ed25519", auto_kid=True))


def _by_another_key_under_our_name(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return _signed(claims, OKPKey.generate_key("Ed25519"), kid=str(_own_key(system).kid))


def _unsigned(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def _signature_of_another_token(claims: dict[str, Any], system: SystemUnderTest) -> str:
    head, _, signature = _signed({**claims, "sub": "x"}, _own_key(system)).split(".")
    return f"{head}.{_part(claims)}.{signature}"


def _for_another_audience(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return _signed({**claims, "aud": "enterprise"}, _own_key(system))


def _by_another_issuer(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return _signed({**claims, "iss": "somebody"}, _own_key(system))


def _without_end(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return _signed({key: value for key, value in claims.items() if key != "exp"}, _own_key(system))


def _from_the_future(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return _signed({**claims, "iat": claims["iat"] + 600}, _own_key(system))


def _of_nobody(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return _signed({**claims, "sub": "01890000-0000-7000-8000-0000000000ff"}, _own_key(system))


def _no_token(claims: dict[str, Any], system: SystemUnderTest) -> str:
    return "open sesame"


@pytest.mark.parametrize(
    "forge",
    [
        _by_another_key,
        _by_another_key_under_our_name,
        _unsigned,
        _signature_of_another_token,
        _for_another_audience,
        _by_another_issuer,
        _without_end,
        _from_the_future,
        _of_nobody,
        _no_token,
    ],
)
def test_a_forged_token_opens_nothing(sqlite_client: GatewayClient, forge: Forge) -> None:
    client = sqlite_client.sign_in("admin")
    assert client.token is not None
    client.token = forge(_claims(client.token), client.system)

    for path in ("/api/v1/me", "/api/v1/enterprise/cases", "/api/v1/enterprise/items"):
        answer = client.get(path, headers={"Accept-Language": "en"})

        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.get_json()["type"] == "urn:yuanban:problem:unauthenticated"


def test_a_token_ends_after_an_hour(client: GatewayClient, clock: ManualClock) -> None:
    client.sign_in("agent")
    clock.advance(timedelta(minutes=59))
    assert client.get("/api/v1/me").status_code == 200

    clock.advance(timedelta(minutes=2))

    assert client.get("/api/v1/me").status_code == 401


def test_a_clients_token_says_who_but_not_what_they_may(client: GatewayClient) -> None:
    client.sign_in("window")

    claims = _claims(str(client.token))

    assert (claims["roles"], claims["positions"], claims["aud"]) == ([], [], "gateway")


def test_a_disabled_account_loses_its_token_at_once_and_gets_it_back(
    client: GatewayClient, system: SystemUnderTest
) -> None:
    client.sign_in("agent")
    gateway = system.runtime("gateway")
    with gateway.transaction(SYSTEM) as tx:
        disable_account(tx, _account(tx.session))

    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/enterprise/cases").status_code == 401

    with gateway.transaction(SYSTEM) as tx:
        enable_account(tx, _account(tx.session))
    assert client.get("/api/v1/enterprise/cases").status_code == 200


def test_changed_roles_reach_the_services_with_the_next_request(
    client: GatewayClient, system: SystemUnderTest
) -> None:
    client.sign_in("agent")
    assert client.get("/api/v1/enterprise/cases").get_json()["actor"]["roles"] == ["applicant"]

    with system.runtime("gateway").transaction(SYSTEM) as tx:
        change_roles(tx, _account(tx.session), [Role.RESIDENT, Role.MANAGER])

    assert client.get("/api/v1/enterprise/cases").get_json()["actor"]["roles"] == ["manager", "resident"]


def test_a_service_gets_a_token_of_its_own_for_a_minute(client: GatewayClient) -> None:
    client.sign_in("window")

    seen = client.get("/api/v1/enterprise/cases", environ_base={"REMOTE_ADDR": "203.0.113.9"}).get_json()

    passed_on = seen["headers"]["authorization"].removeprefix("Bearer ")
    claims = _claims(passed_on)
    assert passed_on != client.token
    assert (claims["aud"], claims["exp"] - claims["iat"]) == ("enterprise", 60)
    assert claims["addr"] == "203.0.113.9"
    assert claims["positions"] == [["11990101MB0DEM2282", "示范区行政审批局", "window"]]
    client.token = passed_on
    assert client.get("/api/v1/me").status_code == 401


def test_internal_tokens_are_reused_for_seconds_only(sqlite_system: SystemUnderTest) -> None:
    gateway = sqlite_system.runtime("gateway")
    clock = sqlite_system.clock
    assert isinstance(clock, ManualClock)
    tokens = Tokens(gateway, KeyRing(gateway))
    with gateway.read() as session:
        actor = actor_of(_account(session))

    first = tokens.for_service("enterprise", actor)

    assert tokens.for_service("enterprise", actor) == first
    assert tokens.for_service("living", actor) != first
    clock.advance(timedelta(seconds=21))
    assert tokens.for_service("enterprise", actor) != first


def test_after_a_rotation_old_tokens_live_out_their_time(
    client: GatewayClient, system: SystemUnderTest, clock: ManualClock
) -> None:
    client.sign_in("agent")
    gateway = system.runtime("gateway")
    clock.advance(timedelta(seconds=1))
    with gateway.transaction(SYSTEM) as tx:
        fresh = rotate(tx).kid

    published = client.http.get("/.well-known/jwks.json")
    assert published.get_json()["keys"][0]["kid"] == fresh
    assert len(published.get_json()["keys"]) == 2
    assert client.get("/api/v1/me").status_code == 200
    clock.advance(timedelta(hours=3))
    assert [key["kid"] for key in client.http.get("/.well-known/jwks.json").get_json()["keys"]] == [fresh]


def test_private_keys_are_neither_published_nor_readable_in_the_database(
    client: GatewayClient, system: SystemUnderTest
) -> None:
    answer = client.http.get("/.well-known/jwks.json")

    assert all("d" not in key for key in answer.get_json()["keys"])
    assert "max-age" in answer.headers["Cache-Control"]
    with system.runtime("gateway").read() as session:
        row = session.scalars(sa.select(SigningKey)).one()
    assert "d" not in row.public_jwk
    assert str(_own_key(system).as_dict(private=True)["d"]).encode() not in row.private_sealed


def test_a_service_takes_no_token_of_an_actor_signed_for_the_edge(
    sqlite_client: GatewayClient, clock: ManualClock
) -> None:
    system = sqlite_client.system
    nobody = Actor(kind="account", id=None)
    token = sign(_own_key(system), nobody, "enterprise", clock.now(), timedelta(seconds=60))

    answer = (
        system.app("enterprise")
        .test_client()
        .get("/api/v1/enterprise/cases", headers={"Authorization": f"Bearer {token}"})
    )

    assert answer.status_code == 401


def _account(session: sa.orm.Session) -> Account:
    account = find_by_username(session, "agent")
    assert account is not None
    return account
