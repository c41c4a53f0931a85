"""Open cases when a notice is published: re-dated once each, with an event, a message and a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from approvals.calendar.notice import judge
from approvals.calendar.redating import BATCH, LATECOMERS, REDATE_TIMER, ROUND_TIMER
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.items.catalogue import Catalogue
from approvals.tasks.model import Task
from notifications.messages.model import Message
from shared.audit import AuditEntry
from shared.clock import ManualClock, local_date
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.service import Runtime
from shared.testing.systems import SystemUnderTest
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import PATH, at, in_force, prepare, publish
from tests.integration.approvals.people import ADMIN, AGENT, APPROVER, REVIEWER, WINDOW
from tests.integration.approvals.refusals import dump, nothing_changes
from tests.unit.calendar_cases import CSV, TITLE, entered
from tests.unit.clock_cases import CALENDAR

YEAR_END = at(date(2026, 12, 29))
FORECAST, PUBLISHED = date(2027, 1, 6), date(2027, 1, 7)
"""Five working days after 29 December, by the forecast and by the invented notice (4 January is off)."""


@pytest.fixture(autouse=True)
def year_end(clock: ManualClock) -> None:
    """The days between the years: what is handed in now is due in the next one."""
    clock.set(YEAR_END)


def row(system: SystemUnderTest, case_id: str) -> Case:
    with system.runtime("enterprise").read() as session:
        return session.get_one(Case, UUID(case_id))


def lapses_on(system: SystemUnderTest, case_id: str) -> date:
    """The last day of the intake limit, as its timer has it."""
    with system.runtime("enterprise").read() as session:
        query = sa.select(Timer.due_at).where(Timer.name == "intake-lapse", Timer.key == case_id)
        return local_date(session.scalars(query).one()) - timedelta(days=1)


def events(system: SystemUnderTest, subject: str) -> list[str]:
    with system.runtime("enterprise").read() as session:
        query = sa.select(OutboxMessage.type).where(OutboxMessage.aggregate_id == subject)
        return [each.split(".")[3] for each in session.scalars(query.order_by(OutboxMessage.sequence))]


def messages(system: SystemUnderTest) -> list[tuple[UUID, str, str]]:
    with system.runtime("notifications").read() as session:
        query = sa.select(Message).where(Message.template.contains("date-"))
        return sorted((each.recipient, each.template, each.link) for each in session.scalars(query))


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


def test_going_round_again_changes_nothing(desk: Desk, clock: ManualClock) -> None:
    """The second round, a repeated appointment, and a notice that says the same once more."""
    case_id = desk.submitted()
    in_force(desk)
    desk.system.settle()
    version = row(desk.system, case_id).version
    before = dump(desk.system)

    clock.advance(LATECOMERS)
    desk.system.settle()
    after = dump(desk.system)
    assert {name: rows for name, rows in after.items() if name != "timer"} == {
        name: rows for name, rows in before.items() if name != "timer"
    }
    assert not any(ROUND_TIMER in timer for timer in after["timer"])

    in_force(desk)
    desk.system.settle()
    assert row(desk.system, case_id).version == version
    assert len(messages(desk.system)) == 1


def test_a_case_that_was_counted_by_the_old_calendar_meanwhile_is_found_later(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    """As if its command had begun before the notice came into force and ended after the first round."""
    case_id = sqlite_desk.submitted()
    stale = row(sqlite_desk.system, case_id)
    in_force(sqlite_desk)
    sqlite_desk.system.settle()
    with sqlite_desk.system.runtime("enterprise").database.write() as session:
        old = {
            "due_on": stale.due_on,
            "due_provisional": True,
            "yellow_on": stale.yellow_on,
            "dates": stale.dates,
        }
        session.execute(sa.update(Case).values(**old, version=Case.version + 1))
    sqlite_desk.system.settle()
    assert row(sqlite_desk.system, case_id).due_on == FORECAST

    clock.advance(LATECOMERS)
    sqlite_desk.system.settle()

    assert row(sqlite_desk.system, case_id).due_on == PUBLISHED


def test_nobody_is_deemed_accepted_by_a_date_that_the_notice_has_moved(
    sqlite_desk: Desk, clock: ManualClock
) -> None:
    """行政许可法 art. 32(4): the limit is the one of the published calendar, re-dated yet or not."""
    desk = sqlite_desk
    case_id = desk.submitted()
    clock.set(at(PUBLISHED))  # the day after the forecast, and the last one by the notice
    in_force(desk)
    with _not_re_dated(desk.system):
        Timekeeper(desk.system.runtime("enterprise")).wake_due()  # the lapse of the old date among them
        desk.claim(WINDOW, case_id)
    assert row(desk.system, case_id).state == "received"

    desk.system.settle()
    assert (row(desk.system, case_id).due_on, lapses_on(desk.system, case_id)) == (PUBLISHED, PUBLISHED)
    clock.set(at(PUBLISHED + timedelta(days=1)))
    desk.system.settle()
    assert row(desk.system, case_id).state == "accepted"
    assert desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"][-1]["key"] == "deemed_accepted"


@contextmanager
def _not_re_dated(system: SystemUnderTest) -> Iterator[None]:
    """Rounds and re-dating wait until the block is over."""
    _postpone(system, timedelta(hours=1))
    yield
    _postpone(system, -timedelta(hours=1))


def _postpone(system: SystemUnderTest, by: timedelta) -> None:
    with system.runtime("enterprise").database.write() as session:
        for timer in session.scalars(sa.select(Timer).where(Timer.name.in_([ROUND_TIMER, REDATE_TIMER]))):
            timer.due_at += by


def test_a_process_that_ends_amid_the_rounds_goes_on_where_it_was(
    enterprise_desk: Desk, clock: ManualClock
) -> None:
    """More cases than a batch, of which some move; after each look at what is due it is another process."""
    system = enterprise_desk.system
    original = enterprise_desk.submitted()
    count = _multiply(system, original, BATCH + 5)
    seen: set[str] = set()
    cursor: str | None = None
    assert prepare(enterprise_desk).status_code == 200
    pages = 0
    while True:
        query = {"cursor": cursor} if cursor else {}
        page = enterprise_desk.get(ADMIN, f"{PATH}/draft/moves", query_string=query).json
        pages += 1
        seen |= {move["case"]["id"] for move in page["items"]}
        cursor = page["next"]
        if cursor is None:
            break
    assert (len(seen), pages) == (count, 2)
    assert publish(enterprise_desk).status_code == 200

    here = system.runtime("enterprise")
    lives = 0
    while True:
        process = Runtime(here.service, here.settings, here.contracts, clock)
        woken = Timekeeper(process).wake_due()
        process.close()
        if woken == 0:
            break
        lives += 1
    assert lives >= 3  # two rounds of one batch each, and what they have found

    with here.read() as session:
        dates = session.execute(
            sa.select(Case.due_on, Case.due_provisional, sa.func.count()).group_by(
                Case.due_on, Case.due_provisional
            )
        ).all()
        told = session.scalar(sa.select(sa.func.count()).where(OutboxMessage.type.contains("case.redated")))
        left = session.scalars(sa.select(Timer.name).where(Timer.name == REDATE_TIMER)).all()
    assert [tuple(each) for each in dates] == [(PUBLISHED, False, BATCH + 6)]
    assert told == count and left == []


def _multiply(system: SystemUnderTest, case_id: str, copies: int) -> int:
    """More cases like this one, row and facts, every 20th by the forecast; gives how many have to move."""
    stale = range(1, copies + 1, 20)
    runtime = system.runtime("enterprise")
    judged = judge(entered(), 2027, calendar=CALENDAR, today=YEAR_END.date())
    with runtime.read() as session:
        case, catalogue = session.get_one(Case, UUID(case_id)), runtime.context.resources.get(Catalogue)
        moved = runtime.context.resources.get(Deadlines).reckon(
            CALENDAR.with_year(2027, "official", judged.days), case, catalogue.of(case), YEAR_END.date()
        )
    with system.runtime("enterprise").database.write() as session:
        case = session.get_one(Case, UUID(case_id))
        columns = {column.name: getattr(case, column.name) for column in sa.inspect(Case).columns}
        (fact,) = case.facts
        facts = {c.name: getattr(fact, c.name) for c in sa.inspect(type(fact)).columns if c.name != "id"}
        session.execute(
            sa.insert(Case),
            [{**columns, "id": UUID(int=n), "number": f"{n:018}"} for n in range(1, copies + 1)],
        )
        known = sa.update(Case).where(Case.id.not_in([case.id, *(UUID(int=n) for n in stale)]))
        session.execute(
            known.values(
                due_on=PUBLISHED, due_provisional=False, yellow_on=moved.yellow_on, dates=dict(moved.dates)
            )
        )
        session.execute(
            sa.insert(type(fact)), [{**facts, "case_id": UUID(int=n)} for n in range(1, copies + 1)]
        )
    return len(stale) + 1


def test_one_case_that_cannot_be_re_dated_holds_up_no_other(sqlite_desk: Desk, logs: list[Any]) -> None:
    broken, sound = sqlite_desk.submitted(), sqlite_desk.submitted()
    in_force(sqlite_desk)
    runtime = sqlite_desk.system.runtime("enterprise")
    with runtime.database.write() as session:
        session.execute(
            sa.text(
                "CREATE TRIGGER no BEFORE UPDATE ON task WHEN OLD.case_id = "
                f"'{UUID(broken).hex}' BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        )
    sqlite_desk.system.settle()

    assert row(sqlite_desk.system, sound).due_on == PUBLISHED
    assert row(sqlite_desk.system, broken).due_on == FORECAST
    (stuck,) = sqlite_desk.get(ADMIN, "/stuck-events").json["items"]
    assert (stuck["name"], stuck["key"], stuck["state"]) == (REDATE_TIMER, broken, "waiting")


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
