"""The life of a gap: promised, accepted, made up in time, or the end of the case.

What follows from its lapse is the case's termination (终止办理). It is nobody's act: `settle` brings it about
before any verb, and a timer makes sure that somebody does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind, say_due
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.deferral import missing_of, promised, standing, to_make_up
from approvals.cases.model import Case, Deferral, DeferralState
from approvals.cases.record import Fact, record
from approvals.credit.commands import record_broken_promise
from approvals.credit.policy import require_creditworthy
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.extensions import commands as extensions
from approvals.funds import commands as funds
from approvals.gaps.policy import GAPS, make_up_limit, reform_of
from approvals.gaps.queries import examiner_of
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.notices import commands as notices
from approvals.notices.model import StopReason
from approvals.procedures import commands as procedures
from approvals.tasks import commands as tasks
from shared.actor import SYSTEM
from shared.calendar import say_date
from shared.clock import PARK_TZ
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

MAKE_UP_TIMER = "make-up-lapse"

_NOTHING = Text("没有需要补齐的容缺材料", "No missing material is to be made up")
_STILL_MISSING = Text("“{name}”尚未上传", "{name} is still missing")
_WITH_GAPS = Text(
    "是否容缺受理：是。自受理之日的次日起{amount}内补齐：{names}",
    "Accepted with gaps; to follow within {amount} of the day of acceptance: {names}",
)
_NOT_MADE_UP = Text(
    "容缺受理的下列材料逾期未补齐（补齐期限至{day}）：{names}。",
    "Not made up by {day}: {names}.",
)
_LIMIT = Text("自受理之日的次日起{amount}", "{amount} after the day of acceptance")
_REDATED = Text(
    "因{notice}公布，补齐期限由{before}调整为{after}",
    "By {notice} the make-up date moved from {before} to {after}",
)


def promise(tx: Transaction, case: Case, item: Item, codes: Sequence[str]) -> Deferral:
    """Keep a promise that was found right (`policy.wrongs`), with its slip (容缺受理承诺书).

    Raises Conflict `credit-ban` where a credit record of the applicant stands.
    """
    require_creditworthy(tx.session, case, GAPS)
    if tx.actor.id is None:
        raise Forbidden
    deferral = Deferral(
        id=new_id(),
        case_id=case.id,
        round=len(case.deferrals) + 1,
        state=DeferralState.PROMISED,
        codes=[material.code for material in item.materials if material.code in codes],
        promised_at=tx.now,
        promised_by=tx.actor.id,
    )
    case.deferrals.append(deferral)
    issue_slip(
        tx,
        case,
        item,
        SlipKind.GAP_PROMISE,
        items=[name.zh for name in names_of(item, deferral.codes)],
        legal_basis=reform_of(item).basis,
        due_on=None,
        rows=[(Text("补齐期限", "To follow within"), _LIMIT.format(amount=make_up_limit(item).text).zh)],
    )
    tx.audit("case.materials-deferred", "case", case.id, {"codes": deferral.codes}, case.on_behalf_of)
    return deferral


def facts_of_acceptance(tx: Transaction, case: Case) -> list[Fact]:
    """What acceptance adds to the ledger of a case with gaps: their time runs from the day that is told.

    That is today even where the law dates the acceptance back to the day of receipt.
    """
    return [Fact(FactKind.GAPS_ACCEPTED, tx.today)] if promised(case) else []


def begin(tx: Transaction, case: Case, item: Item) -> dict[str, Any] | None:
    """The case was accepted: from now on what was promised is due. None where nothing was promised.

    Issues 容缺受理通知书, which says what, how and by when; gives what the event says of it.
    """
    deferral = promised(case)
    if deferral is None:
        return None
    deferral.state = DeferralState.DUE
    due = _reckoned(tx, case, item)
    _date(tx, case, deferral, due)
    on, at = case.due_on, case.due_at
    answer = ((Text("预计办结日期", "Decision due"), say_due(on, at).zh),) if on else ()
    issue_slip(
        tx,
        case,
        item,
        SlipKind.GAP_NOTICE,
        items=[name.zh for name in names_of(item, deferral.codes)],
        legal_basis=reform_of(item).basis,
        due_on=deferral.due_on,
        rows=[
            (Text("是否容缺受理", "With gaps"), "是"),
            (Text("补齐期限", "To follow within"), _LIMIT.format(amount=make_up_limit(item).text).zh),
            *answer,
        ],
    )
    return said_of(item, deferral)


def detail_of(case: Case, item: Item) -> Text | None:
    """What the timeline says of an acceptance with gaps: what is to follow, and how soon."""
    deferral = promised(case)
    if deferral is None:
        return None
    names = joined(names_of(item, deferral.codes))
    return _WITH_GAPS.format(amount=make_up_limit(item).text, names=names)


def make_up(tx: Transaction, case: Case, item: Item) -> Deferral:
    """Hand in what was missing: all of it, and nothing else was changed thereby.

    Raises Conflict when nothing is to be made up (any more), InvalidInput naming what is still missing.
    """
    policy.require_applicant(tx.actor, case)
    policy.require_state("make-up", case)
    deferral = to_make_up(case)
    if deferral is None:
        raise Conflict(_NOTHING, slug="nothing-to-make-up")
    missing = missing_of(case, deferral)
    if missing:
        raise InvalidInput(
            errors=[
                FieldError(f"/materials/{code}", "required", _STILL_MISSING.format(name=name))
                for code, name in zip(missing, names_of(item, missing), strict=True)
            ]
        )
    deferral.state = DeferralState.MADE_UP
    deferral.made_up_at = tx.now
    record(
        tx,
        case,
        item,
        "made_up",
        office="applicant",
        facts=[Fact(FactKind.MADE_UP, tx.today)],
        detail=joined(names_of(item, deferral.codes)),
    )
    tx.unschedule(MAKE_UP_TIMER, str(case.id))
    tx.audit("case.made-up", "case", case.id, {"codes": deferral.codes}, case.on_behalf_of)
    _tell(tx, case, item, "made-up", deferral, examiner_of(tx.session, case.id))
    return deferral


def lapse(tx: Transaction, case: Case) -> None:
    """The case goes another way: what was promised is asked for no more."""
    deferral = standing(case, DeferralState.PROMISED, DeferralState.DUE)
    if deferral is not None:
        deferral.state = DeferralState.LAPSED
        tx.unschedule(MAKE_UP_TIMER, str(case.id))


def wake(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The timer's handler: the day for making up is over, unless that was done or the day has moved."""
    case_id = UUID(str(payload["case_id"]))
    case = tx.session.scalar(sa.select(Case).where(Case.id == case_id).with_for_update())
    if case is not None:
        settle(tx, case, tx.resource(Catalogue).of(case))


def settle(tx: Transaction, case: Case, item: Item) -> bool:
    """End the case when what was missing has not come in time; True when that was due."""
    deferral = to_make_up(case)
    if deferral is None or deferral.due_on is None or tx.today <= deferral.due_on:
        return False
    due_on = _reckoned(tx, case, item).due_on
    if due_on is None or tx.today <= due_on:
        return False  # a calendar was published meanwhile, and the case has not been re-dated by it yet
    _terminate(replace(tx, actor=SYSTEM), case, item, deferral)  # nobody's act, whoever happens to come by
    return True


def redate(tx: Transaction, case: Case, item: Item, title: Text) -> None:
    """Count the make-up date anew by the calendar in force, and tell those concerned where it moves."""
    deferral = to_make_up(case)
    if deferral is None or deferral.due_on is None:
        return
    before, due = deferral.due_on, _reckoned(tx, case, item)
    if (due.due_on, due.provisional) == (before, deferral.due_provisional) or due.due_on is None:
        return
    _date(tx, case, deferral, due)
    detail = _REDATED.format(notice=title, before=say_date(before), after=say_date(due.due_on))
    record(tx, case, item, "make_up_redated", office="system", detail=detail)
    details = {"from": before.isoformat(), "to": due.due_on.isoformat()}
    tx.audit("case.make-up-redated", "case", case.id, details)
    _tell(tx, case, item, "make-up-redated", deferral, examiner_of(tx.session, case.id))


def names_of(item: Item, codes: Sequence[str]) -> list[Text]:
    """The official names of materials."""
    found = (item.material(code) for code in codes)
    return [material.name for material in found if material is not None]


def joined(names: Sequence[Text]) -> Text:
    """Names in one sentence."""
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def said_of(item: Item, deferral: Deferral) -> dict[str, Any]:
    """What events say of gaps: names and the date, nobody's data."""
    return {
        "materials": [name.to_dict() for name in names_of(item, deferral.codes)],
        "due_on": deferral.due_on,
        "provisional": deferral.due_provisional,
    }


def _reckoned(tx: Transaction, case: Case, item: Item) -> Reckoning:
    deadlines = tx.resource(Deadlines)
    found = deadlines.reckon_make_up(deadlines.calendar_of(tx.session), case, item, tx.today)
    if found is None:
        raise LookupError(f"case {case.id} has gaps but no make-up clock runs")
    return found


def _date(tx: Transaction, case: Case, deferral: Deferral, due: Reckoning) -> None:
    if due.due_on is None:
        raise LookupError(f"case {case.id}: the make-up clock never stands still")
    deferral.due_on, deferral.due_provisional = due.due_on, due.provisional
    over = datetime.combine(due.due_on + timedelta(days=1), time.min, tzinfo=PARK_TZ)
    tx.schedule(MAKE_UP_TIMER, str(case.id), over, {"case_id": str(case.id)})


def _terminate(tx: Transaction, case: Case, item: Item, deferral: Deferral) -> None:
    holder = examiner_of(tx.session, case.id)
    if deferral.due_on is None:
        raise LookupError(f"case {case.id}: what was never due cannot be late")
    missing = missing_of(case, deferral) or deferral.codes  # uploaded but not handed in is not made up
    reason = _NOT_MADE_UP.format(day=say_date(deferral.due_on), names=joined(names_of(item, missing)))
    deferral.state = DeferralState.BROKEN
    record(
        tx,
        case,
        item,
        "terminated",
        office="system",
        facts=[Fact(FactKind.TERMINATED, tx.today)],
        detail=reason,
    )
    case.ended_at = tx.now
    procedures.break_off(tx, case)
    if item.public_notice is not None:
        notices.stop(tx, case, StopReason.CASE_ENDED)
    extensions.lapse(tx, case)
    funds.release(tx, case)
    tasks.cancel_live(tx, case)
    tx.unschedule(MAKE_UP_TIMER, str(case.id))
    basis = reform_of(item).basis
    issue_slip(tx, case, item, SlipKind.TERMINATION_NOTICE, reason=reason.zh, legal_basis=basis)
    tx.audit("case.terminated", "case", case.id, {"codes": list(missing)})
    record_broken_promise(tx, case, reason=reason.zh)
    _tell(tx, case, item, "terminated", deferral, holder)


def _tell(
    tx: Transaction, case: Case, item: Item, step: str, deferral: Deferral, holder: UUID | None
) -> None:
    announce(tx, case, item, step, more={"gaps": said_of(item, deferral), "claimed_by": holder})
