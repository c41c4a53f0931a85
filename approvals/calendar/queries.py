"""Reading the calendar: years with their standing and sources, drafts, and what came into force when."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.calendar.events import public_state
from approvals.calendar.model import CalendarNotice, CalendarYear
from shared.errors import NotFound
from shared.messaging.contracts import EventContract
from shared.service import Fact
from shared.text import Text

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years that can be asked for; a rule without tables would answer for any."""


def version_of(session: Session, year: int) -> int:
    """The version of the year: 0 as long as nobody has entered anything about it."""
    return session.scalar(sa.select(CalendarYear.version).where(CalendarYear.year == year)) or 0


def draft_of(session: Session, year: int) -> CalendarNotice | None:
    """The notice that is being prepared for the year."""
    return session.scalar(
        sa.select(CalendarNotice).where(CalendarNotice.year == year, CalendarNotice.number.is_(None))
    )


def require_draft(session: Session, year: int) -> CalendarNotice:
    """The same; NotFound when there is none."""
    draft = draft_of(session, year)
    if draft is None:
        raise NotFound(
            Text("{year}年没有待生效的放假安排", "No notice is being prepared for {year}").format(year=year)
        )
    return draft


def require_year(year: int) -> None:
    """NotFound for a year that no calendar of ours can mean."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(Text("没有这一年的工作日历", "There is no calendar of this year"))


def history_of(session: Session, year: int) -> Sequence[CalendarNotice]:
    """The notices that came into force for the year, the newest (the one in force) first."""
    in_force = CalendarNotice.number.is_not(None)
    query = sa.select(CalendarNotice).where(CalendarNotice.year == year, in_force)
    return session.scalars(query.order_by(CalendarNotice.number.desc())).all()


def years_with_drafts(session: Session) -> set[int]:
    """Years for which a notice is being prepared."""
    return set(session.scalars(sa.select(CalendarNotice.year).where(CalendarNotice.number.is_(None))))


def tell_all(session: Session, contract: EventContract) -> Iterator[Fact]:
    """Every year with a notice in force, for a service that keeps copies and came later."""
    for row in session.scalars(sa.select(CalendarYear).order_by(CalendarYear.year)):
        in_force = history_of(session, row.year)
        if in_force:
            yield Fact(contract, str(row.year), row.event_sequence, public_state(in_force[0]))
