"""Bookings as a calendar that programs subscribe to (iCalendar, RFC 5545). Pure.

Times are wall times of the place, with the rules of its clock in the file (VTIMEZONE): a reader's program
needs to know no zone by its name. An entry keeps its UID for good; a higher SEQUENCE replaces what was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import WAITING, State
from shared.text import Language, Text

REFRESH = timedelta(hours=1)
"""How often programs are asked to look again."""
_PRODUCT = "-//Yuanban//Bookings//ZH"
_SECOND = timedelta(seconds=1)


class Status(StrEnum):
    """How sure an entry is."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking, as its feed tells of it."""

    uid: str
    span: Span
    summary: Text
    status: Status
    sequence: int
    """Grows with every change of the booking: its version."""
    changed_at: datetime
    """Aware; when what is told became so."""
    location: Text | None = None
    description: Text | None = None
    url: str | None = None


def uid_of(booking_id: UUID, authority: str) -> str:
    """The name of a booking in every calendar; `authority` is a domain that never changes."""
    return f"{booking_id}@{authority}"


def status_of(state: State) -> Status:
    """What a calendar is told of the state of a booking."""
    if state in WAITING:
        return Status.TENTATIVE
    held = state in {State.CONFIRMED, State.IN_USE, State.DONE}
    return Status.CONFIRMED if held else Status.CANCELLED


def calendar_text(
    entries: Sequence[Entry], uid: str, name: Text, tz: ZoneInfo, language: Language = "zh"
) -> str:
    """The calendar, in one language, as it is sent: `text/calendar; charset=utf-8`.

    `uid` names the calendar itself for good; the same entries always make the same text.
    """
    calendar = Calendar.new(
        uid=uid,
        prodid=_PRODUCT,
        name=_clean(name.in_(language)),
        refresh_interval=REFRESH,
        method="PUBLISH",
    )
    if entries:
        first = min(entry.span.start for entry in entries)
        last = max(entry.span.end for entry in entries)
        calendar.add_component(clock_rules(tz, Span(first, last)))
    for entry in entries:
        calendar.add_component(_event(entry, tz, language))
    written: bytes = calendar.to_ical()
    return written.decode()


def clock_rules(tz: ZoneInfo, span: Span) -> Timezone:
    """The offsets from UTC of a zone at least within a span, one part for each change of the clocks."""
    start = span.start.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    found = Timezone()
    found.add("tzid", tz.key)
    offset = _offset(tz, start)
    found.add_component(_since(tz, start, offset))
    while start <= span.end:
        # No two changes lie within a day; where there was one, its second is looked for.
        end = start + timedelta(days=1)
        if _offset(tz, end) != offset:
            change = _change(tz, start, end)
            found.add_component(_since(tz, change, offset))
            offset = _offset(tz, end)
        start = end
    return found


def _since(tz: ZoneInfo, at: datetime, before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    """What holds from an instant on; it is told by the clock as it was before."""
    local = at.astimezone(tz)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (at + before).replace(tzinfo=None))
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", _offset(tz, at))
    part.add("tzname", local.tzname())
    return part


def _change(tz: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The second, within a day, from which on the offset is another one."""
    before = _offset(tz, start)
    while end - start > _SECOND:
        middle = start + (end - start) // (2 * _SECOND) * _SECOND
        start, end = (middle, end) if _offset(tz, middle) == before else (start, middle)
    return end


def _offset(tz: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(tz).utcoffset() or timedelta(0)


def _event(entry: Entry, tz: ZoneInfo, language: Language) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("dtstart", _told(entry.span.start, tz))
    event.add("dtend", _told(entry.span.end, tz))
    event.add("summary", _clean(entry.summary.in_(language)))
    event.add("status", entry.status.value)
    event.add("sequence", entry.sequence)
    event.add("transp", "TRANSPARENT" if entry.status is Status.CANCELLED else "OPAQUE")
    for key, text in (("location", entry.location), ("description", entry.description)):
        if text is not None:
            event.add(key, _clean(text.in_(language)))
    if entry.url is not None:
        event.add("url", entry.url)
    return event


def _told(at: datetime, tz: ZoneInfo) -> datetime:
    """By the wall, or in UTC where the wall shows the time again: a program takes that for the first one."""
    local = at.astimezone(tz)
    return at if local.fold else local


def _clean(text: str) -> str:
    """Without the characters that RFC 5545 forbids in a text; what cannot be sent as UTF-8 is replaced."""
    kept = "".join(each for each in text if (each >= " " and each != "\x7f") or each in "\n\t")
    return kept.encode("utf-8", "replace").decode()
