"""Open cases when a notice is published: re-dated once each, with an event, a message and a reason."""

from datetime import date

import pytest
import sqlalchemy as sa

from approvals.tasks.model import Task
from shared.audit import AuditEntry
from shared.clock import ManualClock
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import PATH, at, in_force, prepare, publish
from tests.integration.approvals.people import ADMIN, AGENT, APPROVER, REVIEWER, WINDOW
from tests.integration.approvals.redating import (
    FORECAST,
    PUBLISHED,
    YEAR_END,
    events,
    lapses_on,
    messages,
    row,
)
from tests.integration.approvals.refusals import nothing_changes
from tests.unit.calendar_cases import CSV, TITLE


@pytest.fixture(autouse=True)
def year_end(clock: ManualClock) -> None:
    """The days between the years: what is handed in now is due in the next one."""
    clock.set(YEAR_END)


def test_a_case_that_runs_into_the_year_moves_when_its_notice_is_published(desk: Desk) -> None:
    system = desk.system
    case_id = desk.submitted()
    task = desk.claim(WINDOW, case_id)
    system.settle()
    assert (row(system, case_id).due_on, row(system, case_id).due_provisional) == (FORECAST, True)
    assert prepare(desk).status_code == 200

    with nothing_changes(system):
        (move,) = desk.get(ADMIN, f"{PATH}/draft/moves").json["items"]
    assert move["case"]["id"] == case_id and move["case"]["number"]
    assert move["before"] == {"on": "2027-01-06", "kind": "intake", "provisional": True}
    assert move["after"] == {"on": "2027-01-07", "kind": "intake", "provisional": False}

    assert publish(desk).status_code == 200
    system.settle()

    case = desk.case(AGENT, case_id)
    assert (case["due"]["on"], case["due"]["provisional"]) == ("2027-01-07", False)
    now = desk.task(WINDOW, case_id)
    assert (now["due"]["on"], now["due"]["provisional"]) == ("2027-01-07", False)
    assert now["version"] == task["version"] + 1 and now["claimed_by"]["id"] == str(WINDOW.id)
    assert lapses_on(system, case_id) == PUBLISHED
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert last["key"] == "redated" and last["actor"]["zh"] == "系统"
    assert last["detail"]["zh"] == f"因《{TITLE.zh}》公布，到期日由2027年1月6日调整为2027年1月7日"
    assert last["detail"]["en"] == f"By {TITLE.en} the date moved from 6 January 2027 to 7 January 2027"
    lines = desk.get(AGENT, f"/cases/{case_id}/deadline").json["clocks"][0]["lines"]
    assert any("重新推算" in line["text"]["zh"] for line in lines)
    assert not any("尚未公布" in line["text"]["zh"] for line in lines)
    assert events(system, case_id) == ["submitted", "redated"]
    assert messages(system) == [
        (AGENT.id, "case-date-moved", f"/applications/{case_id}"),
        (WINDOW.id, "claimed-case-date-moved", f"/desk/cases/{case_id}"),
    ]
    with system.runtime("enterprise").read() as session:
        act = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "case.redated")).one()
    assert (act.aggregate_id, act.actor_kind) == (case_id, "system")
    assert (act.details["from"], act.details["to"]) == ("2027-01-06", "2027-01-07")
    assert desk.act(WINDOW, case_id, "accept").status_code == 200


def test_a_date_that_stays_is_settled_and_says_so(desk: Desk, clock: ManualClock) -> None:
    """By this invention the forecast was right; people are told that it is none any more."""
    case_id = desk.submitted()
    in_force(desk, csv=CSV.replace("2027-01-04,off,元旦\n", ""))
    desk.system.settle()

    assert (row(desk.system, case_id).due_on, row(desk.system, case_id).due_provisional) == (FORECAST, False)
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert last["detail"]["zh"] == f"因《{TITLE.zh}》公布，2027年1月6日不再是预计日期"
    assert messages(desk.system) == [(AGENT.id, "case-date-settled", f"/applications/{case_id}")]


def test_cases_that_do_not_reach_the_year_or_are_over_are_left_alone(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    desk = sqlite_desk
    clock.set(at(date(2026, 12, 21)))
    early = desk.submitted()  # its intake limit ends on 28 December: deemed accepted, and long overdue
    clock.set(YEAR_END)
    desk.system.settle()
    ended, corrected, draft = desk.submitted(), desk.submitted(), desk.draft()
    desk.act(AGENT, ended, "withdraw", {})
    desk.claim(WINDOW, corrected)
    point = {"target": "/answers/company/trade_name", "requirement": "请更换"}
    assert desk.act(WINDOW, corrected, "request-correction", {"items": [point]}).status_code == 200
    accepted = desk.accepted()
    desk.claim(REVIEWER, accepted)
    versions = {case_id: row(desk.system, case_id).version for case_id in (early, ended, corrected, draft)}
    before = row(desk.system, accepted).due_on
    in_force(desk)
    desk.system.settle()

    assert {case_id: row(desk.system, case_id).version for case_id in versions} == versions
    assert events(desk.system, corrected)[-1] == "correction-requested"
    assert (before, row(desk.system, accepted).due_on) == (date(2026, 12, 30),) * 2  # promised this year


def test_a_light_that_alone_changes_its_day_is_nobodys_news_and_yet_on_record(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    desk = sqlite_desk
    in_force(desk)
    clock.set(at(date(2027, 1, 5)))
    case_id = desk.submitted()  # five working days, one of which is Sunday 10 January
    before = row(desk.system, case_id)
    in_force(desk, csv=CSV.replace("2027-01-10,work", "2027-01-09,work"))
    desk.system.settle()
    after = row(desk.system, case_id)
    assert before.due_on == after.due_on == date(2027, 1, 11)
    assert (before.yellow_on, after.yellow_on) == (date(2027, 1, 10), date(2027, 1, 9))
    assert events(desk.system, case_id) == ["submitted"]
    with desk.system.runtime("enterprise").read() as session:
        trail = sa.select(AuditEntry).where(AuditEntry.aggregate_id == case_id)
        last = session.scalars(trail.order_by(AuditEntry.number.desc())).first()
    assert last is not None and last.action == "case.recounted"


def test_the_live_task_alone_follows_the_date(sqlite_desk: Desk) -> None:
    case_id = sqlite_desk.submitted()
    task = sqlite_desk.claim(WINDOW, case_id)
    assert sqlite_desk.on_task(WINDOW, task, "release").status_code == 200
    in_force(sqlite_desk)
    sqlite_desk.system.settle()
    with sqlite_desk.system.runtime("enterprise").read() as session:
        (kept,) = session.scalars(sa.select(Task)).all()
    assert (kept.due_on, kept.due_provisional, kept.claimed_by) == (PUBLISHED, False, None)


def test_what_is_to_be_delivered_follows_the_new_calendar(sqlite_desk: Desk, clock: ManualClock) -> None:
    clock.set(at(date(2026, 12, 23)))
    case_id = sqlite_desk.decided()
    before = sqlite_desk.task(WINDOW, case_id)["due"]
    assert before["kind"] == "delivery" and before["provisional"]
    in_force(sqlite_desk)
    sqlite_desk.system.settle()
    after = sqlite_desk.task(WINDOW, case_id)["due"]
    said = sqlite_desk.case(AGENT, case_id)["delivery"]["due"]
    assert after["on"] == said["on"] > before["on"] and not after["provisional"]
    assert events(sqlite_desk.system, case_id)[-1] == "redated"
    last = sqlite_desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]["detail"]["zh"]
    assert "送达期限由" in last and "到期日由" not in last, "the answer itself was given before"


def test_of_a_granted_case_what_is_left_moves_and_never_the_date_of_the_answer(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    """Answered the day before it was due: that its promise would now have ended later is nobody's news."""
    desk = sqlite_desk
    clock.set(at(date(2026, 12, 31)))
    case_id = desk.decided()  # promised for 4 January, which will be off
    assert row(desk.system, case_id).due_on == date(2027, 1, 4)
    assert prepare(desk).status_code == 200
    (move,) = desk.get(ADMIN, f"{PATH}/draft/moves").json["items"]
    assert move["case"]["id"] == case_id, "who confirms the notice sees it too"
    assert move["before"]["on"] is None and move["after"]["on"] is None
    assert [each["name"]["zh"] for each in move["others"]] == ["送达期限", "环节“颁证与送达”"]

    assert publish(desk).status_code == 200
    desk.system.settle()
    last = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]
    assert last["key"] == "redated"
    assert "送达期限2027年1月15日" in last["detail"]["zh"] and "到期日" not in last["detail"]["zh"]


def test_a_statutory_date_that_moves_alone_is_told_and_the_stage_to_officials_only(
    desk: Desk, clock: ManualClock
) -> None:
    clock.set(at(date(2026, 12, 30)))
    case_id = desk.accepted()  # promised for 31 December, by law 6 January; 4 January will be off
    desk.claim(REVIEWER, case_id)
    desk.system.settle()
    in_force(desk)
    desk.system.settle()

    assert events(desk.system, case_id)[-1] == "redated"
    timeline = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]
    said = [entry["detail"] for entry in timeline if entry["key"] == "redated"]
    assert [each["zh"] for each in said] == [
        f"因《{TITLE.zh}》公布，法定办理期限由2027年1月5日调整为2027年1月6日"
    ]
    assert row(desk.system, case_id).due_on == date(2026, 12, 31)
    assert messages(desk.system) == [
        (AGENT.id, "case-other-date-moved", f"/applications/{case_id}"),
        (REVIEWER.id, "claimed-case-other-date-moved", f"/desk/cases/{case_id}"),
    ]
    with desk.system.runtime("enterprise").read() as session:
        act = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "case.redated")).one()
    assert act.details["dates"] == {"statutory": ["2027-01-05", "2027-01-06"]}

    in_force(desk)  # the same once more
    desk.system.settle()
    assert events(desk.system, case_id).count("redated") == 1


def test_a_stage_that_moves_alone_is_told_to_the_official_who_works_on_it(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    """The answer is overdue already; only the stage that runs now reaches into the new year."""
    desk = sqlite_desk
    clock.set(at(date(2026, 12, 21)))
    case_id = desk.accepted()
    task = desk.claim(REVIEWER, case_id)
    clock.set(at(date(2026, 12, 31)))
    opinion = {"conclusion": "approve", "text": "", "checks": desk.checks()}
    assert desk.on_task(REVIEWER, desk.task(REVIEWER, case_id), "opinion", opinion).status_code == 200
    assert task["stage"]["key"] == "review"
    before = desk.claim(APPROVER, case_id)["stage"]
    in_force(desk, csv=CSV)
    desk.system.settle()
    after = desk.task(APPROVER, case_id)["stage"]
    assert (before["on"], after["on"]) == ("2027-01-04", "2027-01-05")
    timeline = desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]
    assert timeline[-1]["key"] == "redated" and "2027年1月5日" not in timeline[-1]["detail"]["zh"]
    assert events(desk.system, case_id)[-1] == "redated"


def test_a_clock_that_stands_still_is_counted_by_the_new_calendar_when_it_goes_on(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    clock.set(at(date(2026, 12, 29)))
    case_id = sqlite_desk.accepted()
    sqlite_desk.claim(REVIEWER, case_id)
    body = {"kind": "testing", "reason": "样品需要检测", "expected_days": 2}
    assert sqlite_desk.act(REVIEWER, case_id, "start-procedure", body).status_code == 200
    in_force(sqlite_desk)
    sqlite_desk.system.settle()
    assert sqlite_desk.case(AGENT, case_id)["due"] is None
    clock.set(at(date(2026, 12, 31)))
    ended = sqlite_desk.act(REVIEWER, case_id, "end-procedure", {"kind": "testing"}).json
    assert (ended["due"]["on"], ended["due"]["provisional"]) == ("2027-01-05", False), "4 January is off"
