"""The calendar's pages, without scripts: public to read, and the administrators' way from notice to dates."""

import io
import re
from datetime import date

import pytest
import sqlalchemy as sa

from approvals.calendar.model import CalendarNotice
from approvals.enterprise.service import service as enterprise
from gateway.service import service as gateway
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.answers import A1_MATERIALS, a1_answers
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.approvals.notices import at
from tests.integration.portal.conftest import ITEM, PASSWORD, Browser, Enter
from tests.unit.calendar_cases import CSV, TITLE
from tests.unit.material_samples import pdf

YEAR = "/calendar/2027"
FORM = f"{YEAR}/notice"
CHECK = f"{FORM}/check"


@pytest.fixture
def system(make_sqlite_system: SystemFactory, clock: ManualClock) -> SystemUnderTest:
    """A park with accounts and nothing else, at the end of 2026."""
    clock.set(at(date(2026, 12, 29)))
    return _with_accounts(make_sqlite_system)


def _with_accounts(factory: SystemFactory) -> SystemUnderTest:
    made = factory([gateway, enterprise, notifications], demo=True)
    assert gateway.seed is not None
    gateway.seed(made.runtime("gateway"))
    made.settle()
    return made


@pytest.fixture(scope="module")
def lasting_admin(site: SystemFactory) -> Browser:
    """An administrator of one park for all tests that leave nothing behind; it is November."""
    browser = Browser(_with_accounts(site).edge_app.test_client()).sign_in("admin")
    browser.client.set_cookie("lang", "en")
    return browser


def fields(**changes: str) -> dict[str, str]:
    """The form as an administrator fills it in."""
    return {
        "title_zh": TITLE.zh,
        "title_en": TITLE.en,
        "document": "测试〔2026〕1号",
        "published_on": "2026-11-20",
        "url": "https://example.test/2027",
        "csv": CSV,
    } | changes


def prepare(browser: Browser, **changes: str) -> None:
    browser.get(FORM)
    assert browser.post(FORM, fields(**changes)).headers["Location"] == CHECK


def submitted(system: SystemUnderTest) -> str:
    """A case that an applicant hands in by the API; gives its id."""
    http = system.edge_app.test_client(use_cookies=False)
    signed_in = http.post("/api/v1/auth/token", json={"username": "agent", "password": PASSWORD}).json
    assert signed_in is not None
    token = {"Authorization": f"Bearer {signed_in['access_token']}"}
    started = http.post("/api/v1/enterprise/cases", json={"item_code": ITEM}, headers=token).json
    assert started is not None
    path = f"/api/v1/enterprise/cases/{started['id']}"
    guard = token | {"If-Match": '"1"'}
    assert http.patch(path, json={"answers": a1_answers()}, headers=guard).status_code == 200
    for code in A1_MATERIALS:
        sent = {
            "Content-Type": "application/pdf",
            "Content-Disposition": f"attachment; filename={code}.pdf",
            "If-None-Match": "*",
        }
        assert http.put(f"{path}/materials/{code}", data=pdf(), headers=token | sent).status_code == 201
    etag = http.get(path, headers=token).headers["ETag"]
    answer = http.post(f"{path}/submit", json={"declaration": True}, headers=token | {"If-Match": etag})
    assert answer.status_code == 200, answer.text
    return str(started["id"])


def test_everybody_may_look_and_nobody_but_administrators_is_offered_more(
    system: SystemUnderTest, enter: Enter
) -> None:
    visitor = Browser(system.edge_app.test_client())
    for browser in (visitor, enter("agent"), enter("window"), enter("manager")):
        index = browser.get("/calendar")
        assert index.status_code == 200 and f'href="{YEAR}"' in index.text
        text = browser.get("/calendar/2026").text
        assert "国办发明电〔2025〕7号" in text and "248" in text
        assert FORM not in browser.get(YEAR).text
    assert visitor.get("/calendar/1999").status_code == 404
    assert visitor.get("/").text.count('href="/calendar"') == 1  # in the footer, not in the menu
    assert f'href="{FORM}"' in enter("admin").get(YEAR).text


def test_preparing_is_for_administrators_and_auditors_look_on(system: SystemUnderTest, enter: Enter) -> None:
    visitor = Browser(system.edge_app.test_client())
    for path in (FORM, CHECK):
        assert visitor.get(path).headers["Location"].startswith("/sign-in")
        for username in ("agent", "window", "manager"):
            assert enter(username).get(path).status_code == 403
    prepare(enter("admin"))
    auditor = enter("auditor")
    assert auditor.get(FORM).status_code == 403
    assert CHECK in auditor.get(YEAR).text
    text = auditor.get(CHECK).text
    assert "Only administrators change the draft" in text and "Bring into force" not in text
    for verb in ("publish", "discard"):
        assert auditor.post(f"{FORM}/{verb}", {"version": "1", "reason": "x"}).status_code == 403


def test_months_show_what_each_day_is(lasting_admin: Browser) -> None:
    text = lasting_admin.get("/calendar/2026").text
    october = text.partition('yc-month-name">October')[2].partition("</table>")[0]

    assert "18 working days" in october
    assert re.search(
        r'<td class="yc-off"><span class="yc-day">1</span><span class="yc-mark">off</span>', october
    )
    assert re.search(r'<td class="yc-work"><span class="yc-day">10</span><span class="yc-mark">work', october)
    assert re.search(r'<td class="yc-weekend"><span class="yc-day">11</span>', october)
    assert "1 to 7 October 2026" in text and "7 days" in text
    assert text.count('<table class="yc-month">') == 12
    assert " style=" not in text


def test_a_notice_leads_from_the_form_over_the_cases_it_moves_into_force(
    system: SystemUnderTest, admin: Browser, enter: Enter
) -> None:
    case_id = submitted(system)
    prepare(admin)
    text = admin.follow().text
    assert f"/desk/cases/{case_id}" in text
    assert "6 January 2027" in text and "<strong>7 January 2027</strong>" in text

    unsaid = admin.post(f"{FORM}/publish", {"reason": " "})
    assert unsaid.status_code == 422 and 'href="#reason"' in unsaid.text
    long = admin.post(f"{FORM}/publish", {"reason": "长" * 501})
    assert long.status_code == 422 and "长" * 501 in long.text
    done = admin.post(f"{FORM}/publish", {"reason": "已核对"})
    assert done.headers["Location"] == f"{YEAR}?done=published"
    text = admin.follow().text
    assert "The notice is in force" in text and "已核对" in text and TITLE.en in text

    system.settle()
    agent = enter("agent")
    assert "7 January 2027" in agent.get(f"/applications/{case_id}").text
    assert "A date of your application has moved" in agent.get("/messages").text
    assert "到期日重新推算" in _in_chinese(agent, f"/applications/{case_id}")


def _in_chinese(browser: Browser, path: str) -> str:
    browser.client.set_cookie("lang", "zh")
    return browser.get(path).text


def test_where_nothing_moves_the_page_says_so(lasting_admin: Browser) -> None:
    prepare(lasting_admin)
    assert "No date of an open case is moved or settled by it." in lasting_admin.follow().text
    assert lasting_admin.post(f"{FORM}/discard").status_code == 303


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(lasting_admin: Browser) -> None:
    lasting_admin.get(FORM)
    wrong = fields(
        title_en="", published_on="2027-01-01", csv=f"{CSV}2027-03-01,work,<b>\n2028-01-01,off,元旦"
    )
    answer = lasting_admin.post(FORM, wrong)

    assert answer.status_code == 422
    summary = answer.text.partition('id="error-summary"')[2].partition("</div>")[0]
    assert re.findall(r'href="#(\w+)"', summary) == ["title_en", "published_on", "csv", "csv", "csv"]
    assert "Line 24: There is no English name for “&lt;b&gt;”; give one" in summary
    assert "Line 25: 1 January 2028 is not in 2027" in summary
    assert 'aria-describedby="csv-hint csv-error" aria-invalid="true"' in answer.text
    assert f'value="{TITLE.zh}"' in answer.text and "2028-01-01,off,元旦</textarea>" in answer.text
    assert lasting_admin.get(CHECK).headers["Location"] == YEAR  # nothing was kept


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_takes_the_place_of_the_lines(lasting_admin: Browser, encoding: str) -> None:
    lasting_admin.get(FORM)
    file = (io.BytesIO(CSV.replace("\n", "\r\n").encode(encoding)), "days.csv")
    answer = lasting_admin.post(FORM, fields(csv="") | {"file": file}, content_type="multipart/form-data")
    assert answer.headers["Location"] == CHECK
    assert "Labour Day" in lasting_admin.follow().text
    assert lasting_admin.post(f"{FORM}/discard").status_code == 303


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x" * 70_000, "The file is too large"),
        (b"\x89PNG\x00\x01", "The file is no text"),
        (b"\xff", "no text"),
    ],
)
def test_a_file_that_is_none_of_days_is_refused(lasting_admin: Browser, content: bytes, said: str) -> None:
    lasting_admin.get(FORM)
    sent = fields() | {"file": (io.BytesIO(content), "days.csv")}
    answer = lasting_admin.post(FORM, sent, content_type="multipart/form-data")
    assert answer.status_code == 422 and said in answer.text


def test_a_draft_can_be_changed_and_discarded(admin: Browser) -> None:
    prepare(admin, csv=f'{CSV}2027-06-10,off,某节,"A feast, invented"')
    text = admin.get(FORM).text
    assert "2027-06-10,off,某节,&#34;A feast, invented&#34;" in text
    assert f'value="{TITLE.en}"' in text and 'value="2026-11-20"' in text
    assert admin.post(FORM, fields()).status_code == 303

    admin.get(CHECK)
    assert admin.post(f"{FORM}/discard").headers["Location"] == f"{YEAR}?done=discarded"
    assert "The draft is discarded." in admin.follow().text
    assert admin.get(CHECK).headers["Location"] == YEAR


def test_who_comes_too_late_sees_how_it_stands_now(admin: Browser, enter: Enter) -> None:
    other = enter("admin")
    for browser in (admin, other):
        browser.get(FORM)
    assert admin.post(FORM, fields()).status_code == 303
    stale = other.post(FORM, fields(document="另一份"))
    assert stale.status_code == 412 and "The year changed while this page was open" in stale.text
    assert 'value="另一份"' in stale.text and other.hidden("version") == "1"

    for browser in (admin, other):
        browser.get(CHECK)
    prepare(admin, document="第三份")
    late = other.post(f"{FORM}/publish", {"reason": "已核对"})
    assert late.status_code == 412 and "第三份" in late.text and other.hidden("version") == "2"
    admin.get(CHECK)
    admin.post(f"{FORM}/publish", {"reason": "已核对"})
    assert other.post(f"{FORM}/publish", {"reason": "已核对"}).headers["Location"] == f"{YEAR}?done=changed"
    assert "Somebody else has published or discarded the draft" in other.follow().text


def test_a_second_click_repeats_the_first_answer(system: SystemUnderTest, admin: Browser) -> None:
    prepare(admin)
    admin.get(CHECK)
    guards = {name: admin.hidden(name) for name in ("csrf_token", "version", "idempotency_key")}
    sent = guards | {"reason": "已核对"}
    answers = [admin.client.post(f"{FORM}/publish", data=sent) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"{YEAR}?done=published"] * 2
    with system.runtime("enterprise").read() as session:
        assert len(session.scalars(sa.select(CalendarNotice)).all()) == 1
