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
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from approvals.applications.commands import schedule_lapse
from approvals.calendar.model import CalendarNotice
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.lifecycle import RUNNING_STATES, State
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.notices import commands as notices
from approvals.notices.queries import reaching_into
from approvals.tasks import commands as tasks
from approvals.tasks.model import LIVE, Task, TaskKind
from shared.calendar import WorkCalendar, say_date
from shared.text import Text
from shared.transaction import Context, Transaction

ROUND_TIMER = "calendar-round"
REDATE_TIMER = "case-redate"
LATECOMERS = timedelta(minutes=10)
BATCH = 200

_NOTICE = Text("《{title}》", "{title}")
_MOVED = Text(
    "因{notice}公布，到期日由{before}调整为{after}", "By {notice} the date moved from {before} to {after}"
)
_SETTLED = Text("因{notice}公布，{after}不再是预计日期", "By {notice} {after} is no longer provisional")


@dataclass(frozen=True, slots=True)
class Move:
    """An open case with its dates as they stand and as a calendar gives them."""

    case: Case
    item: Item
    before: Reckoning
    after: Reckoning

    @property
    def is_told(self) -> bool:
        """Whether people are told: the date is another one, or no longer the forecast that it was."""
        return (self.before.due_on, self.before.provisional) != (self.after.due_on, self.after.provisional)


def moves(
    session: Session, context: Context, year: int, calendar: WorkCalendar, today: date, *, after: UUID | None
) -> tuple[list[Move], UUID | None]:
    """Of a batch of open cases those whose dates `calendar` changes, and where the next batch starts.

    Only cases due in `year` or later can move: a count that ends before it has used none of its days.
    """
    query = (
        sa.select(Case)
        .where(Case.state.in_(RUNNING_STATES), Case.due_on >= date(year, 1, 1))
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
        others = (*_to_be_delivered(tx.session, notice.year), *reaching_into(tx.session, notice.year))
        for waiting in map(str, others):
            tx.schedule(REDATE_TIMER, waiting, tx.now, {"case_id": waiting, "notice_id": str(notice.id)})
    if following is not None:
        again = {**payload, "after": str(following)}
        tx.schedule(ROUND_TIMER, f"{notice.id}/{payload['round']}", tx.now, again)


def redate(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Count the dates of one case anew, and tell those concerned; nothing where they are right."""
    notice = tx.session.get_one(CalendarNotice, UUID(str(payload["notice_id"])))
    case_id = UUID(str(payload["case_id"]))
    case = tx.session.scalar(sa.select(Case).where(Case.id == case_id).with_for_update())
    if case is not None and case.state is State.GRANTED:
        _redate_delivery(tx, case, notice)
    if case is None or case.state not in RUNNING_STATES:
        return
    notices.follow(tx, case, tx.resource(Catalogue).of(case))
    move = _move(tx.context, case, tx.resource(Deadlines).calendar_of(tx.session), tx.today)
    if move is None:
        return
    if move.is_told:
        _write_down(tx, move, notice)
    else:
        move.after.put_on(case)  # only its light changes on another day
    holder = tasks.redate(tx, case)
    if case.state is State.RECEIVED:
        schedule_lapse(tx, case)
    if move.is_told:
        _tell(tx, move, notice, holder)


def _to_be_delivered(session: Session, year: int) -> list[UUID]:
    """Granted cases whose certificate is to be delivered in `year` or later: no more than of a few weeks."""
    live = sa.and_(Task.kind == TaskKind.DELIVERY, Task.state.in_(LIVE))
    return list(session.scalars(sa.select(Task.case_id).where(live, Task.due_on >= date(year, 1, 1))))


def _redate_delivery(tx: Transaction, case: Case, notice: CalendarNotice) -> None:
    """The date by which the window has to deliver; what the applicant waits for, the answer, was given."""
    item = tx.resource(Catalogue).of(case)
    due = tx.resource(Deadlines).reckon_delivery(tx.session, case, item, tx.today)
    if due is not None and due.due_on is not None and tasks.redate_delivery(tx, case, due):
        details = {"to": due.due_on.isoformat(), "notice": str(notice.id)}
        tx.audit("case.delivery-redated", "case", case.id, details)


def _move(context: Context, case: Case, calendar: WorkCalendar, today: date) -> Move | None:
    item = context.resources.get(Catalogue).of(case)
    before = Reckoning.on(case)
    after = context.resources.get(Deadlines).reckon(calendar, case, item, today)
    return Move(case, item, before, after) if before != after else None


def _write_down(tx: Transaction, move: Move, notice: CalendarNotice) -> None:
    title = _NOTICE.format(title=Text.of(notice.title))
    before, after = (say_date(day) for day in _dates(move))
    wording = _SETTLED if move.before.due_on == move.after.due_on else _MOVED
    record(
        tx,
        move.case,
        move.item,
        "redated",
        office="system",
        facts=[Fact(FactKind.CALENDAR_CHANGED, tx.today, note=title, ref=str(notice.id))],
        detail=wording.format(notice=title, before=before, after=after),
    )


def _tell(tx: Transaction, move: Move, notice: CalendarNotice, holder: UUID | None) -> None:
    before, after = _dates(move)
    details = {"from": before.isoformat(), "to": after.isoformat(), "notice": str(notice.id)}
    tx.audit("case.redated", "case", move.case.id, details)
    announce(
        tx,
        move.case,
        move.item,
        "redated",
        more={
            "redating": {
                "previous_due_on": before,
                "previous_provisional": move.before.provisional,
                "notice": {
                    "year": notice.year,
                    "title": notice.title,
                    "published_on": notice.published_on,
                },
                "claimed_by": holder,
            }
        },
    )


def _dates(move: Move) -> tuple[date, date]:
    """Both dates of a case that is re-dated: it has one, and no calendar takes it away."""
    if move.before.due_on is None or move.after.due_on is None:
        raise LookupError(f"case {move.case.id} has no date to move")
    return move.before.due_on, move.after.due_on
