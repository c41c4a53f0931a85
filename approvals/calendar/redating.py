"""What a notice does to open cases: seen beforehand, then done, case by case, each in its own transaction.

A notice in force starts two rounds, `FIRST` at once and `LATECOMERS` later. A round looks through the open
cases in the order of their ids, a batch a transaction, and makes an appointment (a timer) for each case whose
dates are not what the calendar in force gives. Both kinds of appointments are rows: a process that is killed
goes on with them where it was, and a case that cannot be re-dated holds up no other and is parked with its
reason. Re-dating compares with the facts each time, so doing it again does nothing.

The second round is for commands that were running while the notice came into force: they may have counted by
the calendar before it, and committed after the first round had passed them. A command lasts no longer than
its process may be silent (`shared.serve.TIMEOUT_S`, `shared.database.LONGEST_SILENCE_S`: a minute each).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from approvals.applications.commands import schedule_lapse
from approvals.calendar.model import CalendarNotice
from approvals.calendar.moving import Move, said_of
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.lifecycle import RUNNING_STATES, State
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.cases.warnings import schedule_warning
from approvals.gaps import commands as gaps
from approvals.gaps.queries import due_from
from approvals.items.catalogue import Catalogue
from approvals.notices import commands as notices
from approvals.notices.queries import reaching_into
from approvals.tasks import commands as tasks
from approvals.tasks.model import AFTER_DECISION, LIVE, Task, TaskKind
from shared.calendar import WorkCalendar
from shared.text import Text
from shared.transaction import Context, Transaction

ROUND_TIMER = "calendar-round"
REDATE_TIMER = "case-redate"
LATECOMERS = timedelta(minutes=10)
BATCH = 200

_NOTICE = Text("《{title}》", "{title}")


def moves(
    session: Session, context: Context, year: int, calendar: WorkCalendar, today: date, *, after: UUID | None
) -> tuple[list[Move], UUID | None]:
    """Of a batch of cases those whose dates `calendar` changes, and where the next batch starts.

    Only cases due in `year` or later can move: a count that ends before it has used none of its days.
    """
    query = (
        sa.select(Case)
        .where(sa.or_(_open_until(year), _granted_with_work_left(year)))
        .options(selectinload(Case.facts))
        .order_by(Case.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(Case.id > after)
    cases = session.scalars(query).all()
    found = [move for case in cases if (move := _move(context, case, calendar, today)) is not None]
    return found, cases[-1].id if len(cases) == BATCH else None


def begin(tx: Transaction, notice: CalendarNotice) -> None:
    """Start both rounds of re-dating for a notice that comes into force."""
    for name, due_at in (("first", tx.now), ("latecomers", tx.now + LATECOMERS)):
        tx.schedule(ROUND_TIMER, f"{notice.id}/{name}", due_at, {"notice_id": str(notice.id), "round": name})


def go_round(tx: Transaction, payload: Mapping[str, object]) -> None:
    """One batch of a round: an appointment for every case whose dates are no longer right."""
    notice = tx.session.get_one(CalendarNotice, UUID(str(payload["notice_id"])))
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    after = UUID(str(payload["after"])) if payload.get("after") else None
    found, following = moves(tx.session, tx.context, notice.year, calendar, tx.today, after=after)
    for move in found:
        case_id = str(move.case.id)
        tx.schedule(REDATE_TIMER, case_id, tx.now, {"case_id": case_id, "notice_id": str(notice.id)})
    if after is None:
        first = date(notice.year, 1, 1)
        for waiting in map(str, [*due_from(tx.session, first), *reaching_into(tx.session, notice.year)]):
            tx.schedule(REDATE_TIMER, waiting, tx.now, {"case_id": waiting, "notice_id": str(notice.id)})
    if following is not None:
        again = {**payload, "after": str(following)}
        tx.schedule(ROUND_TIMER, f"{notice.id}/{payload['round']}", tx.now, again)


def redate(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Count the dates of one case anew, and tell those concerned; nothing where they are right."""
    notice = tx.session.get_one(CalendarNotice, UUID(str(payload["notice_id"])))
    case_id = UUID(str(payload["case_id"]))
    case = tx.session.scalar(sa.select(Case).where(Case.id == case_id).with_for_update())
    if case is None or case.state not in (*RUNNING_STATES, State.GRANTED):
        return
    item = tx.resource(Catalogue).of(case)
    notices.follow(tx, case, item)
    gaps.redate(tx, case, item, _NOTICE.format(title=Text.of(notice.title)))
    move = _move(tx.context, case, tx.resource(Deadlines).calendar_of(tx.session), tx.today)
    if move is None:
        return
    if move.is_told:
        _write_down(tx, move, notice)
    else:  # only its light changes on another day, or a date that no longer matters
        move.after.put_on(case)
        tx.audit("case.recounted", "case", case.id, {"notice": str(notice.id)})
        schedule_warning(tx, case, move.before.dates)
    holder = _move_tasks(tx, move)
    if case.state is State.RECEIVED and move.item.handover is None:
        schedule_lapse(tx, case)
    if move.is_told:
        _tell(tx, move, notice, holder)


def _move_tasks(tx: Transaction, move: Move) -> UUID | None:
    """Let the live tasks follow; gives the official who holds the claim, if one does.

    What is still to be done on a granted case has clocks of its own: its delivery or payment,
    and the later check.
    """
    if move.case.state is not State.GRANTED:
        return tasks.redate(tx, move.case)
    deadlines = tx.resource(Deadlines)
    delivery = deadlines.reckon_delivery(tx.session, move.case, move.item, tx.today)
    check = deadlines.reckon_check(tx.session, move.case, move.item, tx.today)
    holders = [
        tasks.redate_one(tx, move.case, kind, due)
        for kind, due in (*((kind, delivery) for kind in AFTER_DECISION), (TaskKind.CHECK, check))
        if due is not None and due.due_on is not None
    ]
    return next((holder for holder in holders if holder is not None), None)


def _open_until(year: int) -> sa.ColumnElement[bool]:
    """Cases that wait for an answer and have a date in `year` or later."""
    first = date(year, 1, 1)
    return sa.and_(Case.state.in_(RUNNING_STATES), sa.or_(Case.due_on >= first, Case.latest_due_on >= first))


def _granted_with_work_left(year: int) -> sa.ColumnElement[bool]:
    """Granted cases to be delivered, paid or checked in `year` or later: no more than of a few weeks."""
    live = sa.and_(Task.kind.in_((*AFTER_DECISION, TaskKind.CHECK)), Task.state.in_(LIVE))
    return Case.id.in_(sa.select(Task.case_id).where(live, Task.due_on >= date(year, 1, 1)))


def _move(context: Context, case: Case, calendar: WorkCalendar, today: date) -> Move | None:
    item = context.resources.get(Catalogue).of(case)
    before = Reckoning.on(case)
    after = context.resources.get(Deadlines).reckon(calendar, case, item, today)
    return Move(case, item, before, after) if before != after else None


def _write_down(tx: Transaction, move: Move, notice: CalendarNotice) -> None:
    title = _NOTICE.format(title=Text.of(notice.title))
    record(
        tx,
        move.case,
        move.item,
        "redated",
        office="system",
        facts=[Fact(FactKind.CALENDAR_CHANGED, tx.today, note=title, ref=str(notice.id))],
        detail=said_of(move, title),
    )


def _tell(tx: Transaction, move: Move, notice: CalendarNotice, holder: UUID | None) -> None:
    tx.audit("case.redated", "case", move.case.id, _audited(move, notice))
    announce(
        tx,
        move.case,
        move.item,
        "redated",
        more={
            "redating": {
                "previous_due_on": move.before.due_on,
                "previous_provisional": move.before.provisional,
                "notice": {
                    "year": notice.year,
                    "title": notice.title,
                    "published_on": notice.published_on,
                },
                "claimed_by": holder,
                "moved": [
                    {
                        "clock": each.clock,
                        "name": each.after.name,
                        "previous_on": each.before.on,
                        "on": each.after.on,
                        "provisional": each.after.provisional,
                        "internal": each.is_internal,
                    }
                    for each in move.others
                ],
            }
        },
    )


def _audited(move: Move, notice: CalendarNotice) -> dict[str, object]:
    changes = {each.clock: [each.before.on.isoformat(), each.after.on.isoformat()] for each in move.changes}
    details: dict[str, object] = {"notice": str(notice.id), "dates": changes}
    if move.before.due_on is not None and move.after.due_on is not None:
        details |= {"from": move.before.due_on.isoformat(), "to": move.after.due_on.isoformat()}
    return details
