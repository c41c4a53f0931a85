"""The deadline ledger of a case as pure functions (行政许可法, 民法典 arts. 201–203).

Facts are appended; every date is computed from them. `compute` gives the clocks of a case, `read` what they
say on a day. Two phases: the intake clock runs from receipt, ends with a complete correction notice and
starts anew with the complete answer; from acceptance the statutory and the promised clock run side by side,
stopped by suspensions and moved by at most one extension. From a grant the delivery clock runs. Stages (环节)
have clocks of their own, which bind nobody outside.

| rule | article | where | test in tests/unit/test_time_law.py |
|---|---|---|---|
| limits of the law are working days | 行政许可法 82 | `Counter.counts` | `art_82` |
| told once, else accepted | 行政许可法 32(4) | `_intake_clocks`, `deemed_acceptance` | `art_32_incomplete` |
| corrected on the spot | 行政许可法 32(3) | `rounds` | `art_32_what_is_corrected` |
| decision, extended once | 行政许可法 42, 43 | `_statutory_clock` | `arts_42_and_43`, `art_42` |
| delivery | 行政许可法 44 | `_clocks_after_grant` | `art_44` |
| time that does not count | 行政许可法 45 | `Counter.is_suspended`, `hours.after` | `art_45` |
| days: the first is not counted | 民法典 201(1) | `Counter.nth` | `art_201_the_first_day` |
| hours run from their instant | 民法典 201(2) | `hours.after` | `art_201_hours` |
| a last day off moves on; it ends at 24:00 | 民法典 203 | `Counter.last_day`, `end_of` | `art_203` |
| shorter promises, kept beside | 优化营商环境条例 36(2) | `_promised_clock` | `art_36` |

民法典 203(2) lets a limit end with business hours; the ledger takes 24:00, so that nobody is late who would
not be by the longer reading. What the same laws say beside the clocks is kept elsewhere:

| rule | article | package | test |
|---|---|---|---|
| time needed told in writing | 行政许可法 45 | `procedures` | test_procedures: `nothing_is_due` |
| reasons for more time told | 行政许可法 42 | `extensions` | test_extensions: `is_told_why` |
| hearing: when held, when told | 行政许可法 47, 48 | `procedures` | test_procedures: `neither_opinion` |
| two officials on the spot | 行政许可法 34 | `reviews` | test_on_site: `two_different_people` |
| when one may renew | 行政许可法 50(1) | `renewals` | test_renewal_window: `the_window` |
| no decision by the end: renewed | 行政许可法 50(2) | `decisions` | test_renewals: `renewed_by_law` |
| no fee without a law | 行政许可法 58 | `items` | test_items_loader: `contradicts_itself` |
| missed limits explained publicly | 优化营商环境条例 36(2) | `overdue` | test_supervision: `publicly` |
| what can be had is not asked for | 国令716 7 | `applications` | test_organisations: `a_permit` |
| electronic certificates | 国令716 8–12 | `certificates` | test_certificates: `anybody` |

Of a hearing the platform keeps the time that does not count and tells both duties in writing; the days of the
request and of the announcement are the authority's own affair.
"""

from approvals.cases.clock.counting import Counter
from approvals.cases.clock.course import Suspension, read_course
from approvals.cases.clock.explaining import Line, say_due, say_moment
from approvals.cases.clock.facts import (
    STAGE_EVENTS,
    ClockError,
    ClockFact,
    ClockKind,
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
from approvals.cases.clock.ledger import ANSWERS, ClockReading, Ledger, compute
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
    "read_course",
    "say_amount",
    "say_due",
    "say_moment",
    "status_of",
]
