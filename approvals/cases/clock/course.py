"""Reads a heap of clock facts as the course of one case, whatever order they were written down in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from approvals.cases.clock.facts import ClockError, ClockFact, FactKind, end_of, name_of
from approvals.cases.clock.hours import Pause, union
from shared.calendar import say_date
from shared.text import Text

_NOT_RECEIVED = Text(
    "尚未收到申请材料，不能记录“{kind}”", "Nothing was received yet, so there can be no {kind}"
)
_TWICE = Text("“{kind}”只能记录一次", "There can be only one {kind}")
_BEFORE_RECEIPT = Text(
    "“{kind}”（{day}）早于收到申请材料之日（{received}）",
    "The {kind} ({day}) lies before the receipt of the application ({received})",
)
_BEFORE_ACCEPTANCE = Text("受理之前不能记录“{kind}”", "There can be no {kind} before acceptance")
_CORRECTION_AFTER_ACCEPTANCE = Text(
    "“{kind}”（{day}）晚于受理之日，受理后的补正应按停止计算期限处理",
    "The {kind} ({day}) lies after acceptance; a later correction is a suspension",
)
_CORRECTION_ORDER = Text(
    "告知补正与补正材料的次数或先后不符", "Correction notices and answers do not follow one another"
)
_ACCEPTED_AND_DECLINED = Text(
    "同一申请不能既受理又不予受理", "An application cannot be both accepted and declined"
)
_TWO_ENDS = Text("同一申请不能有两种办理结果", "An application cannot end in two ways")
_AFTER_END = Text(
    "“{kind}”（{day}）晚于办理结束之日（{ended}）",
    "The {kind} ({day}) lies after the end of the case ({ended})",
)
_RESUME_ALONE = Text("没有停止计算期限，不能恢复", "Nothing was suspended, so nothing can resume")
_SUSPENSION_ORDER = Text(
    "停止与恢复计算期限的先后不符", "Suspensions and resumptions of one kind do not follow one another"
)
_NOT_DECIDED = Text("作出决定之前不能记录“{kind}”", "There can be no {kind} before the decision")
_NO_GAPS = Text("没有容缺受理，不能记录“{kind}”", "Nothing was accepted with gaps, so there can be no {kind}")
_EXTENSION_DAYS = Text("延长期限应写明大于零的天数", "An extension needs a length greater than zero")

_ENDINGS = (FactKind.DECLINED, FactKind.DECIDED, FactKind.WITHDRAWN, FactKind.TERMINATED)
_AFTER_ACCEPTANCE = (
    FactKind.SUSPENDED,
    FactKind.REVIEWED,
    FactKind.EXTENDED,
    FactKind.DECIDED,
    FactKind.GAPS_ACCEPTED,
)
_CORRECTIONS = (FactKind.CORRECTION_NOTIFIED, FactKind.CORRECTION_ANSWERED)

ByKind = dict[FactKind, list[ClockFact]]
"""The facts of each kind, earliest first."""
Span = tuple[ClockFact, ClockFact | None]
"""A suspension and its end, if it has ended."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days that do not count: `start < day <= end`; `end` is None while the suspension lasts."""

    start: date
    end: date | None
    reasons: tuple[Text, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether `day` is one of the days that do not count."""
        return self.start < day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Course:
    """A case from receipt to its end, as far as it has come."""

    received: ClockFact
    corrections: tuple[tuple[ClockFact, ClockFact | None], ...] = ()
    """Notice and complete answer, round by round; only the last can be unanswered."""
    accepted: ClockFact | None = None
    """Acceptance, by an act or by operation of law."""
    extended: ClockFact | None = None
    suspensions: tuple[Suspension, ...] = ()
    """The union of all suspensions, as intervals of days that neither touch nor overlap."""
    pauses: tuple[Pause, ...] = ()
    """The same between instants, for limits in hours."""
    reviews: tuple[ClockFact, ...] = ()
    """The opinions; where there are stages of examination the end of each, with its key as `ref`."""
    ended: ClockFact | None = None
    """Refusal of intake, decision, withdrawal or termination."""
    recounted: tuple[ClockFact, ...] = ()
    """The days on which the dates were counted anew because a calendar was published."""
    delivered: ClockFact | None = None
    """The delivery of what was granted."""
    gaps: ClockFact | None = None
    """Acceptance with gaps (容缺受理): from this day the missing materials are to follow."""
    made_up: ClockFact | None = None
    checked: ClockFact | None = None
    """The later check of what was promised."""

    def review(self, stage: str | None) -> ClockFact | None:
        """The end of a stage of examination; the last opinion where no stage is named."""
        found = [fact for fact in self.reviews if stage is None or fact.ref == stage]
        return found[-1] if found else None


def read_course(facts: Iterable[ClockFact]) -> Course | None:
    """The course that the facts tell; None when there are none.

    Raises ClockError for facts that cannot all be true. The order in which they come is irrelevant.
    """
    by_kind: ByKind = {kind: [] for kind in FactKind}
    for fact in facts:
        by_kind[fact.kind].append(fact)
    for found in by_kind.values():
        found.sort(key=_order)
    # A new calendar is nothing that happens to the case: it can neither come too early nor too late.
    recounted = by_kind.pop(FactKind.CALENDAR_CHANGED)
    if not any(by_kind.values()):
        return None
    received = _received(by_kind)
    accepted = _accepted(by_kind)
    ended = _ended(by_kind, accepted)
    _check_receipt(by_kind, received)
    _check_acceptance(by_kind, accepted)
    delivered = _after_decision(by_kind, FactKind.DELIVERED, ended)
    checked = _after_decision(by_kind, FactKind.CHECKED, ended)
    _check_end(by_kind, ended)
    spans = tuple(_spans(by_kind))
    return Course(
        received=received,
        corrections=_corrections(by_kind),
        accepted=accepted,
        extended=_extended(by_kind),
        suspensions=merge(_suspension(*span) for span in spans),
        pauses=union([_pause(*span) for span in spans]),
        reviews=tuple(by_kind[FactKind.REVIEWED]),
        ended=ended,
        recounted=tuple(recounted),
        delivered=delivered,
        gaps=_single(by_kind, FactKind.GAPS_ACCEPTED),
        made_up=_made_up(by_kind),
        checked=checked,
    )


def merge(suspensions: Iterable[Suspension]) -> tuple[Suspension, ...]:
    """The union as intervals in order; what touches or overlaps becomes one and keeps all reasons."""
    merged: list[Suspension] = []
    for item in sorted(suspensions, key=_suspension_order):
        if item.end == item.start:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < item.start):
            merged.append(item)
            continue
        end = None if last.end is None or item.end is None else max(last.end, item.end)
        merged[-1] = Suspension(last.start, end, tuple(dict.fromkeys((*last.reasons, *item.reasons))))
    return tuple(merged)


def _received(by_kind: ByKind) -> ClockFact:
    received = _single(by_kind, FactKind.RECEIVED)
    if received is None:
        other = next(kind for kind, found in by_kind.items() if found)
        raise ClockError("clock-not-received", _NOT_RECEIVED.format(kind=name_of(other)))
    return received


def _accepted(by_kind: ByKind) -> ClockFact | None:
    by_act = _single(by_kind, FactKind.ACCEPTED)
    by_law = _single(by_kind, FactKind.DEEMED_ACCEPTED)
    if by_act is not None and by_law is not None:
        raise ClockError("clock-twice", _TWICE.format(kind=name_of(FactKind.ACCEPTED)))
    return by_act or by_law


def _ended(by_kind: ByKind, accepted: ClockFact | None) -> ClockFact | None:
    endings = [fact for kind in _ENDINGS if (fact := _single(by_kind, kind)) is not None]
    if accepted is not None and by_kind[FactKind.DECLINED]:
        raise ClockError("clock-accepted-and-declined", _ACCEPTED_AND_DECLINED)
    if len(endings) > 1:
        raise ClockError("clock-two-ends", _TWO_ENDS)
    return endings[0] if endings else None


def _after_decision(by_kind: ByKind, kind: FactKind, ended: ClockFact | None) -> ClockFact | None:
    """A fact that comes after the end of the case, and only after a decision."""
    fact = _single(by_kind, kind)
    if fact is None:
        return None
    decided = ended if ended is not None and ended.kind is FactKind.DECIDED else None
    if decided is None or fact.effective_on < decided.effective_on:
        raise ClockError("clock-before-decision", _NOT_DECIDED.format(kind=name_of(kind)))
    return fact


def _made_up(by_kind: ByKind) -> ClockFact | None:
    gaps, made_up = _single(by_kind, FactKind.GAPS_ACCEPTED), _single(by_kind, FactKind.MADE_UP)
    if made_up is not None and (gaps is None or made_up.effective_on < gaps.effective_on):
        raise ClockError("clock-no-gaps", _NO_GAPS.format(kind=name_of(FactKind.MADE_UP)))
    return made_up


def _check_receipt(by_kind: ByKind, received: ClockFact) -> None:
    for kind, found in by_kind.items():
        if found and found[0].effective_on < received.effective_on:
            message = _BEFORE_RECEIPT.format(
                kind=name_of(kind),
                day=say_date(found[0].effective_on),
                received=say_date(received.effective_on),
            )
            raise ClockError("clock-before-receipt", message)


def _check_acceptance(by_kind: ByKind, accepted: ClockFact | None) -> None:
    for kind in _AFTER_ACCEPTANCE:
        found = by_kind[kind]
        if found and (accepted is None or found[0].effective_on < accepted.effective_on):
            raise ClockError("clock-before-acceptance", _BEFORE_ACCEPTANCE.format(kind=name_of(kind)))
    for kind in _CORRECTIONS:
        found = by_kind[kind]
        if found and accepted is not None and found[-1].effective_on > accepted.effective_on:
            day = say_date(found[-1].effective_on)
            message = _CORRECTION_AFTER_ACCEPTANCE.format(kind=name_of(kind), day=day)
            raise ClockError("clock-correction-after-acceptance", message)


def _check_end(by_kind: ByKind, ended: ClockFact | None) -> None:
    for kind, found in by_kind.items():
        if kind in (FactKind.DELIVERED, FactKind.CHECKED):
            continue
        if ended is not None and found and found[-1].effective_on > ended.effective_on:
            message = _AFTER_END.format(
                kind=name_of(kind),
                day=say_date(found[-1].effective_on),
                ended=say_date(ended.effective_on),
            )
            raise ClockError("clock-after-end", message)


def _corrections(
    by_kind: ByKind,
) -> tuple[tuple[ClockFact, ClockFact | None], ...]:
    notices = by_kind[FactKind.CORRECTION_NOTIFIED]
    answers = by_kind[FactKind.CORRECTION_ANSWERED]
    if not _alternate(notices, answers):
        raise ClockError("clock-correction-order", _CORRECTION_ORDER)
    return tuple(zip_longest(notices, answers))


def _spans(by_kind: ByKind) -> Iterable[Span]:
    """Each suspension from its start to its end, kind by kind."""
    starts, ends = by_kind[FactKind.SUSPENDED], by_kind[FactKind.RESUMED]
    for ref in {fact.ref for fact in (*starts, *ends)}:
        begun = [fact for fact in starts if fact.ref == ref]
        over = [fact for fact in ends if fact.ref == ref]
        if len(over) > len(begun):
            raise ClockError("clock-resume-without-suspension", _RESUME_ALONE)
        if not _alternate(begun, over):
            raise ClockError("clock-suspension-order", _SUSPENSION_ORDER)
        yield from zip_longest(begun, over)


def _suspension(start: ClockFact, end: ClockFact | None) -> Suspension:
    reasons = (start.note,) if start.note else ()
    return Suspension(start.effective_on, end.effective_on if end else None, reasons)


def _pause(start: ClockFact, end: ClockFact | None) -> Pause:
    """What ends on the day on which it started and is known by the day alone, has taken no time."""
    return Pause(start.instant, max(start.instant, end.instant) if end else None)


def _extended(by_kind: ByKind) -> ClockFact | None:
    extended = _single(by_kind, FactKind.EXTENDED)
    if extended is not None and (extended.days is None or extended.days < 1):
        raise ClockError("clock-extension-days", _EXTENSION_DAYS)
    return extended


def _single(by_kind: ByKind, kind: FactKind) -> ClockFact | None:
    found = by_kind[kind]
    if len(found) > 1:
        raise ClockError("clock-twice", _TWICE.format(kind=name_of(kind)))
    return found[0] if found else None


def _alternate(opening: Sequence[ClockFact], closing: Sequence[ClockFact]) -> bool:
    """Whether they follow one another as open, close, open, close, … with at most the last left open.

    By their days; within a day by their instants, unless one of that day is known by the day alone.
    """
    if len(opening) - len(closing) not in (0, 1):
        return False
    facts = [fact for pair in zip_longest(opening, closing) for fact in pair if fact is not None]
    vague = {fact.effective_on for fact in facts if fact.at is None}
    moments = [end_of(day) if (day := fact.effective_on) in vague else fact.instant for fact in facts]
    return moments == sorted(moments)


def _order(fact: ClockFact) -> tuple[date, datetime, str, str]:
    return (fact.effective_on, fact.instant, fact.ref or "", fact.note.zh if fact.note else "")


def _suspension_order(item: Suspension) -> tuple[date, date, tuple[str, ...]]:
    return (item.start, item.end or date.max, tuple(reason.zh for reason in item.reasons))
