"""Signing in over the API: one refusal for every mismatch, pauses after failures."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.accounts.commands import disable_account
from gateway.accounts.model import Account, SignInThrottle
from gateway.accounts.queries import find_by_username
from gateway.service import service as gateway_service
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory, SystemUnderTest

from .conftest import PASSWORD, GatewayClient


def test_a_right_password_gives_a_token_that_says_who_one_is(client: GatewayClient) -> None:
    answer = client.try_sign_in("window", PASSWORD)

    assert answer.status_code == 200
    document = answer.get_json()
    assert (document["token_type"], document["expires_in"]) == ("Bearer", 3600)
    me = client.sign_in("window").get("/api/v1/me").get_json()
    assert me == {
        "id": "01890000-0000-7000-8000-000000000003",
        "username": "window",
        "name": "窗口人员乙",
        "roles": ["official"],
        "positions": [
            {
                "department": {
                    "code": "11990101MB0DEM2282",
                    "name": {
                        "zh": "示范区行政审批局",
                        "en": "Administrative Approval Bureau of the Demo District",
                    },
                },
                "position": "window",
            }
        ],
        "memberships": [],
        "language": "zh",
        "mobile": None,
    }


def test_capitals_and_spaces_around_the_user_name_do_not_matter(client: GatewayClient) -> None:
    assert client.try_sign_in(" Agent ", PASSWORD).status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [("agent", "wrong"), ("nobody", PASSWORD), ("agent", PASSWORD + " "), ("' OR 1=1 --", "x")],
)
def test_every_mismatch_gets_the_same_refusal(client: GatewayClient, username: str, password: str) -> None:
    answer = client.try_sign_in(username, password)

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["detail"] == "用户名或密码不正确"


def test_a_disabled_account_is_refused_like_a_wrong_password(
    client: GatewayClient, system: SystemUnderTest
) -> None:
    with system.runtime("gateway").transaction(SYSTEM) as tx:
        disable_account(tx, _account(tx.session, "agent"))

    assert client.try_sign_in("agent", PASSWORD).get_json()["detail"] == "用户名或密码不正确"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "pointer", "code"),
    [
        (b"{", "application/json", 400, None, None),
        (b"\xff\xfe", "application/json", 400, None, None),
        (b"", "application/json", 422, "/password", "required"),
        (b"[]", "application/json", 422, "/", "type"),
        (b'"agent"', "application/json", 422, "/", "type"),
        (b"{}", "application/json", 422, "/username", "required"),
        (b'{"username": 7, "password": "x"}', "application/json", 422, "/username", "type"),
        (b'{"username": "", "password": "x"}', "application/json", 422, "/username", None),
        (b'{"username": "a", "password": null}', "application/json", 422, "/password", "null"),
        (b'{"username": "a", "password": "x", "admin": true}', "application/json", 422, "/admin", "unknown"),
        (b"username=agent&password=x", "application/x-www-form-urlencoded", 415, None, None),
    ],
)
def test_what_cannot_be_read_is_named(
    sqlite_client: GatewayClient,
    body: bytes,
    content_type: str,
    status: int,
    pointer: str | None,
    code: str | None,
) -> None:
    answer = sqlite_client.post(
        "/api/v1/auth/token", data=body, headers={"Content-Type": content_type, "Accept-Language": "en"}
    )

    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    errors: list[dict[str, Any]] = answer.get_json().get("errors", [])
    if pointer:
        found = {each["pointer"]: each["code"] for each in errors}
        assert pointer in found
        assert code is None or found[pointer] == code


def test_failures_for_one_name_bring_pauses_that_double(client: GatewayClient, clock: ManualClock) -> None:
    for number in range(5):
        assert client.try_sign_in("agent", f"wrong{number}", f"198.51.100.{number}").status_code == 401
    assert client.try_sign_in("agent", "wrong", "198.51.100.9").status_code == 401  # the pause begins here

    answer = client.try_sign_in("agent", PASSWORD, "198.51.100.10")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "15"
    assert answer.get_json()["type"] == "urn:yuanban:problem:too-many-requests"
    clock.advance(timedelta(seconds=16))
    assert client.try_sign_in("AGENT", "wrong", "198.51.100.11").status_code == 401
    assert client.try_sign_in("agent", PASSWORD, "198.51.100.12").headers["Retry-After"] == "30"
    assert client.try_sign_in("agent2", PASSWORD, "198.51.100.13").status_code == 200


def test_unknown_names_pause_exactly_like_known_ones(client: GatewayClient) -> None:
    statuses = [client.try_sign_in("nobody", "x", f"198.51.100.{n}").status_code for n in range(8)]

    assert statuses == [401] * 6 + [429] * 2


def test_a_success_forgives_the_name_and_the_pause_ends_by_itself(
    client: GatewayClient, clock: ManualClock
) -> None:
    for _ in range(6):
        client.try_sign_in("agent", "wrong")
    clock.advance(timedelta(seconds=16))

    assert client.try_sign_in("agent", PASSWORD).status_code == 200
    assert [client.try_sign_in("agent", "wrong").status_code for _ in range(6)] == [401] * 6


def test_one_address_that_tries_many_names_is_paused_too(client: GatewayClient) -> None:
    statuses = [client.try_sign_in(f"name{n}", "x").status_code for n in range(33)]

    assert statuses == [401] * 31 + [429] * 2
    assert client.try_sign_in("agent", PASSWORD).status_code == 429
    assert client.try_sign_in("agent", PASSWORD, "198.51.100.1").status_code == 200


def test_old_failures_are_forgotten_and_their_rows_go(
    client: GatewayClient, system: SystemUnderTest, clock: ManualClock
) -> None:
    for _ in range(6):
        client.try_sign_in("someone-else", "x")
    clock.advance(timedelta(hours=25))

    client.try_sign_in("agent", "wrong", "198.51.100.1")

    with system.runtime("gateway").read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInThrottle)) == 2


def test_demo_accounts_cannot_sign_in_where_the_demo_is_off(
    make_system: SystemFactory, system: SystemUnderTest
) -> None:
    token = GatewayClient(system, system.edge_app.test_client()).sign_in("admin").token
    with_demo_off = make_system([gateway_service], database_url=system.settings.database_url, demo=False)
    stranger = GatewayClient(with_demo_off, with_demo_off.edge_app.test_client(use_cookies=False))

    assert stranger.try_sign_in("admin", PASSWORD).status_code == 401
    stranger.token = token
    assert stranger.get("/api/v1/me").status_code == 401


def test_outside_the_demo_nothing_is_seeded(make_sqlite_system: SystemFactory) -> None:
    system = make_sqlite_system([gateway_service])
    system.seed()

    with system.runtime("gateway").read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0


def test_a_hash_of_other_cost_is_renewed_at_the_next_sign_in(
    client: GatewayClient, system: SystemUnderTest, make_system: SystemFactory
) -> None:
    stronger = make_system(
        [gateway_service], database_url=system.settings.database_url, demo=True, password_rounds=2
    )
    GatewayClient(stronger, stronger.edge_app.test_client()).sign_in("agent")

    with system.runtime("gateway").read() as session:
        assert ",t=2," in _account(session, "agent").password_hash
        assert _account(session, "agent").password_hash.startswith("$argon2id$")
    client.sign_in("agent")


def _account(session: sa.orm.Session, username: str) -> Account:
    account = find_by_username(session, username)
    assert account is not None
    return account
