"""The deadline ledger of a case as pure functions (行政许可法, 民法典 arts. 201–203).

Facts are appended; every date is computed from them. `compute` gives the clocks of a case, `read` what they
say on a day. Two phases: the intake clock runs from receipt, ends with a complete correction notice and
starts anew with the complete answer; from acceptance the statutory and the promised clock run side by side,
stopped by suspensions and moved by at most one extension. From a grant the delivery clock runs. See
`counting` for the counting rule.
"""

from approvals.cases.clock.counting import Counter
from approvals.cases.clock.course import Suspension
from approvals.cases.clock.explaining import Line, say_moment
from approvals.cases.clock.facts import (
    STAGE_EVENTS,
    ClockError,
    ClockFact,
    FactKind,
    Limit,
    Limits,
    StageLimit,
    Unit,
    end_of,
    in_utc,
    name_of,
    say_amount,
)
from approvals.cases.clock.ledger import ANSWERS, ClockKind, ClockReading, Ledger, compute
from approvals.cases.clock.reading import (
    ClockState,
    ClockStatus,
    Light,
    Reading,
    Thresholds,
    deemed_acceptance,
    read,
    status_of,
)

__all__ = [
    "ANSWERS",
    "STAGE_EVENTS",
    "ClockError",
    "ClockFact",
    "ClockKind",
    "ClockReading",
    "ClockState",
    "ClockStatus",
    "Counter",
    "FactKind",
    "Ledger",
    "Light",
    "Limit",
    "Limits",
    "Line",
    "Reading",
    "StageLimit",
    "Suspension",
    "Thresholds",
    "Unit",
    "compute",
    "deemed_acceptance",
    "end_of",
    "in_utc",
    "name_of",
    "read",
    "say_amount",
    "say_moment",
    "status_of",
]
