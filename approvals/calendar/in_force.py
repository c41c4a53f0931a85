"""The calendar in force: the one that ships with the code, each year replaced by its newest notice."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.calendar.model import CalendarNotice
from shared.calendar import WorkCalendar

_NEWEST = (
    sa.select(CalendarNotice.id, CalendarNotice.number)
    .where(CalendarNotice.number.is_not(None))
    .order_by(CalendarNotice.number.desc())
    .limit(1)
)


class CalendarInForce:
    """Gives the calendar in force in a transaction, to every process of the service alike.

    A transaction asks once which notice came into force last: one look at the end of an index, and nothing
    more while that stays the same. So a command counts by the calendar that was in force when it first asked.
    One that was already running when a notice came into force may still write an old date; the second
    round of re-dating (`redating.LATECOMERS`) finds it.

    What is kept between transactions goes by that notice's id and number. Notices are never edited, and a
    number is given out when all before it are settled; so both together mean one calendar only, even where
    the transaction that was about to publish the notice was rolled back.
    """

    def __init__(self, shipped: WorkCalendar) -> None:
        self._shipped = shipped
        self._newest: tuple[tuple[UUID, int] | None, WorkCalendar] = (None, shipped)

    def of(self, session: Session) -> WorkCalendar:
        """The calendar in force."""
        found: WorkCalendar | None = session.info.get(CalendarInForce)
        if found is None:
            found = session.info[CalendarInForce] = self._read(session)
        return found

    def _read(self, session: Session) -> WorkCalendar:
        # Past the session, which would first write out all that is pending.
        last = session.connection().execute(_NEWEST).one_or_none()
        if last is None:
            return self._shipped
        key = (last.id, last.number)
        known, calendar = self._newest
        if known != key:
            calendar = self._build(session, last.number)
            self._newest = (key, calendar)
        return calendar

    def _build(self, session: Session, up_to: int) -> WorkCalendar:
        """Every year's newest notice; in this order the newer one takes the place of the older."""
        notices = (
            sa.select(CalendarNotice).where(CalendarNotice.number <= up_to).order_by(CalendarNotice.number)
        )
        calendar = self._shipped
        with session.no_autoflush:
            for notice in session.scalars(notices):
                calendar = calendar.with_year(notice.year, "official", notice.entries)
        return calendar
