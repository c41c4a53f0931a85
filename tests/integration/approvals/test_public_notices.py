"""Public notices: A9 from the notice to the closed enterprise, and how a notice ends otherwise."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import sqlalchemy as sa

from approvals.notices.model import Objection
from facilities.enterprises.model import EnterpriseCopy
from shared.clock import ManualClock
from shared.testing.answers import A1_MATERIALS, A9, a1_answers
from tests.integration.approvals.announced import (
    FILE_UNTIL,
    LAST_ON,
    OBJECTION,
    YES,
    company,
    drafted,
    examined,
    go_to,
    published,
    told,
)
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import at, in_force
from tests.integration.approvals.people import (
    AGENT,
    APPROVER,
    OTHER_AGENT,
    REVIEWER,
    WINDOW,
    applicant,
)
from tests.integration.approvals.refusals import pointers, refusal
from tests.unit.pdf_text import texts

A1 = "company-establishment"


def test_a_company_is_deregistered_after_its_notice(desk: Desk, clock: ManualClock) -> None:
    uscc, member, established = company(desk)
    case_id = drafted(desk, member, uscc)
    assert "publish-notice" in desk.case(member, case_id)["actions"]
    refusal(desk.act(member, case_id, "submit", YES), 409, "notice-required")

    answer = desk.act(member, case_id, "publish-notice", YES)
    assert answer.status_code == 200, answer.text
    case = answer.json
    notice = case["notice"]
    assert (case["state"], case["due"]["kind"], case["due"]["on"]) == ("on_notice", "notice", "2026-12-14")
    assert case["number"] is None and case["actions"] == ["withdraw"]
    assert (notice["last_on"], notice["file_until"]) == (LAST_ON.isoformat(), FILE_UNTIL.isoformat())
    refusal(desk.act(member, case_id, "submit", YES), 409, "notice-running")
    refusal(desk.save(member, case_id, {"contact": {"name": "别人"}}), 409, "wrong-state")
    refusal(desk.act(member, case_id, "publish-notice", YES), 409, "wrong-state")

    listed = desk.get(None, "/notices?item=simple-deregistration&state=running").json["items"]
    assert [each["id"] for each in listed] == [notice["id"]] and not listed[0]["objected"]
    public = desk.get(None, f"/notices/{notice['id']}")
    shown = {fact["label"]["zh"]: fact["value"]["zh"] for fact in public.json["facts"]}
    assert shown["投资人"] == "示范股东甲、示范股东乙" and shown["统一社会信用代码"] == uscc
    assert "13800000004" not in public.text and "示范联络员丁" not in public.text
    clocks = {each["kind"]: each for each in desk.get(member, f"/cases/{case_id}/deadline").json["clocks"]}
    lines = [line["text"]["zh"] for line in clocks["notice"]["lines"]]
    assert lines[0].startswith("2026年11月23日公示，当日不计入")
    assert any("第20日2026年12月13日不是工作日，顺延至2026年12月14日" in line for line in lines)
    assert clocks["filing"]["due_on"] == FILE_UNTIL.isoformat() and clocks["filing"]["provisional"]

    go_to(desk, clock, LAST_ON)
    refusal(desk.act(member, case_id, "submit", YES), 409, "notice-running")
    go_to(desk, clock, LAST_ON + timedelta(days=1))
    case = desk.case(member, case_id)
    assert (case["state"], case["due"]["kind"]) == ("notice_over", "filing")
    answer = desk.act(member, case_id, "submit", YES)
    assert answer.status_code == 200, answer.text
    assert answer.json["state"] == "received" and answer.json["due"]["kind"] == "intake"

    other = drafted(desk, member, uscc)
    aside = desk.draft_of(member, A1, a1_answers(company={"trade_name": "云栖旁"}), A1_MATERIALS, uscc)
    assert desk.act(member, aside, "submit", YES).status_code == 200
    examined(desk, case_id)
    found = refusal(desk.act(APPROVER, case_id, "decide", {"granted": True}), 409, "cases-running")
    assert desk.case(member, aside)["number"] in found["detail"]
    assert desk.act(member, aside, "withdraw", {"reason": "不办了"}).status_code == 200
    answer = desk.act(APPROVER, case_id, "decide", {"granted": True})
    assert answer.status_code == 200, answer.text
    desk.system.settle()

    case = desk.case(member, case_id)
    assert (case["state"], case["certificate"], case["delivery"]) == ("granted", None, None)
    slips = desk.get(member, f"/cases/{case_id}/slips").json["items"]
    kinds = [slip["kind"] for slip in slips]
    assert kinds == [
        "public_notice",
        "notice_result",
        "receipt",
        "acceptance_notice",
        "deregistration_notice",
    ]
    last = desk.get(member, slips[-1]["url"].removeprefix("/api/v1/enterprise")).data
    assert "营业执照" in "".join(texts(last))
    licence = desk.case(AGENT, established)["certificate"]
    checked = desk.get(None, f"/verify/{licence['id']}").json
    assert (checked["valid"], checked["status"]) == (False, "cancelled") and checked["ended_at"]
    assert desk.get(member, f"/enterprises/{uscc}").json["status"] == "closed"
    for service in ("living", "production"):
        with desk.system.runtime(service).read() as session:
            assert session.get_one(EnterpriseCopy, uscc).status == "closed"

    refusal(desk.start(member, A9, uscc), 409, "organisation-not-registered")
    refusal(desk.start(member, "company-establishment", uscc), 409, "organisation-not-registered")
    refusal(desk.act(member, other, "publish-notice", YES), 409, "organisation-not-registered")
    messages = told(desk)
    assert messages.index("case-notice-published") < messages.index("case-notice-ended")


def test_what_was_announced_is_changed_by_no_correction(sqlite_desk: Desk, clock: ManualClock) -> None:
    desk = sqlite_desk
    uscc, member, _established = company(desk)
    case_id = published(desk, member, uscc)
    go_to(desk, clock, LAST_ON + timedelta(days=1))
    assert desk.act(member, case_id, "submit", YES).status_code == 200
    at_name, at_contact = "/answers/investors/rows/1/name", "/answers/contact/name"
    desk.claim(WINDOW, case_id)
    spot = {"changes": [{"target": at_name, "value": "示范股东丙"}], "consent": "present", "note": ""}
    error = refusal(desk.act(WINDOW, case_id, "correct-on-the-spot", spot), 422)["errors"][0]
    assert (error["pointer"], error["code"]) == ("/answers/investors/rows", "announced")
    points = [{"target": each, "requirement": "请核对"} for each in (at_name, at_contact)]
    assert desk.act(WINDOW, case_id, "request-correction", {"items": points}).status_code == 200
    other = {"promise_signed": "true", "rows": [{"name": "示范股东甲"}, {"name": "示范股东丙"}]}
    contact = {"name": "示范联络员戊", "mobile": "13800000005"}
    assert desk.save(member, case_id, {"investors": other, "contact": contact}).status_code == 200
    (error,) = refusal(desk.act(member, case_id, "answer-correction", {}), 422)["errors"]
    assert (error["pointer"], error["code"]) == ("/answers/investors/rows", "announced")
    assert "示范股东甲、示范股东乙" in error["message"] and "重新公示" in error["message"]


def test_an_objection_ends_the_case_and_says_nothing_of_the_objector(desk: Desk, clock: ManualClock) -> None:
    uscc, member, _established = company(desk)
    case_id = published(desk, member, uscc)
    place = f"/notices/{desk.case(member, case_id)['notice']['id']}"
    go_to(desk, clock, LAST_ON)

    creditor = desk.client(OTHER_AGENT)
    refusal(desk.client(None).post(f"{place}/objections", json=OBJECTION), 401)
    refusal(desk.client(member).post(f"{place}/objections", json=OBJECTION), 403)
    blank = {**OBJECTION, "name": " ", "reason": ""}
    assert pointers(refusal(creditor.post(f"{place}/objections", json=blank), 422)) == ["/name", "/reason"]
    as_office = {**OBJECTION, "standing": "authority"}
    assert pointers(refusal(creditor.post(f"{place}/objections", json=as_office), 422)) == ["/standing"]

    lodged = creditor.post(f"{place}/objections", json=OBJECTION)
    assert lodged.status_code == 201 and lodged.json["ended_case"], lodged.text
    refusal(creditor.post(f"{place}/objections", json=OBJECTION), 409, "already-objected")
    refusal(desk.client(applicant(8)).post(f"{place}/objections", json=OBJECTION), 409, "notice-over")

    case = desk.case(member, case_id)
    assert (case["state"], case["actions"]) == ("objected", [])
    assert (
        case["notice"]["objections"][0]["standing"] == "creditor"
        and "第三十二条" in case["notice"]["advice"]["zh"]
    )
    refusal(desk.act(member, case_id, "submit", YES), 409, "wrong-state")
    public = desk.get(None, place)
    assert public.json["objected"] and public.json["stop_reason"] == "objection"
    seen = [public.text, desk.get(member, f"/cases/{case_id}").text]
    seen += [desk.get(member, f"/cases/{case_id}/{part}").text for part in ("timeline", "slips")]
    assert all(said not in page for page in seen for said in ("示范债权人", "货款", OTHER_AGENT.name))
    refusal(desk.get(member, f"/cases/{case_id}/objections"), 403)
    refusal(desk.get(REVIEWER, f"/cases/{case_id}/objections"), 403)
    (read,) = desk.get(WINDOW, f"/cases/{case_id}/objections").json["items"]
    assert (read["name"], read["reason"]) == ("示范债权人", "尚有货款未结清")
    with desk.system.runtime("enterprise").read() as session:
        assert "示范债权人".encode() not in session.scalars(sa.select(Objection.sealed)).one()
    desk.system.settle()
    assert told(desk)[-2:] == ["case-notice-published", "case-objection-lodged"]
    go_to(desk, clock, LAST_ON + timedelta(days=40))
    assert desk.case(member, case_id)["state"] == "objected"


def test_who_does_not_apply_in_time_begins_again(desk: Desk, clock: ManualClock) -> None:
    uscc, member, _established = company(desk)
    case_id = published(desk, member, uscc)
    second = drafted(desk, member, uscc)
    refusal(desk.act(member, second, "publish-notice", YES), 409, "notice-running")
    go_to(desk, clock, LAST_ON + timedelta(days=1))
    place = f"/notices/{desk.case(member, case_id)['notice']['id']}/objections"
    refusal(desk.client(OTHER_AGENT).post(place, json=OBJECTION), 409, "notice-over")
    go_to(desk, clock, FILE_UNTIL)
    assert "submit" in desk.case(member, case_id)["actions"]

    clock.set(at(FILE_UNTIL + timedelta(days=1), hour=0))  # before anybody was woken
    refusal(desk.act(member, case_id, "submit", YES), 409, "filing-window-closed")
    desk.system.settle()
    assert desk.case(member, case_id)["state"] == "lapsed" and told(desk)[-1] == "case-filing-lapsed"
    refusal(desk.act(member, case_id, "submit", YES), 409, "filing-window-closed")

    assert desk.act(member, second, "publish-notice", YES).status_code == 200
    answer = desk.act(member, second, "withdraw", {"reason": "继续经营"})
    assert answer.status_code == 200 and answer.json["state"] == "withdrawn", answer.text
    assert answer.json["notice"]["stop_reason"] == "withdrawn"
    assert desk.get(None, "/notices?state=running").json["items"] == []
    page = desk.get(None, "/notices?limit=1&kind=simple-deregistration").json
    rest = desk.get(None, f"/notices?limit=1&cursor={page['next']}").json
    assert len(page["items"]) == len(rest["items"]) == 1 and rest["next"] is None
    assert page["items"][0]["id"] != rest["items"][0]["id"]
    refusal(desk.get(None, "/notices?cursor=nonsense"), 400)
    refusal(desk.get(None, "/notices?state=sleeping"), 422)
    refusal(desk.get(None, "/notices/01890000-0000-7000-8000-00000000ffff"), 404)


def test_a_calendar_published_meanwhile_moves_the_days_of_a_notice(desk: Desk, clock: ManualClock) -> None:
    uscc, member, _established = company(desk)
    clock.set(at(date(2026, 12, 15)))
    case_id = published(desk, member, uscc)
    before = desk.case(member, case_id)["notice"]
    assert (before["last_on"], before["provisional"]) == ("2027-01-04", True)
    in_force(desk)  # 4 January is off
    desk.system.settle()
    case = desk.case(member, case_id)
    after = case["notice"]
    assert (after["last_on"], after["provisional"], after["file_until"]) == (
        "2027-01-05",
        False,
        "2027-01-25",
    )
    assert (case["due"]["on"], case["state"]) == ("2027-01-05", "on_notice")
    assert told(desk)[-1] == "case-date-moved"
    go_to(desk, clock, date(2027, 1, 5))
    refusal(desk.act(member, case_id, "submit", YES), 409, "notice-running")
    go_to(desk, clock, date(2027, 1, 6))
    assert desk.act(member, case_id, "submit", YES).status_code == 200


def test_of_an_objection_and_a_withdrawal_at_once_and_of_two_notices_one_wins(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    uscc, member, _established = company(desk)
    drafts = [drafted(desk, member, uscc) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda each: desk.act(member, each, "publish-notice", YES), drafts))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert lost.json["type"].endswith(":notice-running")

    case_id = drafts[[answer.status_code for answer in answers].index(200)]
    case = desk.case(member, case_id)
    seen = {"If_Match": f'"{case["version"]}"'}
    place = f"/notices/{case['notice']['id']}/objections"
    with ThreadPoolExecutor(2) as pool:
        withdrawn = pool.submit(desk.act, member, case_id, "withdraw", {"reason": "不办了"}, **seen)
        objected = pool.submit(desk.client(OTHER_AGENT).post, place, json=OBJECTION)
    outcome = (withdrawn.result().status_code, objected.result().status_code)
    assert outcome in {(200, 409), (412, 201)}, outcome
    assert desk.case(member, case_id)["state"] == ("withdrawn" if outcome[0] == 200 else "objected")


def test_in_the_last_minute_an_objection_comes_first_and_a_moment_later_the_application(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    uscc, member, _established = company(sqlite_desk)
    case_id = published(sqlite_desk, member, uscc)
    place = f"/notices/{sqlite_desk.case(member, case_id)['notice']['id']}/objections"
    midnight = at(LAST_ON + timedelta(days=1), hour=0)
    clock.set(midnight - timedelta(seconds=1))
    refusal(sqlite_desk.act(member, case_id, "submit", YES), 409, "notice-running")
    clock.set(midnight)  # nobody was woken yet, and both sides find the notice over
    refusal(sqlite_desk.client(OTHER_AGENT).post(place, json=OBJECTION), 409, "notice-over")
    answer = sqlite_desk.act(member, case_id, "submit", YES)
    assert answer.status_code == 200 and answer.json["notice"]["state"] == "ended", answer.text
