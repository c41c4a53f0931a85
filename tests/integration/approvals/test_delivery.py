"""Delivery of what was granted: recorded by the window, or by the applicant's first opening."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

from shared.clock import PARK_TZ, ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, REVIEWER, WINDOW
from tests.integration.approvals.refusals import dump, nothing_changes, refusal, wrongs
from tests.unit.pdf_text import squeeze, texts

MONDAY = date(2026, 11, 23)
LAST_DAY = "2026-12-07"  # the tenth working day after it
HANDED_OVER = {"method": "in_person", "recipient": "企业经办人甲"}


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=PARK_TZ)


def _slips(desk: Desk, case_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    return found


def _clock(desk: Desk, case_id: str) -> dict[str, Any]:
    found = desk.get(AGENT, f"/cases/{case_id}/deadline").json
    assert found["light"] == "ended", "the answer has been given"
    clock: dict[str, Any] = next(each for each in found["clocks"] if each["kind"] == "delivery")
    return clock


def test_a_grant_is_to_be_delivered_within_ten_working_days_and_the_window_records_it(
    desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(MONDAY))
    case_id = desk.decided()
    case = desk.case(AGENT, case_id)
    assert case["due"]["light"] == "ended" and case["delivery"]["delivered"] is None
    assert (case["delivery"]["due"]["on"], case["delivery"]["due"]["light"]) == (LAST_DAY, "green")
    waiting = _clock(desk, case_id)
    assert (waiting["due_on"], waiting["state"]) == (LAST_DAY, "running")
    assert "第四十四条" in waiting["lines"][1]["text"]["zh"]
    (page,) = texts(desk.get(AGENT, f"/cases/{case_id}/slips/{_slips(desk, case_id)[-1]['id']}").data)
    assert squeeze("于2026年12月7日前（含当日）向你（单位）颁发、送达") in page
    task = desk.claim(WINDOW, case_id)
    assert (task["kind"], task["due"]["on"], task["due"]["kind"]) == ("delivery", LAST_DAY, "delivery")
    assert desk.case(WINDOW, case_id)["actions"] == ["record-delivery"]

    clock.set(_at(date(2026, 11, 26)))
    body = {"method": "post", "recipient": "前台张", "delivered_on": "2026-11-25", "note": "EMS 1234"}
    answer = desk.act(WINDOW, case_id, "record-delivery", body)
    assert answer.status_code == 200, answer.text
    delivered = desk.case(AGENT, case_id)["delivery"]["delivered"]
    assert (delivered["on"], delivered["method"], delivered["recipient"], delivered["note"]) == (
        "2026-11-25",
        "post",
        "前台张",
        "EMS 1234",
    )
    done = _clock(desk, case_id)
    assert (done["state"], done["lines"][-1]["on"]) == ("met", "2026-11-25")
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert (last["key"], last["effective_on"], last["actor"]["zh"]) == ("delivered", "2026-11-25", "窗口人员")
    slip = _slips(desk, case_id)[-1]
    assert slip["kind"] == "delivery_record"
    (page,) = texts(desk.get(AGENT, f"/cases/{case_id}/slips/{slip['id']}").data)
    for words in ("送达回证", "营业执照", "前台张", "邮寄送达", "2026年11月25日", "EMS 1234"):
        assert squeeze(words) in page
    assert desk.get(WINDOW, f"/cases/{case_id}/task").status_code == 204
    desk.system.settle()
    told = desk.client(AGENT, "notifications").get("/messages").json["items"][0]
    assert told["title"]["zh"] == "证件已送达" and "2026年11月25日" in told["body"]["zh"]
    assert all("前台张" not in row for row in dump(desk.system)["audit_entry"])
    assert all("前台张" not in row for row in dump(desk.system)["outbox_message"])


def test_the_first_opening_by_the_applicant_is_electronic_delivery(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    desk = enterprise_desk
    clock.set(_at(MONDAY))
    case_id = desk.decided()
    certificate = f"/cases/{case_id}/certificate"
    with nothing_changes(desk.system):
        for official in (REVIEWER, APPROVER, WINDOW):
            assert desk.get(official, certificate).status_code == 200
        assert desk.client(AGENT).send("HEAD", certificate).status_code == 200
    clock.set(_at(date(2026, 11, 24)))
    first = desk.get(AGENT, certificate)
    assert first.status_code == 200 and first.data.startswith(b"%PDF")
    delivered = desk.case(AGENT, case_id)["delivery"]["delivered"]
    assert (delivered["on"], delivered["method"], delivered["recipient"]) == (
        "2026-11-24",
        "electronic",
        AGENT.name,
    )
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert (last["key"], last["actor"]["en"]) == ("delivered", "Applicant")
    assert _clock(desk, case_id)["state"] == "met"
    assert desk.get(WINDOW, f"/cases/{case_id}/task").status_code == 204
    with nothing_changes(desk.system):
        assert desk.get(AGENT, certificate).data == first.data


def test_two_first_openings_at_once_are_one_delivery(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    case_id = desk.decided()
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: desk.get(AGENT, f"/cases/{case_id}/certificate"), range(4)))
    assert [answer.status_code for answer in opened] == [200] * 4
    keys = [each["key"] for each in desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]]
    assert keys.count("delivered") == 1
    assert [slip["kind"] for slip in _slips(desk, case_id)].count("delivery_record") == 1


def test_what_the_window_records_has_to_be_possible(lasting_desk: Desk) -> None:
    desk = Desk(lasting_desk.system, company={"trade_name": "云栖送"})
    case_id = desk.decided()
    with nothing_changes(desk.system):
        refusal(desk.act(WINDOW, case_id, "record-delivery", HANDED_OVER), 403, "claim-required")
        refusal(desk.act(AGENT, case_id, "record-delivery", HANDED_OVER), 403)
    desk.claim(WINDOW, case_id)
    with nothing_changes(desk.system):
        for wrong, expected in (
            ({"recipient": " "}, {"/recipient": "required"}),
            ({"delivered_on": "2026-11-20"}, {"/delivered_on": "before-decision"}),
            ({"delivered_on": "2026-11-24"}, {"/delivered_on": "future"}),
        ):
            body = {**HANDED_OVER, **wrong}
            assert wrongs(refusal(desk.act(WINDOW, case_id, "record-delivery", body), 422)) == expected
        electronic = {**HANDED_OVER, "method": "electronic"}
        assert "/method" in wrongs(refusal(desk.act(WINDOW, case_id, "record-delivery", electronic), 422))
    assert desk.act(WINDOW, case_id, "record-delivery", HANDED_OVER).status_code == 200
    with nothing_changes(desk.system):
        refusal(desk.act(WINDOW, case_id, "record-delivery", HANDED_OVER), 403, "claim-required")


def test_a_refusal_has_nothing_to_deliver(lasting_desk: Desk) -> None:
    case_id = lasting_desk.decided(granted=False, reason="住所材料不实")
    assert lasting_desk.case(AGENT, case_id)["delivery"] is None
    assert lasting_desk.get(WINDOW, f"/cases/{case_id}/task").status_code == 204
    clocks = lasting_desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"]
    assert "delivery" not in {clock["kind"] for clock in clocks}


def test_a_certificate_that_is_not_delivered_in_time_is_red_on_the_queue(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    clock.set(_at(MONDAY))
    case_id = sqlite_desk.decided()
    clock.set(_at(date(2026, 12, 8)))
    assert sqlite_desk.case(AGENT, case_id)["delivery"]["due"]["light"] == "red"
    assert sqlite_desk.task(WINDOW, case_id)["due"]["light"] == "red"
    assert _clock(sqlite_desk, case_id)["state"] == "overdue"
