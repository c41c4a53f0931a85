"""The window's verbs (受理): accept, decline, request a correction; and acceptance by lapse of time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from approvals.applications.answers import Answers, read_answers, row_exists
from approvals.applications.commands import INTAKE_TIMER, handed_in_names, snapshot
from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.deferral import promised
from approvals.cases.lifecycle import State
from approvals.cases.model import Case, CorrectionNotice
from approvals.cases.record import Fact, Office, record
from approvals.credit.policy import require_creditworthy
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.funds import commands as funds
from approvals.gaps import commands as gaps
from approvals.gaps.policy import GAPS
from approvals.items.answers import label_of
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.items.statements import cited
from approvals.notices import commands as notices
from approvals.promises import commands as promises
from approvals.renewals import commands as renewals
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import LIVE, Task, TaskKind
from shared.actor import SYSTEM
from shared.clock import local_date
from shared.errors import FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_DEEMED = Text(
    "自收到申请材料之日起{limit}内未告知补正，依法视为受理",
    "No correction was asked for within {limit} of receipt: it counts as accepted",
)

_DEEMED_HERE = Text(  # of what is no licence: no law says so, the park does
    "自收到申请材料之日起{limit}内未告知补正，视为受理",
    "No correction was asked for within {limit} of receipt: it counts as accepted",
)
_GAPS_PROMISED = Text(
    "申请人承诺后补部分材料，请确认容缺受理，或者告知补正",
    "Materials are promised to follow: accept with gaps, or ask for a correction",
)
_NO_GAPS = Text("申请人没有承诺后补材料", "The applicant has not promised to hand anything in later")


def accept(tx: Transaction, case: Case, item: Item, *, with_gaps: bool = False) -> Case:
    """受理: the application is complete and in legal form; the decision clocks start.

    `with_gaps` (容缺受理): what is missing was promised to follow, and the window lets it.

    Raises InvalidInput where the applicant's promise and the official's intention are not the same, Conflict
    `credit-ban` for a promise of somebody of whom a credit record stands by now.
    """
    policy.require_state("accept", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.INTAKE)
    if with_gaps != (promised(case) is not None):
        wrong = ("unexpected", _NO_GAPS) if with_gaps else ("required", _GAPS_PROMISED)
        raise InvalidInput(errors=[FieldError("/with_gaps", *wrong)])
    if item.route == "promise":
        require_creditworthy(tx.session, case)
    if with_gaps:
        require_creditworthy(tx.session, case, GAPS)
    tasks.complete(tx, task)
    _accepted(tx, case, item, "accepted_with_gaps" if with_gaps else "accepted", office="window")
    tx.audit("case.accepted", "case", case.id, {"with_gaps": with_gaps})
    return case


def decline(tx: Transaction, case: Case, item: Item, *, kind: str, ground: str, reason: str) -> Case:
    """不受理 (nothing to approve, art. 32(1)) or 不予受理 (not this authority, art. 32(2)), with reasons."""
    policy.require_state("decline", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.INTAKE)
    found = item.decline_ground(ground)
    errors = []
    if found is None or found.kind != kind:
        errors.append(
            FieldError("/ground", "choice", Text("请选择与处理方式相符的理由", "Choose a ground that fits"))
        )
    if not reason.strip():
        errors.append(FieldError("/reason", "required", Text("请写明理由", "Give the reason")))
    if errors or found is None:
        raise InvalidInput(errors=errors)
    tasks.complete(tx, task)
    key = "not_required" if kind == "not_required" else "not_accepted"
    record(
        tx,
        case,
        item,
        key,
        office="window",
        facts=[Fact(FactKind.DECLINED, tx.today)],
        detail=Text("{ground}。{reason}", "{ground}. {reason}").format(ground=found.text, reason=reason),
    )
    case.ended_at = tx.now
    renewals.end(tx, case)
    funds.release(tx, case)
    tx.unschedule(INTAKE_TIMER, str(case.id))
    gaps.lapse(tx, case)
    issue_slip(
        tx,
        case,
        item,
        SlipKind.NOT_REQUIRED_NOTICE if kind == "not_required" else SlipKind.NOT_ACCEPTED_NOTICE,
        reason=reason,
        legal_basis=cited(found),
        remedies=item.remedies.text if item.remedies else None,
    )
    tx.audit("case.declined", "case", case.id, {"kind": kind, "ground": ground})
    announce(tx, case, item, "declined", decline={"kind": kind, "reason": reason})
    return case


def request_correction(
    tx: Transaction, case: Case, item: Item, *, items: Sequence[Mapping[str, str]]
) -> CorrectionNotice:
    """一次性告知: one complete notice of everything to be corrected; it ends the intake clock (art. 32(4)).

    Raises InvalidInput for targets the application does not have, doubles and empty requirements.
    """
    policy.require_state("request-correction", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.INTAKE)
    _check_points(item, read_answers(tx.context.cipher, case), items)
    targets = [entry["target"] for entry in items]
    notice = CorrectionNotice(
        id=new_id(),
        round=len(case.corrections) + 1,
        requested_at=tx.now,
        official_id=tx.actor.id,
        official_name=tx.actor.name,
        items=[{"target": e["target"], "requirement": e["requirement"].strip()} for e in items],
        seen_sealed=tx.context.cipher.seal(snapshot(tx.context.cipher, case, targets)),
    )
    case.corrections.append(notice)
    tasks.complete(tx, task)
    record(
        tx,
        case,
        item,
        "correction_requested",
        office="window",
        facts=[Fact(FactKind.CORRECTION_NOTIFIED, tx.today)],
        detail=Text("共{n}项需要补正", "{n} point(s) to correct").format(n=len(items)),
    )
    tx.unschedule(INTAKE_TIMER, str(case.id))
    gaps.lapse(tx, case)  # the window wants it now; the answer may promise anew what was not asked for
    issue_slip(
        tx,
        case,
        item,
        SlipKind.CORRECTION_NOTICE,
        items=[f"{_label(item, e['target'])}：{e['requirement']}" for e in notice.items],
    )
    tx.audit("case.correction-requested", "case", case.id, {"round": notice.round, "targets": targets})
    announce(tx, case, item, "correction-requested")
    return notice


def lapse(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Nobody answered within the intake limit: deemed accepted from the day of receipt (art. 32(4))."""
    case_id = UUID(str(payload["case_id"]))
    case = tx.session.scalar(sa.select(Case).where(Case.id == case_id).with_for_update())
    if case is not None:
        settle(tx, case, tx.resource(Catalogue).of(case))


def settle(tx: Transaction, case: Case, item: Item) -> bool:
    """Apply what time has already decided about the case; True when something was due.

    Every verb settles first, so that nobody can act on a case whose intake limit has passed, or one whose
    gaps were not made up in time; the timers only make sure that somebody does.
    """
    notices.settle(tx, case, item)
    if case.state is not State.RECEIVED:
        return gaps.settle(tx, case, item)
    if not Reckoning.on(case).passed(tx.today, tx.now):
        return False
    if item.handover is not None:
        return False  # another authority takes it up, and what its silence means is not ours to say
    deadlines = tx.resource(Deadlines)
    due = deadlines.reckon(deadlines.calendar_of(tx.session), case, item, tx.today, now=tx.now)
    if not due.passed(tx.today, tx.now):
        return False  # a calendar was published meanwhile, and the case has not been re-dated by it yet
    live = sa.select(Task).where(Task.case_id == case.id, Task.state.in_(LIVE), Task.kind == TaskKind.INTAKE)
    for task in tx.session.scalars(live):
        tasks.complete(tx, task)
    by_law = replace(tx, actor=SYSTEM)  # nobody's act, whoever happens to come by
    _accepted(by_law, case, item, "deemed_accepted", office="system")
    by_law.audit("case.deemed-accepted", "case", case.id)
    return True


def _accepted(tx: Transaction, case: Case, item: Item, key: str, *, office: Office) -> None:
    by_law = key == "deemed_accepted"
    received_at = handed_in_at(case) if by_law else tx.now
    effective = local_date(received_at)
    note = _deemed(item) if by_law else gaps.detail_of(case, item) if key == "accepted_with_gaps" else None
    kind = FactKind.DEEMED_ACCEPTED if by_law else FactKind.ACCEPTED
    record(
        tx,
        case,
        item,
        key,
        office=office,
        effective_on=effective,
        facts=[Fact(kind, effective, at=received_at), *gaps.facts_of_acceptance(tx, case)],
        detail=note,
    )
    case.accepted_at = tx.now
    tx.unschedule(INTAKE_TIMER, str(case.id))
    promises.start_after_acceptance(tx, case, item)
    found = gaps.begin(tx, case, item)
    if found is None:
        issue_slip(tx, case, item, SlipKind.ACCEPTANCE_NOTICE, items=handed_in_names(case, item))
    announce(tx, case, item, "accepted", more={"gaps": found} if found else None)


def _deemed(item: Item) -> Text | None:
    """What the log says of an acceptance by operation of law."""
    said = _DEEMED if item.is_licence else _DEEMED_HERE
    return said.format(limit=item.limits.intake.text) if item.limits.intake else None


def handed_in_at(case: Case) -> datetime:
    """When the present, complete set of materials was received."""
    answered = [notice.answered_at for notice in case.corrections if notice.answered_at]
    latest = answered[-1] if answered else case.submitted_at
    if latest is None:
        raise LookupError(f"case {case.id} was never handed in")
    return latest


def _label(item: Item, target: str) -> str:
    label = label_of(item, target)
    return label.zh if label else target


def _check_points(item: Item, answers: Answers, items: Sequence[Mapping[str, str]]) -> None:
    errors = []
    seen: set[str] = set()
    for index, entry in enumerate(items):
        if label_of(item, entry["target"]) is None or not row_exists(answers, entry["target"]):
            text = Text("申请中没有这一项", "The application has no such point")
            errors.append(FieldError(f"/items/{index}/target", "unknown", text))
        if entry["target"] in seen:
            text = Text("同一项不能重复列出", "This point is listed twice")
            errors.append(FieldError(f"/items/{index}/target", "duplicate", text))
        seen.add(entry["target"])
        if not entry["requirement"].strip():
            text = Text("请写明补正要求", "Say what has to be corrected")
            errors.append(FieldError(f"/items/{index}/requirement", "required", text))
    if not items:
        errors.append(FieldError("/items", "required", Text("请至少列出一项", "List at least one point")))
    if errors:
        raise InvalidInput(errors=errors)
