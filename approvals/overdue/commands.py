"""Saying publicly why an answer is late, and by when it is expected.

优化营商环境条例 art. 36(2), text of 22 October 2019: “各地区可以在国家规定的政务服务事项办理时限内进一步压减
时间，并应当向社会公开；超过办理时间的，办理单位应当公开说明理由。” It may be said anew as long as the case is
open; every version is kept.
"""

from datetime import date

from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.cases.record import record
from approvals.items.model import Item
from approvals.overdue.model import OverdueExplanation
from approvals.overdue.policy import require_missed, require_responsible
from approvals.overdue.queries import of_case
from shared.calendar import say_date
from shared.errors import FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_REASON = Text(
    "请写明超过期限的理由，理由将向社会公开", "Say why the limit was missed; the reason is published"
)
_EXPECTED = Text("预计办结日期应当晚于今天", "The day on which it is expected lies after today")
_EXPLAINED = Text(
    "期限已于{due}届满。理由：{reason}；预计于{expected}办结",
    "The limit ended on {due}. Reason: {reason}; expected by {expected}",
)


def explain(tx: Transaction, case: Case, item: Item, *, reason: str, expected_on: date) -> OverdueExplanation:
    """Publish the reason, and the day by which the answer is expected.

    Raises Forbidden for whoever neither holds the examination nor manages the park, Conflict while no limit
    is missed, InvalidInput without a reason or for a day that is not after today (Asia/Shanghai).
    """
    policy.require_state("explain-overdue", case)
    office = require_responsible(tx.session, tx.actor, case)
    kind, date_missed = require_missed(case, tx.now)
    errors = []
    if not reason.strip():
        errors.append(FieldError("/reason", "required", _REASON))
    if expected_on <= tx.today:
        errors.append(FieldError("/expected_on", "past", _EXPECTED))
    if errors:
        raise InvalidInput(errors=errors)
    earlier = of_case(tx.session, case.id)
    for each in earlier:
        each.current = False
    tx.session.flush()  # one is current at a time, which the database holds row by row
    explanation = OverdueExplanation(
        id=new_id(),
        case_id=case.id,
        number=len(earlier) + 1,
        current=True,
        department=case.department,
        due_kind=kind.value,
        due_on=date_missed.on,
        reason=reason.strip(),
        expected_on=expected_on,
        explained_on=tx.today,
        explained_at=tx.now,
        explained_by=tx.actor.id,
        explained_name=tx.actor.name,
    )
    tx.session.add(explanation)
    record(
        tx,
        case,
        item,
        "overdue_explained",
        office=office,
        detail=_EXPLAINED.format(
            due=date_missed.text,
            reason=explanation.reason,
            expected=say_date(expected_on),
        ),
    )
    details = {"number": explanation.number, "expected_on": expected_on.isoformat(), "clock": kind.value}
    tx.audit("case.overdue-explained", "case", case.id, details)
    announce(
        tx,
        case,
        item,
        "overdue-explained",
        more={
            "explanation": {
                "number": explanation.number,
                "due_kind": kind.value,
                "missed_on": date_missed.on,
                "reason": explanation.reason,
                "expected_on": expected_on,
            }
        },
    )
    return explanation
