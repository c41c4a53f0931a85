"""Calendar feeds: what programs read, in every zone and language, and addresses that cannot be guessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from facilities.capacity.addresses import Feed, is_signed, token_for
from facilities.capacity.feeds import (
    Entry,
    Status,
    calendar_text,
    clock_rules,
    status_of,
    uid_of,
)
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import State
from shared.text import Language, Text

H = timedelta(hours=1)
START = datetime(2026, 11, 23, 1, tzinfo=UTC)
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
BOOKING = UUID("01936a00-0000-7000-8000-000000000001")
ENTRY = Entry(
    uid=uid_of(BOOKING, "park.example"),
    span=Span(START, START + 2 * H),
    summary=Text("五轴加工中心", "Five-axis machine"),
    status=Status.CONFIRMED,
    sequence=3,
    changed_at=START - 24 * H,
    location=Text("3号楼，一层", "Building 3, ground floor"),
    url="https://park.example/bookings/1",
)
NAME = Text("预订", "Bookings")
SECRET = b"0123456789abcdef" * 2


def told(entries: list[Entry], tz: ZoneInfo, language: Language = "zh") -> str:
    return calendar_text(entries, "resource-17@park.example", NAME, tz, language)


def read(text: str) -> list[Event]:
    return [each for each in Calendar.from_ical(text).walk("VEVENT") if isinstance(each, Event)]


def test_a_booking_is_told_with_everything_a_calendar_needs() -> None:
    text = told([ENTRY], SHANGHAI)
    assert text == told([ENTRY], SHANGHAI)
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert {
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Shanghai",
        f"UID:{BOOKING}@park.example",
        "DTSTART;TZID=Asia/Shanghai:20261123T090000",
        "DTEND;TZID=Asia/Shanghai:20261123T110000",
        "DTSTAMP:20261122T010000Z",
        "SEQUENCE:3",
        "STATUS:CONFIRMED",
        "SUMMARY:五轴加工中心",
        "URL:https://park.example/bookings/1",
    } <= set(lines)
    assert max(len(line.encode()) for line in lines) <= 75


def test_it_is_told_in_one_language() -> None:
    text = told([ENTRY], SHANGHAI, "en")
    assert "SUMMARY:Five-axis machine" in text and "五轴" not in text
    assert "NAME:Bookings" in text


def test_a_calendar_without_bookings_is_one_too() -> None:
    assert read(told([], SHANGHAI)) == []


@pytest.mark.parametrize("state", State)
def test_every_state_is_told(state: State) -> None:
    expected = {"held": "TENTATIVE", "pending": "TENTATIVE"}
    expected |= dict.fromkeys(("confirmed", "in_use", "done"), "CONFIRMED")
    assert status_of(state) == expected.get(state, "CANCELLED")
    text = told([replace(ENTRY, status=status_of(state))], SHANGHAI)
    assert ("TRANSP:TRANSPARENT" in text) == (status_of(state) is Status.CANCELLED)


def test_a_text_cannot_leave_its_place() -> None:
    nasty = Text.same("a;b,c\\d\r\nEND:VEVENT\r\nBEGIN:VALARM\x00\x07\ud800")
    (event,) = read(told([replace(ENTRY, summary=nasty)], SHANGHAI))
    assert str(event["summary"]) == "a;b,c\\d\nEND:VEVENT\nBEGIN:VALARM?"
    assert not event.subcomponents


@given(st.text(), st.text())
def test_whatever_is_written_is_one_event(summary: str, description: str) -> None:
    entry = replace(ENTRY, summary=Text.same(summary), description=Text.same(description))
    text = told([entry, ENTRY], SHANGHAI)
    assert len(read(text)) == 2
    assert sum(line.startswith("BEGIN:") for line in text.split("\r\n")) == 5


def _offset_by(rules: Timezone, at: datetime) -> timedelta:
    """By the letter of RFC 5545, 3.6.5: the last part whose beginning, told by the clock before, has come."""
    begun: list[tuple[datetime, timedelta]] = []
    for part in rules.subcomponents:
        assert isinstance(part, TimezoneStandard | TimezoneDaylight)
        if part.DTSTART - part.TZOFFSETFROM <= at.replace(tzinfo=None):
            begun.append((part.DTSTART - part.TZOFFSETFROM, part.TZOFFSETTO))
    return max(begun)[1]


ZONES = st.sampled_from(
    [SHANGHAI, BERLIN, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"))]
)


@given(ZONES, st.datetimes(datetime(1985, 1, 1), datetime(2037, 1, 1)), st.integers(1, 600 * 24))  # noqa: DTZ001
@example(BERLIN, datetime(2027, 3, 28, 0, 30), 2)  # noqa: DTZ001
@example(BERLIN, datetime(2027, 10, 31, 0, 30), 2)  # noqa: DTZ001
@example(SHANGHAI, datetime(1986, 5, 3, 17), 2)  # noqa: DTZ001
def test_the_rules_of_the_clock_are_those_of_the_zone(tz: ZoneInfo, start: datetime, hours: int) -> None:
    start = start.replace(tzinfo=UTC)
    rules = clock_rules(tz, Span(start, start + hours * H))
    for step in range(0, hours + 1, max(hours // 200, 1)):
        at = start + step * H
        assert _offset_by(rules, at) == at.astimezone(tz).utcoffset()


@given(st.integers(0, 365 * 1440), st.integers(1, 600))
@example(303 * 1440, 45)  # 02:00 the first time, to 02:45
@example(303 * 1440 + 60, 30)  # 02:00 the second time, to 02:30
@example(86 * 1440 + 30, 60)
def test_times_come_back_as_they_were(minute: int, minutes: int) -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    span = Span(start, start + timedelta(minutes=minutes))
    (event,) = read(told([replace(ENTRY, span=span)], BERLIN))
    assert isinstance(event.start, datetime) and isinstance(event.end, datetime)
    assert Span(event.start, event.end) == span


def test_a_token_opens_its_own_feed_in_its_present_edition_alone() -> None:
    feed = Feed("resource", "17", 4)
    token = token_for(feed, SECRET)
    assert is_signed(feed, token, SECRET)
    assert len(token) == 43 and token.replace("-", "").replace("_", "").isalnum()
    for other in (
        replace(feed, serial=5),
        replace(feed, key="18"),
        replace(feed, kind="enterprise"),
        Feed("resource", "1", 74),
    ):
        assert not is_signed(other, token, SECRET)
    assert not is_signed(feed, token, SECRET[::-1])


@pytest.mark.parametrize("token", ["", "é", "\ud800", "=" * 43, "a" * 100_000, "\x00"])
def test_anything_else_is_no_token(token: str) -> None:
    assert not is_signed(Feed("resource", "17"), token, SECRET)


def test_a_short_secret_is_none() -> None:
    with pytest.raises(ValueError, match="short"):
        token_for(Feed("resource", "17"), b"secret")
