"""Why a date is that date: the count of one clock retold line by line, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals.cases.clock.counting import Counter, Due
from approvals.cases.clock.course import Suspension
from approvals.cases.clock.facts import ClockFact, FactKind, Limit, StageLimit, Unit, name_of, say_amount
from approvals.cases.clock.hours import Pause
from shared.calendar import DayEntry, say_date, say_period, say_weekday
from shared.clock import PARK_TZ, local_date
from shared.text import Text

_STARTS = {
    FactKind.RECEIVED: Text(
        "{day}收到申请材料，当日不计入，受理期限自次日起算（《民法典》第二百零一条）",
        "Application received on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.CORRECTION_ANSWERED: Text(
        "{day}收到补正后的申请材料，受理期限重新计算，当日不计入",
        "Corrected application received on {day}; the intake limit starts anew and that day is not counted",
    ),
    FactKind.ACCEPTED: Text(
        "{day}受理，当日不计入，办理期限自次日起算（《民法典》第二百零一条）",
        "Accepted on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.DEEMED_ACCEPTED: Text(
        "未在期限内告知补正，自{day}收到申请材料之日起即为受理（《行政许可法》第三十二条），当日不计入",
        "No correction notice was given in time, so the application counts as accepted from the day it was "
        "received, {day} (Administrative Licensing Law, art. 32); that day is not counted",
    ),
    FactKind.GAPS_ACCEPTED: Text(
        "{day}容缺受理并告知补齐期限，当日不计入，期限自次日起算（《民法典》第二百零一条）",
        "Accepted with gaps on {day}, when the make-up limit was told; that day is not counted (Civil Code, "
        "art. 201)",
    ),
    FactKind.DECIDED: Text(
        "{day}作出准予决定，当日不计入，期限自次日起算（《民法典》第二百零一条）",
        "Granted on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.NOTICE_PUBLISHED: Text(
        "{day}公示，当日不计入，公示期自次日起算（《民法典》第二百零一条）",
        "Published on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.NOTICE_ENDED: Text(
        "公示期于{day}届满，当日不计入，申请期限自次日起算（《民法典》第二百零一条）",
        "The notice ends with {day}; that day is not counted (Civil Code, art. 201)",
    ),
}
_STARTS_PAYMENT = Text(
    "{day}作出拨付决定，当日不计入，拨付期限自次日起算（《民法典》第二百零一条）",
    "Granted on {day}; that day is not counted (Civil Code, art. 201)",
)
_STAGE_STARTS = Text(
    "{day}{event}，环节“{name}”开始，当日不计入",
    "{day}: {event}; the stage “{name}” begins and that day is not counted",
)
_STARTS_AT = Text(
    "{moment}{event}，期限自此时起按小时计算（《民法典》第二百零一条）",
    "{moment}: {event}; hours are counted from this moment (Civil Code, art. 201)",
)
_RECEIVED_FOR_DECISION = Text(
    "{day}收到申请材料，当日不计入，办理期限自次日起算（《民法典》第二百零一条）",
    "Application received on {day}, and the limit runs; that day is not counted (Civil Code, art. 201)",
)
_ANSWERED_FOR_DECISION = Text(
    "{day}收到补正后的申请材料，办理期限重新计算，当日不计入",
    "Corrected application received on {day}; the limit starts anew and that day is not counted",
)
_RECORDED = Text("（{day}补记）", " (recorded on {day})")
_LIMIT = Text("期限为{amount}（依据：{basis}）", "The limit is {amount} (basis: {basis})")
_LIMIT_UNVERIFIED = Text(
    "期限为{amount}（依据：{basis}，尚未核实）", "The limit is {amount} (basis: {basis}; not verified)"
)
_IN_A_ROW = Text(
    "按自然日连续计算，其间的休息日和节假日计入", "Days run on; weekends and holidays are counted"
)
_HOURS = Text("按小时连续计算", "Hours run on without a break")
_EXTENDED = Text("{day}经批准延长{amount}", "Extended on {day} by {amount}")
_HOLIDAY = Text("{period}{name}放假，不计入（{notice}）", "{period}: {name}, not counted ({notice})")
_MAKE_UP = Text(
    "{day}（{weekday}）因{name}调休上班，计入（{notice}）",
    "{day} ({weekday}) is a make-up working day for {name} and is counted ({notice})",
)
_NOTICE = Text("《{title}》，{day}公布", "{title}, {day}")
_WEEKENDS = Text("周末休息日{n}天不计入", "Weekend days not counted: {n}")
_SUSPENDED = Text(
    "{start}起停止计算，{end}恢复计算：其间的{amount}不计入",
    "Suspended on {start} and resumed on {end}: {amount} not counted",
)
_STOPPED = Text(
    "{start}起停止计算，恢复后重新推算到期日",
    "Suspended on {start}; the due date will be computed on resumption",
)
_LEFT_OUT_IN = {
    Unit.WORKING_DAY: Unit.WORKING_DAY,
    Unit.IMMEDIATE: Unit.WORKING_DAY,
    Unit.CALENDAR_DAY: Unit.CALENDAR_DAY,
}
_SPELL = Text("{hours}小时{minutes}分", "{hours} h {minutes} min")
_REASONS = Text("（{reasons}）", " ({reasons})")
_MOVED = Text(
    "第{n}日{day}不是工作日，顺延至{due}（《民法典》第二百零三条）",
    "Day {n}, {day}, is not a working day, so the limit ends on {due} (Civil Code, art. 203)",
)
_MOVED_AT_ONCE = Text(
    "{day}不是工作日，顺延至{due}（《民法典》第二百零三条）",
    "{day} is not a working day, so the limit ends on {due} (Civil Code, art. 203)",
)
_PROVISIONAL = Text(
    "{years}年放假安排尚未公布，暂按法定节假日推算，公布后重新计算",
    "The holiday arrangement for {years} is not published yet; computed provisionally from statutory "
    "holidays and computed anew once it is",
)
_RECOUNTED = Text("{day}按{notice}重新推算", "Computed anew on {day} by {notice}")
_BY_DAY = Text("{day}前（含当日）", "{day}")
_MOMENT = Text("{day}{hour}", "{day}, {hour}")
_BY_HOUR = Text("{day}{hour}前", "{day}, {hour}")
DUE_INTAKE = Text(
    "应于{by}决定是否受理，或一次性告知补正",
    "A decision on acceptance, or one complete correction notice, is due by {by}",
)
DUE = Text("应于{by}办结", "The decision is due by {by}")
DUE_STAGE = Text("本环节应于{by}完成（内部期限）", "This stage is to be done by {by} (internal)")
DUE_CHECK = Text("应于{by}核查承诺的履行情况", "Whether the promise is kept is to be checked by {by}")
DUE_DELIVERY = Text("应于{by}颁发、送达证件", "The certificate is to be delivered by {by}")
DUE_PAYMENT = Text("应于{by}拨付", "To be paid by {by}")
DUE_MAKE_UP = Text(
    "应于{by}补齐所缺材料，逾期未补齐的终止办理",
    "The missing materials are due by {by}; if they do not come in time, the case is terminated",
)
DUE_NOTICE = Text("公示期至{day}（含当日）届满", "The notice ends with {day}")
DUE_FILING = Text("可于{by}提交申请", "The application may be handed in until {by}")
_PAID = Text("拨付", "payment")
_CLOSED = Text("{day}{event}，本期限终止", "{day}: {event}; this limit has ended")
_LAPSED = Text(
    "期满未告知补正，依法自收到申请材料之日起即为受理，本期限终止",
    "It ended without a notice; by law the application counts as accepted from the day of receipt",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One step of an explanation; `on` is the date it is about, None where it is about the whole."""

    on: date | None
    text: Text


@dataclass(frozen=True, slots=True)
class Timing:
    """All that went into the dates of one clock."""

    intake: bool
    due_words: Text
    """What is due by the date, with a place for `{by}`."""
    pays: bool
    stage: StageLimit | None
    start: ClockFact
    closing: ClockFact | None
    limit: Limit
    extension: ClockFact | None
    counter: Counter
    due: Due
    provisional_years: tuple[int, ...]
    recounted: tuple[ClockFact, ...] = ()

    @property
    def lapsed(self) -> bool:
        """Whether this is an intake limit that ran out without an act, so that the law accepted."""
        return self.intake and self.closing is not None and self.closing.kind is FactKind.DEEMED_ACCEPTED


def explain(timing: Timing) -> tuple[Line, ...]:
    """The lines in reading order: start, limit, what was left out or added day by day, the date, the end."""
    by_day = sorted(_days(timing), key=lambda line: line.on or date.max)
    return (_start(timing), *_limit(timing), *by_day, *_recounts(timing), *_result(timing))


def _start(timing: Timing) -> Line:
    fact = timing.start
    day = say_date(fact.effective_on)
    if timing.limit.unit is Unit.HOUR and fact.kind is not FactKind.DEEMED_ACCEPTED:
        text = _STARTS_AT.format(moment=say_moment(fact.instant), event=name_of(fact.kind))
    elif timing.stage is not None:
        text = _STAGE_STARTS.format(day=day, event=name_of(fact.kind), name=timing.stage.name)
    elif timing.limit.from_receipt and not timing.intake:
        anew = fact.kind is FactKind.CORRECTION_ANSWERED
        text = (_ANSWERED_FOR_DECISION if anew else _RECEIVED_FOR_DECISION).format(day=day)
    else:
        text = (_STARTS_PAYMENT if timing.pays else _STARTS[fact.kind]).format(day=day)
    recorded_on = local_date(fact.recorded_at)
    # The end of a notice is nobody's act: when it was written down says nothing.
    if recorded_on != fact.effective_on and fact.kind is not FactKind.NOTICE_ENDED:
        text = _join(text, _RECORDED.format(day=say_date(recorded_on)))
    return Line(fact.effective_on, text)


def _limit(timing: Timing) -> Iterator[Line]:
    wording = _LIMIT if timing.limit.verified else _LIMIT_UNVERIFIED
    yield Line(None, wording.format(amount=timing.limit.text, basis=timing.limit.basis))
    if timing.limit.unit is Unit.CALENDAR_DAY:
        yield Line(None, _IN_A_ROW)
    elif timing.limit.unit is Unit.HOUR:
        yield Line(None, _HOURS)


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
        yield Line(None, _WEEKENDS.format(n=weekend_days))


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
        yield Line(first.day, _HOLIDAY.format(period=period, name=first.name, notice=_notice(first)))


def _make_up(entry: DayEntry) -> Line:
    weekday = say_weekday(entry.day)
    text = _MAKE_UP.format(day=say_date(entry.day), weekday=weekday, name=entry.name, notice=_notice(entry))
    return Line(entry.day, text)


def _notice(entry: DayEntry) -> Text:
    return _NOTICE.format(title=entry.notice.title, day=say_date(entry.notice.published_on))


def _extension(fact: ClockFact, unit: Unit) -> Line:
    text = _EXTENDED.format(day=say_date(fact.effective_on), amount=say_amount(fact.days or 0, unit))
    if fact.note is not None:
        text = _join(text, _REASONS.format(reasons=fact.note))
    return Line(fact.effective_on, text)


def _matters(suspension: Suspension, timing: Timing) -> bool:
    """Whether a suspension took any day out of this count."""
    begins_in_time = timing.due.on is None or suspension.start < timing.due.on
    return begins_in_time and (suspension.end is None or suspension.end > timing.start.effective_on)


def _suspension(suspension: Suspension, timing: Timing) -> Line:
    start = say_date(suspension.start)
    if suspension.end is None:
        text = _STOPPED.format(start=start)
    else:
        plain = Counter(timing.counter.calendar, timing.limit.unit)
        after = max(suspension.start, timing.start.effective_on)
        amount = say_amount(plain.between(after, suspension.end), _LEFT_OUT_IN[timing.limit.unit])
        text = _SUSPENDED.format(start=start, end=say_date(suspension.end), amount=amount)
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
        text = _STOPPED.format(start=say_moment(pause.start))
    else:
        gone = pause.end - max(pause.start, timing.start.instant)
        hours, minutes = divmod(gone // timedelta(minutes=1), 60)
        text = _SUSPENDED.format(
            start=say_moment(pause.start),
            end=say_moment(pause.end),
            amount=_SPELL.format(hours=hours, minutes=minutes),
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
    return _REASONS.format(reasons=named)


def _result(timing: Timing) -> Iterator[Line]:
    ends = timing.due
    if ends.on is not None:
        if ends.counted_to is not None and ends.counted_to != ends.on:
            yield _moved(timing, ends.counted_to, ends.on)
        if timing.provisional_years:
            years = [str(year) for year in timing.provisional_years]
            yield Line(None, _PROVISIONAL.format(years=Text("、".join(years), ", ".join(years))))
        yield Line(ends.on, timing.due_words.format(by=_by(ends.on, ends.at), day=say_date(ends.on)))
    closing = timing.closing
    if closing is None:
        return
    if timing.lapsed:
        yield Line(ends.on, _LAPSED)
    else:
        event = _PAID if timing.pays and closing.kind is FactKind.DELIVERED else name_of(closing.kind)
        if closing.note is not None:
            event = _join(event, _REASONS.format(reasons=closing.note))
        text = _CLOSED.format(day=say_date(closing.effective_on), event=event)
        yield Line(closing.effective_on, text)


def _recounts(timing: Timing) -> Iterator[Line]:
    """When the dates of this clock were counted anew; not what was counted anew before or after it ran."""
    first = timing.start.effective_on
    last = timing.closing.effective_on if timing.closing else date.max
    for fact in timing.recounted:
        if fact.note is not None and first <= fact.effective_on <= last:
            text = _RECOUNTED.format(day=say_date(fact.effective_on), notice=fact.note)
            yield Line(fact.effective_on, text)


def _moved(timing: Timing, counted_to: date, due_on: date) -> Line:
    wording = _MOVED_AT_ONCE if timing.limit.unit is Unit.IMMEDIATE else _MOVED
    extension = (timing.extension.days or 0) if timing.extension else 0
    total = timing.limit.n + extension
    return Line(counted_to, wording.format(n=total, day=say_date(counted_to), due=say_date(due_on)))


def _by(day: date, at: datetime | None) -> Text:
    if at is None:
        return _BY_DAY.format(day=say_date(day))
    return _BY_HOUR.format(day=say_date(day), hour=_hour(day, at))


def say_moment(at: datetime) -> Text:
    """`2026年11月2日16:30` / `2 November 2026, 16:30` in the park; midnight is 24:00 of the day before."""
    day = local_date(at - timedelta.resolution)
    return _MOMENT.format(day=say_date(day), hour=_hour(day, at))


def say_due(on: date, at: datetime | None) -> Text:
    """By when something is due: the day, and of a limit in hours (`at` is its instant) the minute too."""
    return say_date(on) if at is None else say_moment(at)


def _hour(day: date, at: datetime) -> str:
    local = at.astimezone(PARK_TZ)
    return f"{local:%H:%M}" if local.date() == day else "24:00"


def _join(first: Text, second: Text) -> Text:
    return Text(first.zh + second.zh, first.en + second.en)
