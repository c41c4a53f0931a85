"""Keeping the calendar: prepare a notice, give it up, bring it into force."""

import sqlalchemy as sa

from approvals.calendar.events import calendar_published, public_state
from approvals.calendar.model import CalendarDay, CalendarNotice, CalendarYear
from approvals.calendar.notice import Entered, check_year, judge
from approvals.calendar.queries import draft_of, require_draft
from approvals.calendar.redating import begin
from approvals.cases.deadline import Deadlines
from shared.database import insert_if_absent, take_turns
from shared.errors import FieldError, InvalidInput, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_TURNS = "calendar"


def prepare(tx: Transaction, year: int, entered: Entered, *, seen: int) -> CalendarYear:
    """Keep a notice as the year's draft, in place of an earlier one; nothing is counted by it yet.

    `seen` is the version of the year that the administrator decided on (0: nothing was there).
    Raises InvalidInput naming every line that is wrong or contradicts another, PreconditionFailed.
    """
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    judged = judge(entered, year, calendar=calendar, today=tx.today)
    if judged.errors:
        raise InvalidInput(errors=judged.errors)
    row = _take(tx, year, seen)
    _forget_draft(tx, year)
    notice = judged.notice
    draft = CalendarNotice(
        id=new_id(),
        year=year,
        title=notice.title.to_dict(),
        document=notice.document,
        published_on=notice.published_on,
        url=notice.url,
        entered_at=tx.now,
        entered_name=tx.actor.name,
        days=[CalendarDay(day=day.day, kind=day.kind, name=day.name.to_dict()) for day in judged.days],
    )
    tx.session.add(draft)
    row.version += 1
    details = {"notice": str(draft.id), "document": draft.document, "days": len(draft.days)}
    tx.audit("calendar.prepared", "calendar", str(year), details)
    return row


def give_up(tx: Transaction, year: int, *, seen: int) -> None:
    """Throw the draft away. Raises NotFound when there is none, PreconditionFailed."""
    row = _take(tx, year, seen)
    draft = require_draft(tx.session, year)
    tx.audit("calendar.given-up", "calendar", str(year), {"notice": str(draft.id)})
    _forget_draft(tx, year)
    row.version += 1


def publish(tx: Transaction, year: int, reason: str, *, seen: int) -> CalendarYear:
    """Bring the draft into force: from the commit on all dates are counted by it; open cases are re-dated.

    Raises NotFound without a draft, PreconditionFailed, InvalidInput without a reason or when the year is
    over meanwhile.
    """
    row = _take(tx, year, seen)
    draft = require_draft(tx.session, year)
    errors = check_year(year, tx.today)
    if not reason.strip():
        errors.append(FieldError("/reason", "required", Text("请填写原因", "Give a reason")))
    if errors:
        raise InvalidInput(errors=errors)
    # Numbers are given out one after the other, whatever the year: the newest names the whole calendar.
    take_turns(tx.session, _TURNS)
    draft.number = (tx.session.scalar(sa.select(sa.func.max(CalendarNotice.number))) or 0) + 1
    draft.in_force_at = tx.now
    draft.confirmed_name = tx.actor.name
    draft.reason = reason.strip()
    row.version += 1
    tx.emit(calendar_published(tx.context.service), row, str(year), public_state(draft))
    details = {"notice": str(draft.id), "number": draft.number, "reason": draft.reason}
    tx.audit("calendar.published", "calendar", str(year), details)
    begin(tx, draft)
    return row


def _take(tx: Transaction, year: int, seen: int) -> CalendarYear:
    """The year, locked: of two administrators at once the second finds what the first has left (412)."""
    insert_if_absent(tx.session, CalendarYear, {"year": year, "version": 0, "event_sequence": 0})
    row = tx.session.get_one(CalendarYear, year, with_for_update=True)
    if row.version != seen:
        raise PreconditionFailed
    return row


def _forget_draft(tx: Transaction, year: int) -> None:
    draft = draft_of(tx.session, year)
    if draft is not None:
        tx.session.delete(draft)
        tx.session.flush()  # before the next one comes, for a year has one draft at most
