"""Every page with each service down in turn: never an error of ours, and what is missing is named."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from gateway.portal import services
from shared.http.app import create_app
from shared.network import HttpUpstream, Network, Upstream, WsgiUpstream
from shared.service import installed_services
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.gateway.moody import moody_server
from tests.integration.portal.conftest import ITEM, Browser
from tests.integration.portal.test_desk import claim, submitted

NOBODYS_ID = "01890000-0000-7000-8000-00000000ffff"
TITLES = {service.name: service.title for service in installed_services()}
BEHIND = [service.name for service in installed_services() if not service.is_edge]
READERS = {
    "/desk": "window",
    "/stuck-events": "admin",
    "/calendar": "admin",
    "/credit": "admin",
    "/supervision": "window",
    "/handovers": "admin",
    "/parking/operating": "operator",
}
"""By the beginning of the path; every other page is read by an applicant."""
UNREAD = "/messages/unread"
"""A number on the bell of every page, too small to name anybody."""
FOR_EVERYBODY = {"/help", "/accessibility", "/privacy", "/verify", "/api/docs"}

Page = tuple[str, str]
"""Reader and path."""


class Site:
    """The portal before all services, some of which are gone."""

    def __init__(self, system: SystemUnderTest, app: Flask) -> None:
        self.system = system
        self._app = app
        self._browsers: dict[str, Browser] = {}

    def open(self, page: Page) -> TestResponse:
        """The page as its reader gets it."""
        reader, path = page
        if reader not in self._browsers:
            self._browsers[reader] = Browser(self._app.test_client()).sign_in(reader)
        return self._browsers[reader].get(path)


@pytest.fixture
def system(make_sqlite_system: SystemFactory) -> SystemUnderTest:
    """The demo park, complete."""
    made = make_sqlite_system(installed_services(), demo=True)
    made.seed()
    return made


@pytest.fixture
def gone() -> Iterator[HttpUpstream]:
    """An address at which nobody listens."""
    upstream = HttpUpstream("http://127.0.0.1:9")
    yield upstream
    upstream.close()


def without(system: SystemUnderTest, service: str, gone: HttpUpstream) -> Site:
    """The same portal, where one service is not there."""
    upstreams: dict[str, Upstream] = {name: WsgiUpstream(_app_of(system, name)) for name in BEHIND}
    upstreams[service] = gone
    return Site(system, create_app(system.runtime("gateway"), Network(upstreams, "gateway")))


def _app_of(system: SystemUnderTest, name: str) -> Any:
    return lambda: system.app(name).wsgi_app


def every_page(system: SystemUnderTest) -> list[Page]:
    """Each address of the portal that can be opened, with what a draft and a claimed case put into it."""

    def open_browser() -> Browser:
        return Browser(system.edge_app.test_client())

    draft = open_browser().sign_in("agent").start().rpartition("/")[2]
    case = submitted(open_browser, "云缺")
    window = open_browser().sign_in("window")
    window.client.set_cookie("lang", "en")
    claim(window, case)
    rules = [rule for rule in system.edge_app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    found = []
    for rule in rules:
        if not rule.endpoint.startswith("portal."):
            continue
        reader = next((who for start, who in READERS.items() if rule.rule.startswith(start)), "agent")
        for case_id in (draft, case) if reader == "agent" and "case_id" in rule.arguments else (case,):
            found.append((reader, _filled(rule.rule, case_id)))
    return found


def _filled(rule: str, case_id: str) -> str:
    code = "zh" if rule.startswith("/lang") else ITEM if rule.startswith("/items") else "articles"
    values: Mapping[str, str] = {
        "<uuid:case_id>": case_id,
        "<code>": code,
        "<key>": "company",
        "<kind>": "hearing",
        "<int:year>": "2027",
        "<int:number>": "1",
        "<slip_id>": NOBODYS_ID,
        "<uuid:notice_id>": NOBODYS_ID,
        "<uuid:stuck_id>": NOBODYS_ID,
        "<uuid:record_id>": NOBODYS_ID,
        "<uuid:document_id>": NOBODYS_ID,
        "<uuid:machine_id>": NOBODYS_ID,
        "<uuid:booking_id>": NOBODYS_ID,
        "<any(cancel, reject):verb>": "cancel",
        "<string:token>": "code",
        "<uuid:series_id>": NOBODYS_ID,
        "<uuid:entry_id>": NOBODYS_ID,
        "<any(cancel, change, reject):verb>": "cancel",
        "<uuid:charge_id>": NOBODYS_ID,
        "<firm>": "91990101MA0DEM048E",
        "<month>": "2026-11",
        "<any(csv, pdf):form>": "csv",
        "<any(quality, propose, decline, dispute, rating):form>": "rating",
        "<uuid:dispute_id>": NOBODYS_ID,
        "<uuid:rating_id>": NOBODYS_ID,
        "<any(answer, hide):verb>": "answer",
        "<uscc>": "91990101MA0DEM048E",
        "<any(suspend, resume):verb>": "suspend",
        "<uuid:feed_id>": NOBODYS_ID,
        "<certificate_id>": "1.2.156.3005.2",
        "<service>": "enterprise",
    }
    for placeholder, value in values.items():
        rule = rule.replace(placeholder, value)
    rule = re.sub(r"<uuid:\w+>", NOBODYS_ID, rule)
    rule = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule)
    assert "<" not in rule, f"say in this test what to put into {rule}"
    return rule


def asked_by(site: Site, page: Page) -> tuple[TestResponse, set[str]]:
    """The page when all is well, and which services it asks."""
    with capture_logs() as entries:
        answer = site.open(page)
    lines = [entry for entry in entries if entry["event"] == "request" and entry["service"] == "gateway"]
    return answer, set(lines[-1].get("upstream_ms", ()))


def test_with_one_service_down_the_rest_is_shown_and_the_gap_is_named(
    system: SystemUnderTest, gone: HttpUpstream
) -> None:
    pages = every_page(system)
    whole = Site(system, system.edge_app)
    usual = {page: asked_by(whole, page) for page in pages}
    assert all(answer.status_code < 500 for answer, _asked in usual.values())
    wrong: list[str] = []
    shown_in_part: set[str] = set()
    for service in BEHIND:
        crippled = without(system, service, gone)
        for page, (before, asked) in usual.items():
            answer = crippled.open(page)
            seen = f"{page} without {service}: {answer.status_code}"
            if service not in asked:
                wrong += [seen] if answer.status_code != before.status_code else []
            elif answer.status_code not in {200, 503}:
                wrong.append(seen)
            elif page[1] == UNREAD:
                wrong += [] if "暂时无法得知未读消息数" in answer.text else [seen]
            elif TITLES[service].zh not in answer.text:
                wrong.append(f"{seen}, the gap is not named")
            elif answer.status_code == 200:
                shown_in_part.add(f"{page[1].partition(NOBODYS_ID)[0].split('/')[1]} {service}")
    assert wrong == []
    assert {
        " enterprise",
        " notifications",
        "applications notifications",
        "stuck-events living",
    } <= shown_in_part
    asked_nobody = {path for (_reader, path), (_answer, asked) in usual.items() if not asked}
    assert asked_nobody >= FOR_EVERYBODY, "these never depend on a service"


def test_a_gap_is_named_in_the_readers_language_and_no_number_is_made_up(
    system: SystemUnderTest, gone: HttpUpstream
) -> None:
    site = without(system, "enterprise", gone)
    for language, said in (
        ("zh", ("本页有部分内容暂缺", "企业设立与经营许可")),
        ("en", ("A part of this page is missing", "Enterprise approvals")),
    ):
        site.open(("agent", f"/lang/{language}"))
        home = site.open(("agent", "/"))

        assert home.status_code == 200
        assert all(words in home.text for words in said)
        waiting, running, unread = re.findall(r'<span class="yb-tile-number">([^<]+)</span>', home.text)
        assert (waiting, running) == ("–", "–"), "not: nothing waits for you"
        assert unread.isdecimal()

    page = site.open(("agent", "/items"))
    assert page.status_code == 503
    assert "“Enterprise approvals” does not answer at the moment." in page.text
    assert "Please try again in a few minutes." in page.text


def test_a_page_does_not_wait_long_for_what_it_can_do_without(
    system: SystemUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PATIENCE_S", 0.1)
    with moody_server() as silent:
        silent.moods.extend(["wait"] * 4)  # signing in leads to a page, too
        upstream = HttpUpstream(silent.url)
        began = time.monotonic()
        home = without(system, "notifications", upstream).open(("agent", "/"))
        seconds = time.monotonic() - began
        upstream.close()

    assert home.status_code == 200
    assert "本页有部分内容暂缺" in home.text
    assert seconds < 5, "the time limit of its route is twice that"
