"""The administrators' page of what is stuck, without scripts: one list of all services, and two verbs."""

import re
from html import unescape

import pytest
import sqlalchemy as sa

from approvals.enterprise.service import service as enterprise
from gateway.service import service as gateway
from notifications.messages.model import Message
from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.audit import AuditEntry
from shared.http.app import create_app
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import decode
from shared.messaging.inbox import InboxMessage
from shared.messaging.timekeeper import Timekeeper
from shared.network import HttpUpstream, Network, WsgiUpstream
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.assembly import SAMPLES, SUBMITTED
from tests.integration.portal.conftest import Browser, Enter

LIST = "/stuck-events"


@pytest.fixture
def system(make_sqlite_system: SystemFactory) -> SystemUnderTest:
    """A park with accounts and nothing else."""
    made = make_sqlite_system([gateway, enterprise, notifications], demo=True)
    assert gateway.seed is not None
    gateway.seed(made.runtime("gateway"))
    made.settle()
    return made


def sample() -> bytes:
    """An event that notifications handles."""
    return (SAMPLES / f"{SUBMITTED}.json").read_bytes()


def park(system: SystemUnderTest, service: str = "notifications", body: bytes | None = None) -> str:
    """A message that the service cannot handle; returns the path of its page."""
    runtime = system.runtime(service)
    Consumer(runtime).receive(body or sample().replace(b"case.submitted", b"case.swallowed"))
    with runtime.read() as session:
        newest = sa.select(InboxMessage.event_id).where(InboxMessage.state == "parked")
        return f"{LIST}/{service}/{session.scalars(newest).all()[-1]}"


def give_up(system: SystemUnderTest) -> str:
    """An event that can be handled, given up by the broker; returns the path of its page."""
    Consumer(system.runtime("notifications")).park_dead(sample(), "delivered 10 times")
    return f"{LIST}/notifications/{decode(sample()).id}"


def fail_timer(system: SystemUnderTest) -> None:
    """A timer of enterprise that nobody keeps."""
    runtime = system.runtime("enterprise")
    with runtime.transaction(SYSTEM) as tx:
        tx.schedule("remind-nobody", "某案", tx.now, {"case": "某案"})
    Timekeeper(runtime).wake_due()


def test_the_page_is_for_administrators_and_auditors_alone(system: SystemUnderTest, enter: Enter) -> None:
    detail = park(system)
    visitor = Browser(system.edge_app.test_client())
    for path in (LIST, detail, f"{detail}/discard"):
        assert visitor.get(path).headers["Location"].startswith("/sign-in")
        for username in ("agent", "window", "manager"):
            assert enter(username).get(path).status_code == 403
    for username, offered in (("admin", True), ("auditor", True), ("manager", False), ("agent", False)):
        assert (f'href="{LIST}"' in enter(username).get("/").text) == offered


def test_where_nothing_is_stuck_the_page_says_so(admin: Browser) -> None:
    page = admin.get(LIST)

    assert page.status_code == 200
    assert "Nothing is stuck. Every event has arrived." in page.text
    assert "<table" not in page.text


def test_one_list_shows_what_is_stuck_in_all_services(system: SystemUnderTest, admin: Browser) -> None:
    mine, theirs = park(system, "gateway"), park(system)
    fail_timer(system)

    def shown(query: str = "") -> list[str]:
        return re.findall(rf'<a href="({LIST}/[^"]+)"', admin.get(LIST + query).text)

    assert set(shown()[:2]) == {mine, theirs} and len(shown()) == 3
    assert shown("?service=gateway") == [mine]
    assert len(shown("?state=waiting")) == 1 and "enterprise" in shown("?state=waiting")[0]
    assert shown("?state=waiting&service=gateway") == []
    assert "Nothing matches these filters." in (admin.page.text if admin.page else "")
    assert len(shown("?state=odd&service=odd")) == 3
    text = admin.get(f"{LIST}?service=gateway").text
    assert "parked, 1 waiting" in text  # the numbers of the others stay
    assert "某案" in admin.get(LIST).text and "This service has no handler for it" in admin.get(LIST).text


def test_a_long_list_has_pages_over_all_services(system: SystemUnderTest, admin: Browser) -> None:
    """Some of the events are stuck in both, since the same instant; no page break may lose one of a pair."""
    expected = {park(system, "gateway", f"message {n}".encode()) for n in range(15)}
    expected |= {park(system, "notifications", f"message {n}".encode()) for n in range(18)}
    found: list[str] = []
    path: str | None = LIST
    while path:
        text = admin.get(path).text
        lines = re.findall(rf'<a href="({LIST}/[^"]+)"', text)
        assert len(lines) <= 21
        found += lines
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = unescape(following[1]) if following else None

    assert len(found) == 33 and set(found) == expected
    assert f'href="{LIST}"' in text.partition("First page")[0].rpartition("<nav")[2]


def test_an_event_is_shown_with_its_attributes_and_its_data(system: SystemUnderTest, admin: Browser) -> None:
    text = admin.get(park(system)).text

    assert "yuanban.<wbr>enterprise.<wbr>case.<wbr>swallowed.<wbr>v1" in text
    assert re.search(r'<th scope="row" lang="en">subject</th><td class="yb-mono">[0-9a-f-]{36}</td>', text)
    assert "  &#34;subject_name&#34;: &#34;示范市" in text
    assert "This service has no handler for it" in text
    assert " style=" not in text and "<script>" not in text


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"\xff\x00 no text", "\\xff"),
        (b"<b>no json</b>", "&lt;b&gt;no json"),
        (b"[" * 2000 + b"]" * 2000, "[[[[["),
        (b'{"specversion": "1.0", "id": "\\ud800", "data": {"a": "\\ud800\\u0000"}}', "\\ud800\\u0000"),
        (b'{"specversion": ["1.0"], "data": 7}', ">7</pre>"),
        (b'"' + b"x" * 5000 + b'"', "xxxxx"),
        (b"", "As it came"),
    ],
    ids=["bytes", "markup", "deep", "surrogates", "odd", "long", "empty"],
)
def test_whatever_came_can_be_shown(system: SystemUnderTest, admin: Browser, body: bytes, shown: str) -> None:
    page = admin.get(park(system, body=body or b" "))

    assert page.status_code == 200
    assert shown in page.text


def test_auditors_read_without_content_and_act_on_nothing(system: SystemUnderTest, enter: Enter) -> None:
    detail = park(system)
    auditor = enter("auditor")

    text = auditor.get(detail).text

    assert "The content is shown to administrators only." in text
    assert "subject_name" not in text and "Try again now" not in text and "Discard" not in text
    assert "Only administrators may discard it." in auditor.get(f"{detail}/discard").text
    for verb in ("replay", "discard"):
        auditor.get(detail)
        assert auditor.post(f"{detail}/{verb}", {"version": "1", "reason": "…"}).status_code == 403
    assert "Parked" in auditor.get(detail).text


def test_what_is_tried_again_arrives(system: SystemUnderTest, admin: Browser) -> None:
    detail = give_up(system)
    admin.get(detail)

    answer = admin.post(f"{detail}/replay")

    assert answer.headers["Location"] == f"{LIST}?done=replayed"
    assert "It is being tried again." in admin.follow().text
    system.settle()
    assert "Nothing is stuck." in admin.get(LIST).text
    with system.runtime("notifications").read() as session:
        assert len(session.scalars(sa.select(Message)).all()) == 1
    assert admin.get(detail).status_code == 404


def test_an_event_is_discarded_only_with_a_reason_and_a_second_look(
    system: SystemUnderTest, admin: Browser
) -> None:
    detail = park(system, "gateway")
    admin.get(f"{detail}/discard")

    unsaid = admin.post(f"{detail}/discard", {"reason": " "})
    assert unsaid.status_code == 422
    assert 'href="#reason"' in unsaid.text and 'aria-describedby="reason-hint reason-error"' in unsaid.text
    much = admin.post(f"{detail}/discard", {"reason": "长" * 501})
    assert much.status_code == 422 and "This is too long" in much.text and "长" * 501 in much.text
    admin.post(f"{detail}/discard", {"reason": "示范原因"})

    assert "Your reason is in the audit trail." in admin.follow().text
    assert "Nothing is stuck." in admin.get(LIST).text
    with system.runtime("gateway").read() as session:
        action = sa.select(AuditEntry).where(AuditEntry.action == "event.discarded")
        entry = session.scalars(action).one()
    assert entry.details["reason"] == "示范原因"
    assert (entry.actor_name, entry.address) == ("系统管理员辛", "127.0.0.1")


def test_who_comes_too_late_is_told_what_became_of_it(system: SystemUnderTest, enter: Enter) -> None:
    detail = park(system)
    first, second = enter("admin"), enter("admin")
    for browser in (first, second):
        browser.get(detail)

    first.post(f"{detail}/replay")
    stale = second.post(f"{detail}/replay")
    assert stale.status_code == 412
    assert "It changed while this page was open" in stale.text
    assert second.hidden("version") == "2"  # how it stands now

    first.get(f"{detail}/discard")
    first.post(f"{detail}/discard", {"reason": "示范原因"})
    late = second.post(f"{detail}/replay")
    assert late.status_code == 409
    assert "It has been discarded meanwhile" in late.text


def test_a_second_click_repeats_the_first_answer(system: SystemUnderTest, admin: Browser) -> None:
    detail = give_up(system)
    admin.get(detail)
    guards = {name: admin.hidden(name) for name in ("csrf_token", "version", "idempotency_key")}

    answers = [admin.client.post(f"{detail}/replay", data=guards) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    with system.runtime("notifications").read() as session:
        assert len(session.scalars(sa.select(AuditEntry)).all()) == 1


def test_what_is_not_there_is_not_found(admin: Browser) -> None:
    for path in ("odd/01890000-0000-7000-8000-00000000ffff", "living/1", "notifications/1"):
        assert admin.get(f"{LIST}/{path}").status_code == 404
    for service in ("gateway", "notifications"):
        assert admin.get(f"{LIST}/{service}/01890000-0000-7000-8000-00000000ffff").status_code == 404


def test_a_form_that_was_not_ours_changes_nothing(system: SystemUnderTest, admin: Browser) -> None:
    detail = park(system)
    admin.get(detail)
    assert admin.post(f"{detail}/replay", {"csrf_token": "x"}).status_code == 400
    admin.get(detail)
    assert admin.post(f"{detail}/replay", {"version": "²"}).status_code == 400
    assert "Parked" in admin.get(detail).text


def test_a_service_whose_database_is_broken_is_named_and_the_others_are_shown(
    system: SystemUnderTest, admin: Browser
) -> None:
    detail = park(system)
    with system.runtime("enterprise").database.write() as session:
        session.execute(sa.text("DROP TABLE timer"))

    text = admin.get(LIST).text

    assert "What is stuck in these services is not shown: Enterprise approvals." in text
    assert f'href="{detail}"' in text


def test_a_service_that_is_not_there_is_named_and_the_gateway_asks_itself(system: SystemUnderTest) -> None:
    """The distributed shape: nobody listens at the address of one service."""
    detail = park(system, "gateway")
    answering = WsgiUpstream(lambda: system.app("notifications").wsgi_app)
    gone = HttpUpstream("http://127.0.0.1:9")
    app = create_app(
        system.runtime("gateway"), Network({"enterprise": gone, "notifications": answering}, "gateway")
    )
    admin = Browser(app.test_client()).sign_in("admin")

    text = admin.get(LIST).text
    gone.close()

    assert "以下服务的滞留事件未能显示：企业设立与经营许可。" in text
    assert f'href="{detail}"' in text
    assert "没有响应" in text


def test_the_proxy_never_asks_the_gateway_itself(system: SystemUnderTest, enter: Enter) -> None:
    token = system.edge_app.test_client().post(
        "/api/v1/auth/token", json={"username": "admin", "password": "yuanban-demo"}
    )
    headers = {"Authorization": f"Bearer {token.get_json()['access_token']}"}
    client = system.edge_app.test_client()

    own = client.get("/api/v1/gateway/stuck-events", headers=headers)
    assert (own.status_code, own.get_json()["items"]) == (200, [])
    assert client.get("/api/v1/notifications/stuck-events", headers=headers).status_code == 200
    assert client.get("/api/v1/gateway/no-such-thing", headers=headers).status_code == 404
