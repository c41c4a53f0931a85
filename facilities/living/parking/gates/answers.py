"""What a barrier answers: open, pay or refuse, with the reason in words. Pure.

At the entry, in this order: on duty · no plate · black list · closed · pass · reservation · quota of a firm ·
anybody, while there is room. What has a bay of its own by pass, reservation or quota goes in when the car
park is full: the bay was taken from it before. At the exit nobody is held but for what is owed: neither the
black list nor an expired pass closes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from facilities.capacity.amounts import say_fen
from facilities.capacity.grid import Span
from facilities.living.parking.vehicles import EXEMPTION_NAMES, Exemption
from shared.clock import local_date
from shared.text import Text


class Verdict(StrEnum):
    """What the barrier does."""

    OPEN = "open"
    PAY = "pay"
    REFUSE = "refuse"


class Ground(StrEnum):
    """On what a car is inside."""

    EXEMPT = "exempt"
    PASS = "pass"  # noqa: S105 - no password
    RESERVATION = "reservation"
    QUOTA = "quota"
    DRIVE_IN = "drive_in"


class Reason(StrEnum):
    """Why: a stable word for programs."""

    EXEMPT = "exempt"
    NO_PLATE = "no_plate"
    BANNED = "banned"
    CLOSED = "closed"
    PASS = "pass"  # noqa: S105 - no password
    RESERVATION = "reservation"
    QUOTA = "quota"
    DRIVE_IN = "drive_in"
    HOLDERS_ONLY = "holders_only"
    FULL = "full"
    FREE = "free"
    PAID = "paid"
    DUE = "due"
    LOST_ENTRY = "lost_entry"
    NO_STAY = "no_stay"
    AMBIGUOUS = "ambiguous"


class Note(StrEnum):
    """What else the driver or the operator should know; it decides nothing."""

    EXIT_MISSED = "exit_missed"
    PASS_NOT_YET = "pass_not_yet"  # noqa: S105 - no password
    PASS_GRACE = "pass_grace"  # noqa: S105 - no password
    PASS_EXPIRED = "pass_expired"  # noqa: S105 - no password
    PASS_SUSPENDED = "pass_suspended"  # noqa: S105 - no password
    PASS_TAKEN = "pass_taken"  # noqa: S105 - no password
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    QUOTA_TAKEN = "quota_taken"
    MISREAD = "misread"
    GRACE_OVER = "grace_over"


NOTE_NAMES: dict[Note, Text] = {
    Note.EXIT_MISSED: Text("上次停车没有离场记录", "There is no record of the last exit"),
    Note.PASS_NOT_YET: Text("月卡尚未生效", "The pass is not valid yet"),
    Note.PASS_GRACE: Text("月卡已到期，请在宽限期内续期", "The pass has expired; please renew it now"),
    Note.PASS_EXPIRED: Text("月卡已过期", "The pass has expired"),
    Note.PASS_SUSPENDED: Text("月卡已停用", "The pass is suspended"),
    Note.PASS_TAKEN: Text(
        "月卡车位已被同卡车辆占用，按临时车计费", "Another car of the pass is inside; this one pays"
    ),
    Note.TOO_EARLY: Text("未到预约时间", "It is too early for the reservation"),
    Note.TOO_LATE: Text("预约已过期", "The reservation is over"),
    Note.QUOTA_TAKEN: Text("企业配额车位已用完", "All bays of the firm are taken"),
    Note.MISREAD: Text("按相近车牌匹配，请核对", "Matched with a plate that looks alike; please check"),
    Note.GRACE_OVER: Text("缴费后超过离场时限，请补缴", "It took too long to leave after paying"),
}

_ENTER = Text("{plate} 欢迎光临", "{plate}: welcome")
_LEAVE = Text("{plate} 一路顺风", "{plate}: have a good journey")
_EXEMPT = Text("{name}请通行", "{name}: please pass")
_TEXTS: dict[Reason, Text] = {
    Reason.NO_PLATE: Text("未识别到车牌，请扫码", "No plate was read; please scan the code"),
    Reason.BANNED: Text("该车辆不能进入：{why}", "This vehicle may not enter: {why}"),
    Reason.CLOSED: Text("停车场未开放", "The car park is closed"),
    Reason.HOLDERS_ONLY: Text("仅限月卡、预约和配额车辆", "Only with a pass, a reservation or a firm's bay"),
    Reason.FULL: Text("车位已满", "The car park is full"),
    Reason.DUE: Text("请缴费{amount}", "Please pay {amount}"),
    Reason.LOST_ENTRY: Text("无入场记录，请缴费{amount}", "No record of the entry; please pay {amount}"),
    Reason.NO_STAY: Text("无入场记录，请联系工作人员", "No record of the entry; please call the attendant"),
    Reason.AMBIGUOUS: Text(
        "有多个相近车牌，请联系工作人员", "Several plates look alike; please call the attendant"
    ),
}


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass that has the plate on it; days are local, both included."""

    since: date
    until: date
    grace_days: int = 0
    bays: int = 1
    """How many of its cars have a bay at a time: who comes later pays."""
    inside: int = 0
    """How many are inside on it."""
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class AtEntry:
    """What is known when a car stands at an entry."""

    now: datetime
    plate: str | None
    """For people to read; of a car without one what it has scanned."""
    room: int
    """Free bays of the car park for those without a right of their own."""
    exemption: Exemption | None = None
    banned: Text | None = None
    """Why the vehicle is on the black list."""
    open: bool = True
    """Whether the car park is open."""
    inside: bool = False
    """Whether the plate has an open stay here."""
    passes: Sequence[Pass] = ()
    reservation: Span | None = None
    early: timedelta = timedelta(0)
    """How long before its reservation one may come."""
    quota: int | None = None
    """Free bays of the firm whose car it is; None where it is nobody's."""
    drive_in: bool = True
    """Whether anybody may come in."""


@dataclass(frozen=True, slots=True)
class Owed:
    """How the stay stands, by the tariff (`tariffs.paying.balance`)."""

    due_fen: int
    paid_fen: int = 0
    leave_by: datetime | None = None


class Match(StrEnum):
    """How the stay was found."""

    EXACT = "exact"
    NEAR = "near"
    """One character was misread, and only one stay fits."""
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AtExit:
    """What is known when a car stands at an exit."""

    now: datetime
    plate: str | None
    match: Match
    owed: Owed | None = None
    """Of the stay, or without one what the tariff lays down; None where it lays down nothing."""
    ground: Ground | None = None
    """On what the car is inside."""
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the barrier does, and what its display says."""

    verdict: Verdict
    reason: Reason
    words: Text
    ground: Ground | None = None
    """On what the car comes in."""
    due_fen: int = 0
    notes: tuple[Note, ...] = ()


def at_entry(facts: AtEntry) -> Answer:
    """Whether a car may come in, and on what."""
    if facts.exemption is not None:
        words = _EXEMPT.format(name=EXEMPTION_NAMES[facts.exemption])
        return Answer(Verdict.OPEN, Reason.EXEMPT, words, Ground.EXEMPT)
    if facts.plate is None:
        return _refuse(Reason.NO_PLATE)
    if facts.banned is not None:
        return _refuse(Reason.BANNED, why=facts.banned)
    if not facts.open:
        return _refuse(Reason.CLOSED)
    notes = [Note.EXIT_MISSED] if facts.inside else []
    ground = _right(facts, notes)
    if ground is None and not facts.drive_in:
        return _refuse(Reason.HOLDERS_ONLY, notes)
    if ground is None and facts.room < 1:
        return _refuse(Reason.FULL, notes)
    ground = ground or Ground.DRIVE_IN
    words = _ENTER.format(plate=facts.plate)
    return Answer(Verdict.OPEN, Reason(ground), words, ground, notes=tuple(notes))


def at_exit(facts: AtExit) -> Answer:
    """Whether a car may leave, or what it has to pay first."""
    if facts.exemption is not None:
        words = _EXEMPT.format(name=EXEMPTION_NAMES[facts.exemption])
        return Answer(Verdict.OPEN, Reason.EXEMPT, words)
    if facts.plate is None:
        return _refuse(Reason.NO_PLATE)
    if facts.match is Match.SEVERAL:
        return _refuse(Reason.AMBIGUOUS)
    if facts.owed is None:
        return _refuse(Reason.NO_STAY)
    notes = [Note.MISREAD] if facts.match is Match.NEAR else []
    if facts.owed.due_fen > 0:
        return _pay(facts, facts.owed, notes)
    words = _LEAVE.format(plate=facts.plate)
    return Answer(Verdict.OPEN, _nothing_due(facts, facts.owed), words, notes=tuple(notes))


def pass_fault(held: Pass, today: date) -> Note | None:
    """Why a pass does not let its car in free today; None when it does."""
    if held.suspended:
        return Note.PASS_SUSPENDED
    if today < held.since:
        return Note.PASS_NOT_YET
    if today > held.until + timedelta(days=held.grace_days):
        return Note.PASS_EXPIRED
    return Note.PASS_TAKEN if held.inside >= held.bays else None


def _right(facts: AtEntry, notes: list[Note]) -> Ground | None:
    """The right that lets the car in, if any; adds to the notes why others do not."""
    today = local_date(facts.now)
    faults = [pass_fault(each, today) for each in facts.passes]
    if None in faults:
        held = facts.passes[faults.index(None)]
        notes += [Note.PASS_GRACE] if today > held.until else []
        return Ground.PASS
    notes += [fault for fault in dict.fromkeys(faults) if fault is not None]
    if facts.reservation is not None:
        if facts.reservation.start - facts.early <= facts.now < facts.reservation.end:
            return Ground.RESERVATION
        notes.append(Note.TOO_EARLY if facts.now < facts.reservation.start else Note.TOO_LATE)
    if facts.quota is not None:
        if facts.quota > 0:
            return Ground.QUOTA
        notes.append(Note.QUOTA_TAKEN)
    return None


def _pay(facts: AtExit, owed: Owed, notes: list[Note]) -> Answer:
    reason = Reason.LOST_ENTRY if facts.match is Match.NONE else Reason.DUE
    if owed.leave_by is not None and facts.now > owed.leave_by:
        notes.append(Note.GRACE_OVER)
    words = _TEXTS[reason].format(amount=say_fen(owed.due_fen))
    return Answer(Verdict.PAY, reason, words, due_fen=owed.due_fen, notes=tuple(notes))


def _nothing_due(facts: AtExit, owed: Owed) -> Reason:
    if owed.paid_fen > 0:
        return Reason.PAID
    return Reason(facts.ground) if facts.ground in {Ground.PASS, Ground.QUOTA} else Reason.FREE


def _refuse(reason: Reason, notes: Sequence[Note] = (), **said: object) -> Answer:
    return Answer(Verdict.REFUSE, reason, _TEXTS[reason].format(**said), notes=tuple(notes))
