"""The rounds of re-dating: they may be repeated, broken off and late, and one case holds up no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from approvals.calendar.notice import judge
from approvals.calendar.redating import BATCH, LATECOMERS, REDATE_TIMER, ROUND_TIMER
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.items.catalogue import Catalogue
from shared.clock import ManualClock
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timekeeper import Timekeeper
from shared.messaging.timers import Timer
from shared.service import Runtime
from shared.testing.systems import SystemUnderTest
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.notices import PATH, at, in_force, prepare, publish
from tests.integration.approvals.people import ADMIN, AGENT, WINDOW
from tests.integration.approvals.redating import (
    FORECAST,
    PUBLISHED,
    YEAR_END,
    lapses_on,
    messages,
    row,
)
from tests.integration.approvals.refusals import dump
from tests.unit.calendar_cases import entered
from tests.unit.clock_cases import CALENDAR


@pytest.fixture(autouse=True)
def year_end(clock: ManualClock) -> None:
    """The days between the years: what is handed in now is due in the next one."""
    clock.set(YEAR_END)


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
