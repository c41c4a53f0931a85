"""Why a date is that date: the count of one clock retold line by line, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals.cases.clock import words
from approvals.cases.clock.counting import Counter, Due
from approvals.cases.clock.course import Suspension
from approvals.cases.clock.facts import (
    ClockFact,
    ClockKind,
    FactKind,
    Limit,
    StageLimit,
    Unit,
    name_of,
    say_amount,
)
from approvals.cases.clock.hours import Pause
from shared.calendar import DayEntry, say_date, say_period, say_weekday
from shared.clock import PARK_TZ, local_date
from shared.text import Text

_LEFT_OUT_IN = {
    Unit.WORKING_DAY: Unit.WORKING_DAY,
    Unit.IMMEDIATE: Unit.WORKING_DAY,
    Unit.CALENDAR_DAY: Unit.CALENDAR_DAY,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step of an explanation; `on` is the date it is about, None where it is about the whole."""

    on: date | None
    text: Text


@dataclass(frozen=True, slots=True)
class Timing:
    """All that went into the dates of one clock."""

    kind: ClockKind
    pays: bool
    licence: bool
    stage: StageLimit | None
    start: ClockFact
    closing: ClockFact | None
    limit: Limit
    extension: ClockFact | None
    total: int
    """The limit with its extension, in its unit."""
    counter: Counter
    due: Due
    provisional_years: tuple[int, ...]
    recounted: tuple[ClockFact, ...] = ()

    @property
    def due_words(self) -> Text:
        """What is due by the date, with a place for `{by}`."""
        return words.DUE_PAYMENT if self.pays else words.DUE_BY_KIND.get(self.kind, words.DUE)

    @property
    def lapsed(self) -> bool:
        """Whether this is an intake limit that ran out without an act, so that the law accepted."""
        by_law = self.closing is not None and self.closing.kind is FactKind.DEEMED_ACCEPTED
        return self.kind is ClockKind.INTAKE and by_law


def explain(timing: Timing) -> tuple[Line, ...]:
    """The lines in reading order: start, limit, what was left out or added day by day, the date, the end."""
    by_day = sorted(_days(timing), key=lambda line: line.on or date.max)
    return (_start(timing), *_limit(timing), *by_day, *_recounts(timing), *_result(timing))


def _start(timing: Timing) -> Line:
    fact = timing.start
    day = say_date(fact.effective_on)
    if timing.limit.unit is Unit.HOUR and fact.kind is not FactKind.DEEMED_ACCEPTED:
        text = words.STARTS_AT.format(moment=say_moment(fact.instant), event=name_of(fact.kind))
    elif timing.stage is not None:
        text = words.STAGE_STARTS.format(day=day, event=name_of(fact.kind), name=timing.stage.name)
    elif timing.limit.from_receipt and timing.kind is not ClockKind.INTAKE:
        anew = fact.kind is FactKind.CORRECTION_ANSWERED
        text = (words.ANSWERED_FOR_DECISION if anew else words.RECEIVED_FOR_DECISION).format(day=day)
    elif fact.kind is FactKind.DEEMED_ACCEPTED and not timing.licence:
        text = words.DEEMED_WITHOUT_LAW.format(day=day)
    else:
        text = (words.STARTS_PAYMENT if timing.pays else words.STARTS[fact.kind]).format(day=day)
    recorded_on = local_date(fact.recorded_at)
    # The end of a notice is nobody's act: when it was written down says nothing.
    if recorded_on != fact.effective_on and fact.kind is not FactKind.NOTICE_ENDED:
        text = _join(text, words.RECORDED.format(day=say_date(recorded_on)))
    return Line(fact.effective_on, text)


def _limit(timing: Timing) -> Iterator[Line]:
    wording = words.LIMIT if timing.limit.verified else words.LIMIT_UNVERIFIED
    yield Line(None, wording.format(amount=timing.limit.text, basis=timing.limit.basis))
    if timing.limit.unit is Unit.CALENDAR_DAY:
        yield Line(None, words.IN_A_ROW)
    elif timing.limit.unit is Unit.HOUR:
        yield Line(None, words.HOURS)


def _days(timing: Timing) -> Iterator[Line]:
    """What happened to single days; the line about all weekends has no date and comes last."""
    unit = timing.limit.unit
    if unit in (Unit.WORKING_DAY, Unit.IMMEDIATE):
        yield from _holidays_and_weekends(timing)
    if timing.extension is not None:
        yield _extension(timing.extension, unit)
    if unit is Unit.HOUR:
        yield from _pauses(timing)
        return
    for suspension in timing.counter.suspensions:
        if _matters(suspension, timing):
            yield _suspension(suspension, timing)


def _holidays_and_weekends(timing: Timing) -> Iterator[Line]:
    calendar, weekend_days = timing.counter.calendar, 0
    group: list[DayEntry] = []
    for day in _span(timing):
        if timing.counter.is_suspended(day):
            continue
        entry = calendar.entry(day)
        if entry is None:
            weekend_days += not calendar.is_working_day(day)
        elif entry.kind == "work":
            yield _make_up(entry)
        elif group and _continues(group[-1], entry):
            group.append(entry)
        else:
            yield from _holiday(group)
            group = [entry]
    yield from _holiday(group)
    if weekend_days:
        yield Line(None, words.WEEKENDS.format(n=weekend_days))


def _span(timing: Timing) -> Iterator[date]:
    """The days that the count went through: after the start, up to the due date or an open suspension."""
    last = timing.due.on
    if last is None:
        last = next((item.start for item in timing.counter.suspensions if item.end is None), None)
    start_on = timing.start.effective_on
    days = (last - start_on).days if last is not None else 0
    return (start_on + timedelta(days=offset) for offset in range(1, days + 1))


def _continues(before: DayEntry, entry: DayEntry) -> bool:
    return (
        entry.day - before.day == timedelta(days=1)
        and entry.name == before.name
        and entry.notice == before.notice
    )


def _holiday(group: list[DayEntry]) -> Iterator[Line]:
    if group:
        first, last = group[0], group[-1]
        period = say_period(first.day, last.day)
        yield Line(first.day, words.HOLIDAY.format(period=period, name=first.name, notice=_notice(first)))


def _make_up(entry: DayEntry) -> Line:
    day, weekday = say_date(entry.day), say_weekday(entry.day)
    text = words.MAKE_UP.format(day=day, weekday=weekday, name=entry.name, notice=_notice(entry))
    return Line(entry.day, text)


def _notice(entry: DayEntry) -> Text:
    return words.NOTICE.format(title=entry.notice.title, day=say_date(entry.notice.published_on))


def _extension(fact: ClockFact, unit: Unit) -> Line:
    text = words.EXTENDED.format(day=say_date(fact.effective_on), amount=say_amount(fact.days or 0, unit))
    if fact.note is not None:
        text = _join(text, words.REASONS.format(reasons=fact.note))
    return Line(fact.effective_on, text)


def _matters(suspension: Suspension, timing: Timing) -> bool:
    """Whether a suspension took any day out of this count."""
    begins_in_time = timing.due.on is None or suspension.start < timing.due.on
    return begins_in_time and (suspension.end is None or suspension.end > timing.start.effective_on)


def _suspension(suspension: Suspension, timing: Timing) -> Line:
    start = say_date(suspension.start)
    if suspension.end is None:
        text = words.STOPPED.format(start=start)
    else:
        plain = Counter(timing.counter.calendar, timing.limit.unit)
        after = max(suspension.start, timing.start.effective_on)
        amount = say_amount(plain.between(after, suspension.end), _LEFT_OUT_IN[timing.limit.unit])
        text = words.SUSPENDED.format(start=start, end=say_date(suspension.end), amount=amount)
    return Line(suspension.start, _join(text, _because(suspension.reasons)))


def _pauses(timing: Timing) -> Iterator[Line]:
    """What took hours out of the count."""
    last = timing.due.at
    for pause in timing.counter.pauses:
        if (last is None or pause.start < last) and (pause.end is None or pause.end > timing.start.instant):
            yield _pause(pause, timing)


def _pause(pause: Pause, timing: Timing) -> Line:
    day = local_date(pause.start)
    if pause.end is None:
        text = words.STOPPED.format(start=say_moment(pause.start))
    else:
        gone = pause.end - max(pause.start, timing.start.instant)
        hours, minutes = divmod(gone // timedelta(minutes=1), 60)
        text = words.SUSPENDED.format(
            start=say_moment(pause.start),
            end=say_moment(pause.end),
            amount=words.SPELL.format(hours=hours, minutes=minutes),
        )
    return Line(day, _join(text, _because(_reasons_on(day, timing))))


def _reasons_on(day: date, timing: Timing) -> tuple[Text, ...]:
    """The reasons of the suspension that a pause which starts on `day` belongs to."""
    found = (item for item in timing.counter.suspensions if item.start == day or item.holds(day))
    return next((item.reasons for item in found), ())


def _because(reasons: tuple[Text, ...]) -> Text:
    if not reasons:
        return Text.same("")
    named = Text("、".join(reason.zh for reason in reasons), ", ".join(reason.en for reason in reasons))
    return words.REASONS.format(reasons=named)


def _result(timing: Timing) -> Iterator[Line]:
    ends = timing.due
    if ends.on is not None:
        if ends.counted_to is not None and ends.counted_to != ends.on:
            yield _moved(timing, ends.counted_to, ends.on)
        if timing.provisional_years:
            years = [str(year) for year in timing.provisional_years]
            yield Line(None, words.PROVISIONAL.format(years=Text("、".join(years), ", ".join(years))))
        yield Line(ends.on, timing.due_words.format(by=_by(ends.on, ends.at), day=say_date(ends.on)))
    closing = timing.closing
    if closing is None:
        return
    if timing.lapsed:
        yield Line(ends.on, words.LAPSED)
    else:
        event = words.PAID if timing.pays and closing.kind is FactKind.DELIVERED else name_of(closing.kind)
        if closing.note is not None:
            event = _join(event, words.REASONS.format(reasons=closing.note))
        text = words.CLOSED.format(day=say_date(closing.effective_on), event=event)
        yield Line(closing.effective_on, text)


def _recounts(timing: Timing) -> Iterator[Line]:
    """When the dates of this clock were counted anew; not what was counted anew before or after it ran."""
    first = timing.start.effective_on
    last = timing.closing.effective_on if timing.closing else date.max
    for fact in timing.recounted:
        if fact.note is not None and first <= fact.effective_on <= last:
            text = words.RECOUNTED.format(day=say_date(fact.effective_on), notice=fact.note)
            yield Line(fact.effective_on, text)


def _moved(timing: Timing, counted_to: date, due_on: date) -> Line:
    wording = words.MOVED_AT_ONCE if timing.limit.unit is Unit.IMMEDIATE else words.MOVED
    text = wording.format(n=timing.total, day=say_date(counted_to), due=say_date(due_on))
    return Line(counted_to, text)


def _by(day: date, at: datetime | None) -> Text:
    if at is None:
        return words.BY_DAY.format(day=say_date(day))
    return words.BY_HOUR.format(day=say_date(day), hour=_hour(day, at))


def say_moment(at: datetime) -> Text:
    """`2026年11月2日16:30` / `2 November 2026, 16:30` in the park; midnight is 24:00 of the day before."""
    day = local_date(at - timedelta.resolution)
    return words.MOMENT.format(day=say_date(day), hour=_hour(day, at))


def say_due(on: date, at: datetime | None) -> Text:
    """By when something is due: the day, and of a limit in hours (`at` is its instant) the minute too."""
    return say_date(on) if at is None else say_moment(at)


def _hour(day: date, at: datetime) -> str:
    local = at.astimezone(PARK_TZ)
    return f"{local:%H:%M}" if local.date() == day else "24:00"


def _join(first: Text, second: Text) -> Text:
    return Text(first.zh + second.zh, first.en + second.en)
