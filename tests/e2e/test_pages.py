"""Every kind of page, in both widths and both languages: accessible, in one language, and fitting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import ITEM, Json, Person
from tests.e2e.conftest import Reader
from tests.e2e.server import Server, wait_until
from tests.e2e.stuck import park_unknown
from tests.e2e.views import DESKTOP, PHONE, View
from tests.e2e.windows import Window
from tests.integration.approvals import fire
from tests.unit.material_samples import pdf

pytestmark = pytest.mark.browser

Places = dict[str, str]
"""Parts of addresses: the case in each state, and the certificate."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: whose, where, with which status, and what is done on it before it is looked at."""

    name: str
    path: str
    who: str | None = None
    status: int = 200
    then: Callable[[Window], None] | None = field(default=None)

    def __str__(self) -> str:
        return self.name


def _press(english: str) -> Callable[[Window], None]:
    """Send a form as it stands; the errors it leads to get the focus."""

    def press(window: Window) -> None:
        window.button(english).click()
        expect(window.page.get_by_role("alert")).to_be_focused()

    return press


def _sign_in_wrongly(window: Window) -> None:
    window.page.get_by_label(window.words("User name"), exact=True).fill("nobody")
    _press("Sign in")(window)


def _upload_nothing(window: Window) -> None:
    window.button("Upload", exact=False).first.click()
    expect(window.main.get_by_role("alert").first).to_be_visible()


def _preview(window: Window) -> None:
    point = window.main.get_by_role("checkbox").first
    point.check()
    window.main.get_by_role("textbox").first.fill("章程请全体股东签名。")
    window.button("Preview the notice").click()
    expect(window.heading("Preview of the correction notice")).to_be_visible()


SECTIONS = ("company", "premises", "scope", "shareholders", "people", "contacts", "agent")

PUBLIC = (
    Kind("home", "/"),
    Kind("services", "/items"),
    Kind("services-none-found", "/items?q=zzzz"),
    Kind("guide", f"/items/{ITEM}"),
    Kind("guide-without-online-application", "/items/{guide_only}"),
    Kind("help", "/help"),
    Kind("accessibility-statement", "/accessibility"),
    Kind("privacy", "/privacy"),
    Kind("sign-in", "/sign-in"),
    Kind("sign-in-empty", "/sign-in", then=_press("Sign in")),
    Kind("sign-in-refused", "/sign-in", then=_sign_in_wrongly),
    Kind("verify", "/verify"),
    Kind("verify-nothing", "/verify?certificate_id=", status=422),
    Kind("verify-valid", "/verify/{certificate}"),
    Kind("verify-unknown", "/verify/0000-0000", status=404),
    Kind("not-found", "/no-such-page", status=404),
    Kind("overdue-explanations", "/overdue"),
    Kind("notices", "/notices"),
    Kind("notice", "/notices/{notice}"),
    Kind("calendar", "/calendar"),
    Kind("calendar-year", "/calendar/2026"),
)
APPLICANT = (
    Kind("home-of-applicant", "/", "agent"),
    Kind("applications", "/applications", "agent"),
    Kind("applications-none", "/applications?state=reviewing", "agent"),
    Kind("task-list", "/applications/{draft}", "agent"),
    *(Kind(f"section-{key}", f"/applications/{{draft}}/sections/{key}", "agent") for key in SECTIONS),
    *(
        Kind(f"section-{key}-with-errors", f"/applications/{{empty}}/sections/{key}?show=errors", "agent")
        for key in ("company", "shareholders", "people")
    ),
    Kind("materials", "/applications/{draft}/materials", "agent"),
    Kind("materials-with-error", "/applications/{empty}/materials", "agent", then=_upload_nothing),
    Kind("material", "/applications/{draft}/materials/articles", "agent"),
    Kind("check", "/applications/{draft}/check", "agent"),
    Kind("check-incomplete", "/applications/{empty}/check", "agent"),
    Kind(
        "check-without-declaration",
        "/applications/{draft}/check",
        "agent",
        then=_press("Submit the application"),
    ),
    Kind("handed-in", "/applications/{correction}/done", "agent"),
    Kind("case-correction", "/applications/{correction}", "agent"),
    Kind("correction", "/applications/{correction}/correction", "agent"),
    Kind("correction-material", "/applications/{correction}/materials", "agent"),
    Kind("case-refused", "/applications/{refused}", "agent"),
    *(
        Kind(f"case-{state}", f"/applications/{{{state}}}", "agent2")
        for state in ("received", "accepted", "reviewing", "deciding", "granted", "withdrawn", "not_accepted")
    ),
    Kind("case-on-notice", "/applications/{on_notice}", "agent2"),
    Kind("objection", "/notices/{notice}/object", "agent"),
    Kind("objection-empty", "/notices/{notice}/object", "agent", then=_press("Lodge the objection")),
    Kind("withdraw", "/applications/{received}/withdraw", "agent2"),
    Kind(
        "withdraw-without-reason",
        "/applications/{received}/withdraw",
        "agent2",
        then=_press("Withdraw the application"),
    ),
    Kind("discard", "/applications/{draft}/discard", "agent"),
    Kind("discard-handed-in", "/applications/{received}/discard", "agent2"),
    Kind("discarded", "/applications?state=draft&discarded=now", "agent"),
    Kind("messages", "/messages", "agent2"),
    Kind("messages-none", "/messages", "resident"),
    Kind("forbidden", "/desk", "agent", status=403),
    Kind("somebody-elses-case", "/applications/{received}", "agent", status=404),
)
DESK = (
    Kind("home-of-official", "/", "window"),
    Kind("queue", "/desk", "window"),
    Kind("queue-filtered", "/desk?q=zzzz&kind=intake&light=red", "window"),
    Kind("queue-mine", "/desk?state=mine", "window"),
    Kind("queue-done", "/desk?state=done", "window"),
    Kind("queue-in-correction", "/desk?state=correction", "window"),
    Kind("queue-of-overseer", "/desk", "manager"),
    Kind("handovers", "/handovers", "manager"),
    Kind("handovers-none", "/handovers?state=stuck", "manager"),
    Kind("desk-case-unclaimed", "/desk/cases/{unclaimed}", "window"),
    Kind("desk-case-of-overseer", "/desk/cases/{unclaimed}", "auditor"),
    Kind("desk-case-audit", "/desk/cases/{unclaimed}?tab=audit", "auditor"),
    Kind("desk-case-claimed", "/desk/cases/{received}", "window"),
    Kind("desk-case-opinions", "/desk/cases/{refused}?tab=opinions", "approver"),
    Kind("desk-case-history", "/desk/cases/{granted}?tab=history", "approver"),
    Kind("desk-case-deadline", "/desk/cases/{deciding}?tab=deadline", "approver"),
    Kind("desk-case-on-notice", "/desk/cases/{on_notice}", "window"),
    Kind("desk-objections", "/desk/cases/{on_notice}/objections", "window"),
    Kind("accept", "/desk/cases/{received}/accept", "window"),
    Kind("decline", "/desk/cases/{received}/decline", "window"),
    Kind("decline-with-errors", "/desk/cases/{received}/decline", "window", then=_press("Refuse intake")),
    Kind("request-correction", "/desk/cases/{received}/correction", "window"),
    Kind(
        "request-correction-with-errors",
        "/desk/cases/{received}/correction",
        "window",
        then=_press("Preview the notice"),
    ),
    Kind("request-correction-preview", "/desk/cases/{received}/correction", "window", then=_preview),
    Kind("correct-on-the-spot", "/desk/cases/{received}/correct", "window"),
    Kind(
        "correct-on-the-spot-with-errors",
        "/desk/cases/{received}/correct?field=/answers/premises/room",
        "window",
        then=_press("Correct and tell the applicant"),
    ),
    Kind("review", "/desk/cases/{reviewing}/review", "reviewer"),
    Kind(
        "review-with-errors",
        "/desk/cases/{reviewing}/review",
        "reviewer",
        then=_press("Give the opinion"),
    ),
    Kind("decide", "/desk/cases/{deciding}/decide", "approver"),
    Kind("decide-with-errors", "/desk/cases/{deciding}/decide", "approver", then=_press("Sign the decision")),
)
OPERATORS = (
    Kind("stuck-events", "/stuck-events", "admin"),
    Kind("stuck-events-none", "/stuck-events?service=gateway", "admin"),
    Kind("stuck-events-of-auditor", "/stuck-events", "auditor"),
    Kind("stuck-event", "/stuck-events/notifications/{stuck}", "admin"),
    Kind("stuck-event-of-auditor", "/stuck-events/notifications/{stuck}", "auditor"),
    Kind(
        "discard-without-reason",
        "/stuck-events/notifications/{stuck}/discard",
        "admin",
        then=_press("Discard for good"),
    ),
    Kind("calendar-year-of-admin", "/calendar/{next_year}", "admin"),
    Kind(
        "calendar-notice-with-errors",
        "/calendar/{next_year}/notice",
        "admin",
        then=_press("Save and see what it changes"),
    ),
)


CREDIT = (
    Kind("credit-records", "/credit", "manager"),
    Kind("credit-record-enter", "/credit/enter", "manager"),
    Kind("credit-record-with-errors", "/credit/enter", "manager", then=_press("Enter the record")),
    Kind("own-credit-records", "/credit", "agent"),
)
PROMISES = (
    Kind("way-of-applying", "/applications/{fire_draft}/route", "agent2"),
    Kind("check-with-promise", "/applications/{fire_promise}/check", "agent2"),
    Kind("case-promised", "/applications/{fire_granted}", "agent2"),
    Kind("promise-check", "/desk/cases/{fire_granted}/check", "fireinspector"),
    Kind(
        "promise-check-with-errors",
        "/desk/cases/{fire_granted}/check",
        "fireinspector",
        then=_press("Record the check"),
    ),
)
TIME = (
    Kind("case-standing-still", "/applications/{stopped}", "agent"),
    Kind("case-extended", "/applications/{extended}", "agent2"),
    Kind("queue-standing-still", "/desk?light=suspended", "reviewer"),
    Kind("supervision", "/supervision", "reviewer"),
    Kind("desk-case-standing-still", "/desk/cases/{stopped}", "reviewer"),
    Kind("desk-case-moves", "/desk/cases/{extended}?tab=deadline", "reviewer"),
    Kind("procedure", "/desk/cases/{stopped}/procedure", "reviewer"),
    Kind(
        "procedure-with-errors",
        "/desk/cases/{stopped}/procedure",
        "reviewer",
        then=_press("Start and tell the applicant"),
    ),
    Kind("procedure-end", "/desk/cases/{stopped}/procedure/hearing/end", "reviewer"),
    Kind("extension", "/desk/cases/{extendable}/extension", "reviewer"),
    Kind(
        "extension-with-errors",
        "/desk/cases/{extendable}/extension",
        "reviewer",
        then=_press("Ask for the extension"),
    ),
    Kind("extension-decide", "/desk/cases/{asked}/extension/decide", "approver"),
    Kind(
        "extension-decide-with-errors",
        "/desk/cases/{asked}/extension/decide",
        "approver",
        then=_press("Decide"),
    ),
    Kind("revocation", "/desk/cases/{granted}/revocation", "reviewer"),
    Kind(
        "revocation-with-errors",
        "/desk/cases/{granted}/revocation",
        "reviewer",
        then=_press("Propose and tell the holder"),
    ),
    Kind("revocation-withdraw", "/desk/cases/{proposed}/revocation/withdraw", "reviewer"),
    Kind("objection", "/applications/{proposed}/objection", "agent2"),
    Kind("revocation-decide", "/desk/cases/{heard}/revocation/decide", "approver"),
    Kind("delivery", "/desk/cases/{granted}/delivery", "window"),
    Kind(
        "delivery-with-errors",
        "/desk/cases/{granted}/delivery",
        "window",
        then=_press("Record the delivery"),
    ),
)
"""Pages about what moves the dates of a case; looked at among the slow tests."""


@pytest.fixture(scope="session")
def places(server: Server) -> Places:
    """Cases in every state: those of the demo park, two drafts, and the tasks claimed that pages need."""
    agent, agent2 = Person(server.url, "agent"), Person(server.url, "agent2")
    found = _by_state(agent2) | {state: _by_state(agent)[state] for state in ("correction", "refused")}
    granted = agent2.case(found["granted"])["certificate"]
    certificate = granted["id"]
    found |= {"draft": agent.draft(company={"trade_name": "样张湾"}), "empty": agent.start()}
    found |= {"unclaimed": agent2.submitted(company={"trade_name": "待领湾"})}
    for official, state in (("window", "received"), ("approver", "deciding")):
        Person(server.url, official).on_task(found[state], "claim").expect(200)
    guide_only = next(item["code"] for item in agent.get("/enterprise/items")["items"] if not item["online"])
    next_year = str(agent.get("/enterprise/calendar")["items"][-1]["year"])
    return {
        **found,
        **_fire(server, agent2, granted["uscc"]),
        "certificate": certificate,
        "guide_only": guide_only,
        "notice": agent.get("/enterprise/notices")["items"][0]["id"],
        "stuck": park_unknown(server),
        "next_year": next_year,
    }


def _fire(server: Server, agent: Person, uscc: str) -> Places:
    """Applications for the fire inspection: a draft, one ready to promise, one granted and being checked."""
    wait_until(lambda: bool(agent.get("/me")["memberships"]), "the firm of the granted case")
    found: Places = {}
    for name, route in (
        ("fire_draft", "ordinary"),
        ("fire_promise", "promise"),
        ("fire_granted", "promise"),
    ):
        wanted = {"item_code": fire.ITEM, "on_behalf_of": uscc}
        started = agent.ask("POST", "/enterprise/cases", body=wanted).expect(201).json
        found[name] = case_id = started["id"]
        agent.act(case_id, "choose-route", {"route": route}).expect(200)
        version = agent.case(case_id)["version"]
        path, body = f"/enterprise/cases/{case_id}", {"answers": fire.ANSWERS}
        agent.ask("PATCH", path, body=body, If_Match=f'"{version}"').expect(200)
        for code in fire.BOTH_WAYS:
            agent.upload(case_id, code, pdf()).expect(201)
    agent.act(case_id, "submit", {"declaration": True, "promise": True}).expect(200)
    for official, verb, said in (
        ("firewindow", "accept", {}),
        ("fireapprover", "decide", {"granted": True}),
        ("fireinspector", None, {}),
    ):
        person = Person(server.url, official)
        person.on_task(case_id, "claim").expect(200)
        if verb is not None:
            person.act(case_id, verb, said).expect(200)
    return found


@pytest.fixture(scope="session")
def moved(server: Server, places: Places) -> Places:
    """The demo cases whose clocks stand still or whose limit was extended, and the tasks that pages need."""
    agent, agent2 = Person(server.url, "agent"), Person(server.url, "agent2")
    found = {"stopped": _by_state(agent)["reviewing"], "extendable": places["accepted"]}
    for case in agent2.get("/enterprise/cases?state=reviewing")["items"]:
        extension = agent2.case(case["id"])["extension"]
        if extension is not None:
            found["asked" if extension["state"] == "requested" else "extended"] = case["id"]
    for official, name in (("reviewer", "extendable"), ("approver", "asked")):
        Person(server.url, official).on_task(found[name], "claim").expect(200)
    Person(server.url, "window").on_task(places["granted"], "claim").expect(200)
    found |= {"proposed": _to_be_revoked(server, "撤甲"), "heard": _to_be_revoked(server, "撤乙")}
    agent2.act(found["heard"], "state-objection", {"text": "我方并不知情"}).expect(200)
    Person(server.url, "approver").on_task(found["heard"], "claim").expect(200)
    return {**places, **found}


def _to_be_revoked(server: Server, name: str) -> str:
    """A case that was granted, and whose revocation is proposed."""
    agent, window, reviewer, approver = (
        Person(server.url, who) for who in ("agent2", "window", "reviewer", "approver")
    )
    case_id = agent.submitted(company={"trade_name": name})
    window.on_task(case_id, "claim").expect(200)
    window.act(case_id, "accept").expect(200)
    reviewer.on_task(case_id, "claim").expect(200)
    checks = reviewer.get(f"/enterprise/items/{ITEM}")["review_checks"]
    passed = [{"key": each["key"], "result": "pass", "note": ""} for each in checks]
    opinion = {"conclusion": "approve", "text": "齐全", "checks": passed}
    reviewer.on_task(case_id, "opinion", opinion).expect(200)
    approver.on_task(case_id, "claim").expect(200)
    approver.act(case_id, "decide", {"granted": True}).expect(200)
    proposal = {"ground": "obtained_by_deceit", "facts": "住所证明系伪造"}
    reviewer.act(case_id, "propose-revocation", proposal).expect(200)
    return case_id


def _by_state(person: Person) -> Places:
    """The oldest case in each state, for other tests make new ones; the list begins with the newest."""
    cases: list[Json] = person.get("/enterprise/cases")["items"]
    return {case["state"]: case["id"] for case in cases}


# Every page is looked at in all four ways: axe judges it in one of them here, turn by turn, and in all four
# among the slow tests.
LOOKS = (View(DESKTOP, "zh"), View(PHONE, "en"))
OTHER_LOOKS = (View(PHONE, "zh"), View(DESKTOP, "en"))
KINDS = (*PUBLIC, *APPLICANT, *DESK, *OPERATORS, *CREDIT, *PROMISES)
PAIRS = [
    pytest.param(kind, view, id=f"{kind}-{view}", marks=() if (number + turn) % 2 else pytest.mark.slow)
    for number, kind in enumerate(KINDS)
    for turn, view in enumerate(LOOKS)
]


@pytest.mark.parametrize(("kind", "view"), PAIRS)
def test_page(kind: Kind, view: View, places: Places, reader: Reader, output_path: str) -> None:
    other = next(each for each in OTHER_LOOKS if each.language == view.language)
    window = reader(kind.who, view)
    with _pictured(window, output_path):
        _look(kind, window, places)
        window.resize(replace(other, judged_by_axe=False))
        window.check()


@pytest.mark.slow
@pytest.mark.parametrize("view", LOOKS, ids=str)
def test_pages_about_time(view: View, moved: Places, reader: Reader, output_path: str) -> None:
    other = next(each for each in OTHER_LOOKS if each.language == view.language)
    for kind in TIME:
        window = reader(kind.who, view)
        with _pictured(window, output_path):
            _look(kind, window, moved)
            window.resize(other)
            window.check()
            window.resize(view)


@pytest.mark.slow
@pytest.mark.parametrize("view", OTHER_LOOKS, ids=str)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_page_in_the_other_size(
    kind: Kind, view: View, places: Places, reader: Reader, output_path: str
) -> None:
    window = reader(kind.who, view)
    with _pictured(window, output_path):
        _look(kind, window, places)


@pytest.mark.parametrize("view", [View(PHONE, "zh"), View(PHONE, "en")], ids=str)
def test_on_a_phone_the_queue_leaves_names_their_room(
    view: View, reader: Reader, places: Places, output_path: str
) -> None:
    window = reader("manager", view)
    with _pictured(window, output_path):
        window.go("/desk")
        rows = window.main.get_by_role("row").filter(has=window.page.get_by_role("rowheader")).all()
        assert len(rows) > 3, places
        for row in rows:
            whole, name = row.bounding_box(), row.get_by_role("rowheader").bounding_box()
            assert whole and name
            assert name["width"] > 0.8 * whole["width"], row.inner_text()


@contextmanager
def _pictured(window: Window, folder: str) -> Iterator[None]:
    """Keep a picture of a page with which something is wrong, beside those of the other browser tests."""
    try:
        yield
    except Exception:
        window.page.screenshot(path=Path(folder) / "page.png", full_page=True)
        raise


def _look(kind: Kind, window: Window, places: Places) -> None:
    window.watch.take()
    status = window.go(kind.path.format(**places))
    if kind.then:
        kind.then(window)
    assert status == kind.status
    window.check()


def test_the_api_description_is_shown_and_tried_without_leaving_this_server(
    page: Page, server: Server
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{server.url}/api/docs")
    page.get_by_role("button", name="GET /api/v1/enterprise/items", exact=False).first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute", exact=True).click()

    answered = page.locator(".live-responses-table .response-col_status").last
    expect(answered).to_contain_text("200")
    assert len(asked) > 4
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []
    assert complaints == []
