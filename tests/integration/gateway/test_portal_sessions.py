"""Browser sessions: what the cookie holds, when it ends, and for whom the portal asks the services."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.accounts.commands import change_password, disable_account
from gateway.accounts.model import Account, WebSession
from gateway.accounts.passwords import Passwords
from gateway.accounts.queries import actor_of, digest_of, find_by_username
from gateway.accounts.sign_in import start_session
from gateway.clients import ApiResponse, ServiceClient
from gateway.portal.context import current_host
from gateway.service import service as gateway_service
from shared.actor import SYSTEM
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.network import UpstreamError, WsgiUpstream
from shared.testing.systems import SystemFactory, SystemUnderTest

from .conftest import PASSWORD, mirror_service

_ADDRESS = "https://localhost"
CREDENTIALS = {"username": "agent", "password": PASSWORD}


@pytest.fixture
def web(system: SystemUnderTest) -> FlaskClient:
    """A browser."""
    return _open_browser(system)


def _open_browser(system: SystemUnderTest) -> FlaskClient:
    app = system.edge_app

    def whoami() -> dict[str, object]:
        return {"person": current_host().person()}

    def ask(path: str) -> dict[str, object]:
        answer = current_host().client().get("enterprise", path)
        return {"status": answer.status, "json": answer.json}

    with _still_building(app):
        app.add_url_rule("/test/whoami", view_func=whoami)
        app.add_url_rule("/test/ask/<path:path>", view_func=ask)
    return app.test_client()


@contextmanager
def _still_building(app: Flask) -> Iterator[None]:
    """Flask takes no routes after the first request; seeding may have sent one."""
    before, app._got_first_request = app._got_first_request, False
    yield
    app._got_first_request = before


def _person(web: FlaskClient) -> object:
    return web.get("/test/whoami").get_json()["person"]


def _post(web: FlaskClient, path: str, data: dict[str, str] | None = None) -> TestResponse:
    """Send a form as its page would: with the token against forged requests."""
    page = web.get("/help", base_url=_ADDRESS)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text) or re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', web.get("/sign-in", base_url=_ADDRESS).text
    )
    assert found is not None
    return web.post(
        path,
        data={**(data or {}), "csrf_token": found[1]},
        base_url=_ADDRESS,
        headers={"Referer": f"{_ADDRESS}/sign-in"},
    )


def _sign_in(web: FlaskClient) -> TestResponse:
    answer = _post(web, "/sign-in", CREDENTIALS)
    assert answer.status_code == 303, answer.text
    return answer


def test_a_browser_signs_in_and_out(web: FlaskClient) -> None:
    assert _person(web) is None
    _sign_in(web)

    person = web.get("/test/whoami").get_json()["person"]
    assert (person["username"], person["roles"]) == ("agent", ["applicant"])
    assert _post(web, "/sign-out").status_code == 303
    assert _person(web) is None


def test_the_audit_trail_has_who_signed_in_and_out_and_from_where(
    web: FlaskClient, system: SystemUnderTest
) -> None:
    _sign_in(web)
    _sign_in(web)  # the session it had until now ends
    _post(web, "/sign-out")
    _post(web, "/sign-out")  # nobody is signed in any more

    with system.runtime("gateway").read() as session:
        agent = find_by_username(session, "agent")
        assert agent is not None
        of_agent = sa.select(AuditEntry).where(AuditEntry.aggregate_id == str(agent.id))
        entries = session.scalars(of_agent.order_by(AuditEntry.number)).all()
    opened, *acts = [entry.action for entry in entries]
    assert opened == "account.opened"
    started, ended = "session.started", "session.ended"
    assert acts == [started, ended, started, ended]
    assert {(each.actor_id, each.address) for each in entries[1:]} == {(agent.id, "127.0.0.1")}


def test_the_cookie_is_a_random_token_that_no_script_can_read(
    web: FlaskClient, system: SystemUnderTest
) -> None:
    set_cookie = _sign_in(web).headers["Set-Cookie"]

    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert "Secure" not in set_cookie
    cookie = web.get_cookie("yuanban")
    assert cookie is not None
    assert len(cookie.value) >= 43
    with system.runtime("gateway").read() as session:
        row = session.scalars(sa.select(WebSession)).one()
    assert row.token_digest == digest_of(cookie.value)


def test_over_https_the_cookie_is_bound_to_the_host(make_sqlite_system: SystemFactory) -> None:
    system = make_sqlite_system(
        [gateway_service, mirror_service], demo=True, public_url="https://yuanban.example"
    )
    system.seed()
    set_cookie = _post(_open_browser(system), "/sign-in", CREDENTIALS).headers.getlist("Set-Cookie")[0]

    assert set_cookie.startswith("__Host-yuanban=")
    assert "Secure" in set_cookie
    assert "Path=/" in set_cookie
    assert "Domain" not in set_cookie


def test_a_session_cannot_be_used_after_signing_out(web: FlaskClient) -> None:
    _sign_in(web)
    stolen = web.get_cookie("yuanban")
    assert stolen is not None
    _post(web, "/sign-out")
    web.set_cookie("yuanban", stolen.value)

    assert _person(web) is None


def test_signing_in_anew_gives_a_new_token_and_ends_the_old(
    web: FlaskClient, system: SystemUnderTest
) -> None:
    web.set_cookie("yuanban", "planted by somebody")
    _sign_in(web)
    first = web.get_cookie("yuanban")
    _post(web, "/sign-in", CREDENTIALS)
    second = web.get_cookie("yuanban")

    assert first is not None
    assert second is not None
    assert len({first.value, second.value, "planted by somebody"}) == 3
    with system.runtime("gateway").read() as session:
        assert len(session.scalars(sa.select(WebSession)).all()) == 1


def test_a_session_ends_by_itself_and_its_row_goes(
    web: FlaskClient, system: SystemUnderTest, clock: ManualClock
) -> None:
    _sign_in(web)
    clock.advance(timedelta(hours=11, minutes=59))
    assert _person(web) is not None

    clock.advance(timedelta(minutes=1))

    assert _person(web) is None
    _sign_in(web)
    with system.runtime("gateway").read() as session:
        assert len(session.scalars(sa.select(WebSession)).all()) == 1


def test_disabling_and_a_new_password_end_every_session(web: FlaskClient, system: SystemUnderTest) -> None:
    gateway = system.runtime("gateway")
    _sign_in(web)
    with gateway.transaction(SYSTEM) as tx:
        change_password(tx, _account(tx.session), Passwords(gateway.settings), "a wholly new one")
    assert _person(web) is None

    _post(web, "/sign-in", {**CREDENTIALS, "password": "a wholly new one"})
    assert _person(web) is not None
    with gateway.transaction(SYSTEM) as tx:
        disable_account(tx, _account(tx.session))
    assert _person(web) is None


def test_wrong_passwords_are_throttled_as_over_the_api(web: FlaskClient) -> None:
    wrong = {**CREDENTIALS, "password": "wrong"}

    statuses = [_post(web, "/sign-in", wrong).status_code for _ in range(7)]

    assert statuses == [422] * 6 + [429]
    assert _person(web) is None


def test_the_cookie_opens_pages_but_not_the_api(web: FlaskClient) -> None:
    _sign_in(web)

    assert web.get("/api/v1/me").status_code == 401
    assert web.post("/api/v1/enterprise/cases", json={}).status_code == 401


def test_the_portal_asks_in_the_readers_name_and_language(web: FlaskClient) -> None:
    visitor = web.get("/test/ask/items", headers={"Accept-Language": "en"}).get_json()["json"]
    assert visitor["actor"] is None
    assert visitor["headers"]["accept-language"] == "en"

    _sign_in(web)
    reader = web.get("/test/ask/cases").get_json()["json"]
    assert reader["actor"]["name"] == "企业经办人甲"
    assert reader["headers"]["accept-language"] == "zh-CN"
    assert "cookie" not in reader["headers"]
    assert len(reader["headers"]["traceparent"]) == 55


@pytest.fixture
def service_client(sqlite_system: SystemUnderTest) -> Iterator[ServiceClient]:
    """A client for a visitor, inside a request to the gateway."""
    app = sqlite_system.edge_app
    with app.test_request_context("/"):
        app.preprocess_request()
        yield current_host().client()


def test_a_client_sends_each_method_with_its_body(service_client: ServiceClient) -> None:
    answers: list[ApiResponse] = [
        service_client.get("enterprise", "/a", params={"q": "公司", "left_out": None, "many": [1, 2]}),
        service_client.post("enterprise", "a", json={"name": "公司"}, headers={"If-Match": '"1"'}),
        service_client.put("enterprise", "/a", data=b"%PDF", headers={"Content-Type": "application/pdf"}),
        service_client.patch("enterprise", "/a", json={}),
        service_client.delete("enterprise", "/a%20b"),
    ]

    assert all(answer.ok and answer.problem is None for answer in answers)
    assert [answer.json["method"] for answer in answers] == ["GET", "POST", "PUT", "PATCH", "DELETE"]
    assert answers[0].json["query"] == "q=%E5%85%AC%E5%8F%B8&many=1&many=2"
    assert answers[1].json["headers"]["content-type"] == "application/json"
    assert answers[1].json["headers"]["if-match"] == '"1"'
    assert (answers[2].json["size"], answers[2].json["headers"]["content-type"]) == (4, "application/pdf")
    assert answers[4].json["path"] == "/api/v1/enterprise/a b"


def test_a_client_gives_files_as_bytes(service_client: ServiceClient) -> None:
    answer = service_client.get("enterprise", "/file")

    assert (answer.content, answer.json) == (b"%PDF-1.7", None)
    assert answer.headers["content-type"] == "application/pdf"


def test_a_client_turns_refusals_and_silence_into_answers(
    service_client: ServiceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = service_client.get("enterprise", "/lost")
    assert (lost.ok, lost.status) == (False, 404)
    assert lost.problem is not None
    assert lost.problem["type"] == "urn:yuanban:problem:not-found"
    for service, path in (("nothing", "/a"), ("enterprise", "/a/../b"), ("enterprise", "/a/%2e%2e/b")):
        assert service_client.get(service, path).status == 404

    def gone(*_args: object, **_options: object) -> None:
        raise UpstreamError

    monkeypatch.setattr(WsgiUpstream, "call", gone)
    silent = service_client.get("enterprise", "/a")
    assert silent.status == 503
    assert silent.problem is not None
    assert silent.problem["request_id"]


def _account(session: sa.orm.Session) -> Account:
    account = find_by_username(session, "agent")
    assert account is not None
    return account


def test_two_browsers_of_one_account_sign_in_at_the_same_moment(system: SystemUnderTest) -> None:
    runtime = system.runtime("gateway")
    with runtime.read() as session:
        account = find_by_username(session, "agent")
        assert account is not None
        actor = actor_of(account)
    tokens: list[str] = []

    def sign_in() -> None:
        with runtime.transaction(actor) as tx:
            token = start_session(tx)
        tokens.append(token)

    second = threading.Thread(target=sign_in)
    with runtime.transaction(actor) as tx:
        tokens.append(start_session(tx))
        second.start()
        second.join(0.5)  # it comes as far as it can while the first has not committed
        assert second.is_alive()
    second.join(30)

    assert len(set(tokens)) == 2
