"""Filing on a written promise, and the ordinary way beside it: the fire inspection before a place opens."""

from datetime import date, datetime
from typing import Any

from shared.clock import PARK_TZ, ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.fire import APPROVER, INSPECTOR, ITEM, WINDOW, FireDesk
from tests.integration.approvals.people import AGENT, MANAGER, OTHER_AGENT
from tests.integration.approvals.refusals import nothing_changes, refusal, wrongs
from tests.unit.pdf_text import squeeze, texts

MONDAY = date(2026, 11, 23)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=PARK_TZ)


def _keys(desk: FireDesk, case_id: str) -> list[str]:
    return [each["key"] for each in desk.get(desk.member, f"/cases/{case_id}/timeline").json["items"]]


def _clocks(desk: FireDesk, case_id: str) -> dict[str, Any]:
    found = desk.get(desk.member, f"/cases/{case_id}/deadline").json["clocks"]
    return {clock["kind"]: clock for clock in found}


def _slip(desk: FireDesk, case_id: str, kind: str) -> str:
    slips = desk.get(desk.member, f"/cases/{case_id}/slips").json["items"]
    slip = next(each for each in slips if each["kind"] == kind)
    return squeeze("".join(texts(desk.get(desk.member, f"/cases/{case_id}/slips/{slip['id']}").data)))


def _told(desk: FireDesk) -> str:
    desk.system.settle()
    newest = desk.client(desk.member, "notifications").get("/messages").json["items"][0]
    return str(newest["title"]["zh"] + newest["body"]["zh"] + newest["body"]["en"])


def _ban(desk: FireDesk) -> Any:
    body = {"uscc": desk.uscc, "source": "示范通报", "reason": "提供虚假材料"}
    return desk.client(MANAGER).post("/credit-records", json=body).json


def _lift(desk: FireDesk, record: Any) -> None:
    headers = {"If-Match": f'"{record["version"]}"'}
    path = f"/credit-records/{record['id']}/repair"
    assert desk.client(MANAGER).post(path, json={"reason": "已修复"}, headers=headers).status_code == 200


def test_on_a_promise_it_is_granted_at_once_and_checked_later(desk: Desk, clock: ManualClock) -> None:
    clock.set(_at(MONDAY))
    fire = FireDesk(desk)
    case_id = fire.fire_draft()
    before = fire.case(fire.member, case_id)
    assert (before["route"], before["routes"]) == ("ordinary", ["ordinary", "promise"])
    assert "choose-route" in before["actions"]
    chosen = fire.choose(case_id, "promise").json
    assert "declaration" not in {each["code"] for each in chosen["materials"]}, "and its file has gone"

    with nothing_changes(fire.system):
        unread = fire.act(fire.member, case_id, "submit", {"declaration": True})
        assert wrongs(refusal(unread, 422)) == {"/promise": "required"}
    handed_in = fire.act(fire.member, case_id, "submit", {"declaration": True, "promise": True})
    assert handed_in.status_code == 200, handed_in.text
    with nothing_changes(fire.system):
        refusal(fire.choose(case_id, "ordinary"), 409, "wrong-state")
    promise = handed_in.json["promise"]
    assert (promise["state"], promise["promised_by"]) == ("made", fire.member.name)
    page = _slip(fire, case_id, "promise")
    for words in (
        "告知承诺书",
        "本场所符合消防技术标准和管理规定",
        "三万元以上",
        fire.member.name,
        "2026年11月23日",
    ):
        assert squeeze(words) in page, words

    fire.claim(WINDOW, case_id)
    accepted = fire.act(WINDOW, case_id, "accept").json
    assert (accepted["state"], accepted["due"]["on"]) == ("deciding", "2026-11-23")
    clocks = _clocks(fire, case_id)
    assert clocks["statutory"]["limit"]["n"] == 20 and clocks["promised"]["limit"]["unit"] == "immediate"
    fire.claim(APPROVER, case_id)
    granted = fire.act(APPROVER, case_id, "decide", {"granted": True})
    assert granted.status_code == 200, granted.text
    certificate = fire.case(fire.member, case_id)["certificate"]
    assert certificate["uscc"] == fire.uscc and certificate["number"].startswith("XF990101")

    check = _clocks(fire, case_id)["check"]
    assert (check["due_on"], check["limit"]["verified"]) == ("2026-12-21", False)
    assert "核查承诺的履行情况" in check["lines"][-1]["text"]["zh"]
    task = fire.claim(INSPECTOR, case_id)
    assert (task["kind"], task["due"]["on"], task["due"]["kind"]) == ("check", "2026-12-21", "check")
    assert fire.case(INSPECTOR, case_id)["actions"][0] == "record-check"
    with nothing_changes(fire.system):
        assert wrongs(refusal(fire.check_again(case_id, True, " "), 422)) == {"/findings": "required"}
        early = fire.check_again(case_id, False, "通道堵塞", correct_by="2026-11-23")
        assert wrongs(refusal(early, 422)) == {"/correct_by": "too-early"}
        assert wrongs(refusal(fire.check_again(case_id, False, "通道堵塞"), 422)) == {
            "/correct_by": "required"
        }
    clock.set(_at(date(2026, 12, 1)))
    kept = fire.check_again(case_id, True)
    assert kept.status_code == 200, kept.text
    assert (kept.json["state"], kept.json["promise"]["state"]) == ("granted", "fulfilled")
    assert _clocks(fire, case_id)["check"]["state"] == "met"
    assert _keys(fire, case_id)[-1] == "check_passed"
    assert "经核查，您已履行承诺" in _told(fire)
    with nothing_changes(fire.system):
        refusal(fire.check_again(case_id, True), 403, "claim-required")


def test_a_failed_check_orders_to_correct_and_the_second_one_decides(desk: Desk, clock: ManualClock) -> None:
    clock.set(_at(MONDAY))
    fire = FireDesk(desk)
    mended, broken = fire.granted_on_promise(), fire.granted_on_promise()
    for case_id in (mended, broken):
        ordered = fire.check(case_id, False, "疏散通道被占用", correct_by="2026-12-04")
        assert ordered.status_code == 200, ordered.text
        assert ordered.json["promise"]["state"] == "correcting"
    page = _slip(fire, mended, "correction_order")
    for words in ("责令限期改正通知书", "疏散通道被占用", "2026年12月4日", "第五十八条"):
        assert squeeze(words) in page, words
    assert "请于2026年12月4日前" in _told(fire)

    task = fire.claim(INSPECTOR, mended)
    assert task["due"]["on"] == "2026-12-04"
    with nothing_changes(fire.system):
        refusal(fire.check_again(mended, False, "仍被占用"), 409, "correction-running")
    assert fire.check_again(mended, True, "已经清理").json["promise"]["state"] == "fulfilled"

    clock.set(_at(date(2026, 12, 7)))
    fire.claim(INSPECTOR, broken)
    last = fire.check_again(broken, False, "仍被占用")
    assert last.status_code == 200, last.text
    assert [each["fulfilled"] for each in last.json["promise"]["checks"]] == [False, False]
    assert last.json["promise"]["state"] == "broken"
    assert _keys(fire, broken)[-2:] == ["promise_broken", "revocation_proposed"]
    notice = _slip(fire, broken, "revocation_notice")
    assert "仍被占用" in notice and squeeze("《消防法》第五十八条") in notice
    (record,) = fire.get(fire.member, "/credit-records").json["items"]
    assert (record["cause"], record["uscc"], record["case_id"]) == ("broken_promise", fire.uscc, broken)
    desk.system.settle()
    told = desk.client(fire.member, "notifications").get("/messages").json["items"]
    assert any("许可将依法撤销" in each["title"]["zh"] for each in told)
    proposed = fire.case(APPROVER, broken)["revocation"]
    assert proposed["state"] == "proposed", proposed
    said = fire.act(fire.member, broken, "state-objection", {"text": "正在改正"})
    assert said.status_code == 200, said.text
    task = fire.task(APPROVER, broken)
    assert task["kind"] == "revocation"
    fire.claim(APPROVER, broken)
    decided = fire.act(APPROVER, broken, "decide-revocation", {"revoked": True, "reason": "逾期未改正"})
    assert decided.status_code == 200, decided.text
    assert fire.case(fire.member, broken)["state"] == "revoked"
    assert fire.case(fire.member, broken)["certificate"]["status"] == "revoked"

    draft = fire.draft_of(fire.member, ITEM, {}, (), fire.uscc)
    refusal(fire.choose(draft, "promise"), 409, "credit-ban")
    assert fire.case(fire.member, draft)["credit_ban"]["text"]["zh"].startswith("自2026年12月7日起")


def test_whoever_is_banned_meanwhile_is_stopped_at_every_gate_but_not_on_the_ordinary_way(
    enterprise_desk: Desk,
) -> None:
    fire = FireDesk(enterprise_desk)
    draft, filed, accepted = fire.fire_draft("promise"), fire.filed("promise"), fire.taken_on("promise")
    fire.claim(WINDOW, filed)
    fire.claim(APPROVER, accepted)
    record = _ban(fire)
    sent = {"declaration": True, "promise": True}
    with nothing_changes(fire.system):
        for answer in (
            fire.act(fire.member, draft, "submit", sent),
            fire.act(WINDOW, filed, "accept"),
            fire.act(APPROVER, accepted, "decide", {"granted": True}),
        ):
            assert "提供虚假材料" in str(refusal(answer, 409, "credit-ban")["detail"])
    assert fire.case(INSPECTOR, filed)["credit_ban"] is None, "nobody learns of it who need not"
    assert fire.case(WINDOW, filed)["credit_ban"] is not None
    assert fire.choose(draft, "ordinary").status_code == 200
    assert fire.upload(fire.member, draft, "declaration").status_code == 201
    assert fire.act(fire.member, draft, "submit", {"declaration": True}).json["promise"] is None
    _lift(fire, record)
    assert fire.act(WINDOW, filed, "accept").json["state"] == "deciding"
    assert fire.act(APPROVER, accepted, "decide", {"granted": True}).json["state"] == "granted"


def test_the_ordinary_way_is_inspected_by_two_within_ten_working_days(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(MONDAY))
    fire = FireDesk(enterprise_desk)
    case_id = fire.taken_on()
    assert _clocks(fire, case_id)["statutory"]["due_on"] == "2026-12-07"
    task = fire.claim(INSPECTOR, case_id)
    opinion = {"conclusion": "approve", "text": "", "checks": fire.fire_checks()}
    visit = {"on": "2026-11-23", "inspectors": ["检查人员甲", "检查人员乙"], "findings": "符合要求"}
    with nothing_changes(fire.system):
        missing = fire.on_task(INSPECTOR, task, "opinion", opinion)
        assert wrongs(refusal(missing, 422)) == {"/inspection": "required"}
        alone = {**visit, "inspectors": ["检查人员甲", " 检查人员 甲"]}
        answer = fire.on_task(INSPECTOR, task, "opinion", {**opinion, "inspection": alone})
        assert wrongs(refusal(answer, 422)) == {"/inspection/inspectors": "too-few"}
    given = fire.on_task(INSPECTOR, task, "opinion", {**opinion, "inspection": visit})
    assert given.status_code == 200, given.text
    fire.claim(APPROVER, case_id)
    (kept,) = fire.case(APPROVER, case_id)["opinions"]
    assert kept["inspection"] == visit
    granted = fire.act(APPROVER, case_id, "decide", {"granted": True}).json
    assert (granted["state"], granted["promise"]) == ("granted", None)
    assert "check" not in _clocks(fire, case_id), "nothing was promised"


def test_an_item_without_a_second_way_has_nothing_to_choose(lasting_desk: Desk) -> None:
    desk = lasting_desk
    case_id = desk.draft()
    assert "choose-route" not in desk.case(AGENT, case_id)["actions"]
    with nothing_changes(desk.system):
        refusal(desk.act(AGENT, case_id, "choose-route", {"route": "promise"}), 409, "one-route")
        refusal(desk.act(OTHER_AGENT, case_id, "choose-route", {"route": "ordinary"}), 404)
    assert desk.act(AGENT, case_id, "choose-route", {"route": "ordinary"}).status_code == 200
