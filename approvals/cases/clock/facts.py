"""What the deadline ledger is computed from: clock facts, limits, and what can be wrong with them.

A fact is appended and never edited. It has the legal date from which it counts (`effective_on`, a local
date of Asia/Shanghai) and the instant at which it was written down; the two differ where the law looks back,
as when an application is deemed accepted. Only the first decides dates.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from shared.calendar import MAX_WORKING_DAYS
from shared.clock import PARK_TZ
from shared.text import Text


class FactKind(StrEnum):
    """What can happen to the clocks of a case."""

    RECEIVED = "received"
    CORRECTION_NOTIFIED = "correction_notified"
    CORRECTION_ANSWERED = "correction_answered"
    ACCEPTED = "accepted"
    DEEMED_ACCEPTED = "deemed_accepted"
    DECLINED = "declined"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVIEWED = "reviewed"
    EXTENDED = "extended"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    CALENDAR_CHANGED = "calendar_changed"
    DELIVERED = "delivered"
    GAPS_ACCEPTED = "gaps_accepted"
    MADE_UP = "made_up"
    TERMINATED = "terminated"
    CHECKED = "checked"
    NOTICE_PUBLISHED = "notice_published"
    NOTICE_ENDED = "notice_ended"
    NOTICE_STOPPED = "notice_stopped"
    FILING_LAPSED = "filing_lapsed"


class ClockKind(StrEnum):
    """Whose time runs: until acceptance, by law, by the department's promise, until delivery, in a stage.

    `make_up` is the applicant's own: by when the materials follow without which the case was accepted.
    `check`: until the later check of what was promised.
    `notice` is how long a public notice stands, `filing` how long after it the application may come.
    """

    INTAKE = "intake"
    STATUTORY = "statutory"
    PROMISED = "promised"
    DELIVERY = "delivery"
    STAGE = "stage"
    MAKE_UP = "make_up"
    CHECK = "check"
    NOTICE = "notice"
    FILING = "filing"


class Unit(StrEnum):
    """The unit in which the law or the promise words a limit; it is never converted."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    IMMEDIATE = "immediate"


_LIMIT = Text("期限应在1至{most}之间，现为{n}", "A limit lies between 1 and {most}; this one is {n}")
_AMOUNTS = {
    Unit.WORKING_DAY: (Text("{n}个工作日", "{n} working days"), Text("{n}个工作日", "{n} working day")),
    Unit.CALENDAR_DAY: (Text("{n}日", "{n} days"), Text("{n}日", "{n} day")),
    Unit.HOUR: (Text("{n}小时", "{n} hours"), Text("{n}小时", "{n} hour")),
    Unit.IMMEDIATE: (Text("即时办结", "on the spot"), Text("即时办结", "on the spot")),
}


def say_amount(n: int, unit: Unit) -> Text:
    """`20个工作日` / `20 working days`."""
    plural, singular = _AMOUNTS[unit]
    return (singular if n == 1 else plural).format(n=n)


class ClockError(ValueError):
    """Facts that contradict one another; `code` is stable, `message` can be shown as it is."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as it is worded; `verified` tells whether the basis was read in its source."""

    n: int
    unit: Unit
    basis: Text
    verified: bool = True
    from_receipt: bool = False
    """A limit for the decision that runs from the receipt of what is complete, not from its acceptance."""

    def __post_init__(self) -> None:
        least = 0 if self.unit is Unit.IMMEDIATE else 1
        if not least <= self.n <= MAX_WORKING_DAYS:
            raise ClockError("clock-limit", _LIMIT.format(n=self.n, most=MAX_WORKING_DAYS))

    @property
    def text(self) -> Text:
        """The limit in words."""
        return say_amount(self.n, self.unit)


STAGE_EVENTS = (
    FactKind.RECEIVED,
    FactKind.ACCEPTED,
    FactKind.REVIEWED,
    FactKind.NOTICE_ENDED,
    FactKind.DECIDED,
    FactKind.DELIVERED,
)
"""What a stage (环节) may start or end with, in the order in which it happens."""


@dataclass(frozen=True, slots=True)
class StageLimit:
    """How long a stage of the procedure (环节) may take inside the authority; no law sets it."""

    key: str
    name: Text
    starts: FactKind
    ends: FactKind
    limit: Limit
    after: str | None = None
    """The stage of the examination whose end starts it, where that is examined in several."""
    review: str | None = None
    """The stage of the examination with whose end it ends, likewise: the `ref` of the fact."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an item version.

    Without a `statutory` one no law sets a limit, and what is promised stands alone. An extension moves the
    statutory clock; the promised one only where the department says so. `delivery` is given for what was
    granted alone: it runs from the decision (行政许可法 art. 44). With `pays` it is the limit for paying.
    `check`, the time for looking whether a promise was kept, runs from there too, and only where there was
    one. Without `intake` the law knows no limit until acceptance, and nothing is deemed accepted.
    """

    intake: Limit | None
    statutory: Limit | None
    promised: Limit | None = None
    extension_moves_promised: bool = False
    delivery: Limit | None = None
    pays: bool = False
    licence: bool = True
    """Whether 行政许可法 reaches the item; what the park does likewise for others is not said to be law."""
    stages: tuple[StageLimit, ...] = ()
    make_up: Limit | None = None
    """How long after acceptance with gaps (容缺受理) the applicant may take to hand in what is missing."""
    check: Limit | None = None
    notice: Limit | None = None
    """How long a public notice (公示) stands."""
    filing: Limit | None = None
    """How long after a notice the application may be handed in, where the notice comes before it."""


def end_of(day: date) -> datetime:
    """24:00 of a legal date (民法典 art. 203(2)), in the park's time."""
    return datetime.combine(day + timedelta(days=1), time(), PARK_TZ)


def in_utc(at: datetime) -> datetime:
    """The same instant as it is stored and sent."""
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ClockFact:
    """One entry of the ledger.

    `days` is the length of an extension in units of the limit; `ref` tells apart suspensions that run at
    the same time; `note` is the legal reason shown to the reader; `at` is the instant of the effect, which
    only a limit in hours needs (without it, hours run from the end of the day).
    """

    kind: FactKind
    effective_on: date
    recorded_at: datetime
    note: Text | None = None
    days: int | None = None
    ref: str | None = None
    at: datetime | None = None

    @property
    def instant(self) -> datetime:
        """From when on it counts for a limit in hours (民法典 art. 201(2))."""
        return self.at if self.at is not None else end_of(self.effective_on)


_KIND_NAMES = {
    FactKind.RECEIVED: Text("收到申请材料", "receipt of the application"),
    FactKind.CORRECTION_NOTIFIED: Text("告知补正", "correction notice"),
    FactKind.CORRECTION_ANSWERED: Text("补正材料", "answer to the correction notice"),
    FactKind.ACCEPTED: Text("受理", "acceptance"),
    FactKind.DEEMED_ACCEPTED: Text("视为受理", "deemed acceptance"),
    FactKind.DECLINED: Text("不受理或不予受理", "refusal of intake"),
    FactKind.SUSPENDED: Text("停止计算期限", "suspension"),
    FactKind.RESUMED: Text("恢复计算期限", "resumption"),
    FactKind.REVIEWED: Text("出具审查意见", "opinion"),
    FactKind.EXTENDED: Text("延长期限", "extension"),
    FactKind.DECIDED: Text("作出决定", "decision"),
    FactKind.WITHDRAWN: Text("撤回申请", "withdrawal"),
    FactKind.CALENDAR_CHANGED: Text("放假安排公布", "new calendar"),
    FactKind.DELIVERED: Text("送达", "delivery"),
    FactKind.GAPS_ACCEPTED: Text("容缺受理", "acceptance with gaps"),
    FactKind.MADE_UP: Text("补齐容缺材料", "missing materials handed in"),
    FactKind.TERMINATED: Text("终止办理", "termination"),
    FactKind.CHECKED: Text("核查承诺履行情况", "check of what was promised"),
    FactKind.NOTICE_PUBLISHED: Text("公示", "publication of the notice"),
    FactKind.NOTICE_ENDED: Text("公示期届满", "end of the public notice"),
    FactKind.NOTICE_STOPPED: Text("公示终止", "notice stopped"),
    FactKind.FILING_LAPSED: Text("逾期未提交申请", "no application in time"),
}


def name_of(kind: FactKind) -> Text:
    """What a kind of fact is called in a sentence."""
    return _KIND_NAMES[kind]
