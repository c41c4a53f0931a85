"""The applicant's verbs: start, fill in, submit, withdraw, answer a correction notice."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from approvals.applications.answers import (
    Checker,
    OpenedForm,
    open_form,
    read_answers,
    value_at,
    write_answers,
)
from approvals.applications.given import fill_in, keep_given, wrongly_given
from approvals.applications.renewal import require_in_force
from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind, end_of
from approvals.cases.lifecycle import BEFORE_ACCEPTANCE, BEFORE_FILING, State
from approvals.cases.model import Case, CorrectionNotice
from approvals.cases.numbering import next_number
from approvals.cases.record import Fact, record
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.documents.unused import let_go
from approvals.extensions import commands as extensions
from approvals.funds import commands as funds
from approvals.gaps import commands as gaps
from approvals.gaps.policy import Deferred, wrongs
from approvals.handovers import commands as handovers
from approvals.items.answers import subject_name
from approvals.items.drafts import check_draft
from approvals.items.forms import Validation
from approvals.items.model import Item
from approvals.items.needs import required_materials
from approvals.notices import commands as notices
from approvals.notices.model import StopReason
from approvals.notices.policy import require_noticed
from approvals.notices.telling import departures
from approvals.procedures import commands as procedures
from approvals.promises import commands as promises
from approvals.renewals import commands as renewals
from approvals.tasks import commands as tasks
from approvals.tasks.model import TaskKind
from shared.cipher import Cipher
from shared.errors import FieldError, InvalidInput
from shared.identifiers.case_number import make_case_number, make_query_code
from shared.text import Text
from shared.transaction import Context, Transaction

INTAKE_TIMER = "intake-lapse"
WITHDRAWN = Text("申请人撤回申请", "The applicant has withdrawn the application")


@dataclass(frozen=True, slots=True)
class Filings:
    """Recording what was filed: it issues things as decisions do, and comes from where they are made."""

    file: Callable[[Transaction, Case, Item], None]


def save_answers(tx: Transaction, case: Case, item: Item, changes: Mapping[str, Any]) -> Case:
    """Replace the named sections of the form by what was typed; nothing is judged but its shape.

    Raises InvalidInput for unknown sections or fields; while a correction is open, also for sections
    that were neither returned nor are wrong.
    """
    policy.require_applicant(tx.actor, case)
    policy.require_state("edit", case)
    before = read_answers(tx.context.cipher, case)
    errors = list(check_draft(item, changes))
    if not errors:
        errors += wrongly_given(item, before, changes)
    if case.state is State.CORRECTION:
        errors += _outside_correction(tx, case, item, changes)
    if errors:
        raise InvalidInput(errors=errors)
    answers = {**before, **keep_given(item, before, changes)}
    write_answers(tx.context.cipher, case, answers)
    case.subject_name = subject_name(item, _form(tx, case, item).examined.values)
    case.updated_at = tx.now
    changed = sorted(key for key in changes if before.get(key) != answers[key])
    tx.audit("case.answers-saved", "case", case.id, {"sections": changed}, case.on_behalf_of)
    return case


def check(
    session: Session,
    context: Context,
    case: Case,
    item: Item,
    today: date,
    section: str | None = None,
    *,
    following: Collection[str] = (),
) -> Validation:
    """What is still wrong with an application; nothing is changed.

    Materials that are `following` may be missing.
    """
    uploaded = None if section else {material.code for material in case.materials} | set(following)
    examined = open_form(session, context.cipher, case, item, today).examined
    checker = context.resources.get(Checker)
    return checker.check(session, item, examined, uploaded=uploaded, section=section)


def submit(
    tx: Transaction,
    case: Case,
    item: Item,
    *,
    declaration: bool,
    promise: bool = False,
    deferred: Deferred | None = None,
) -> Case:
    """Hand the application in: it is received, numbered, and the intake clock (5 working days) runs.

    What is only to be filed (备案) is recorded at once and ends with that.

    `promise` is the applicant's word where the way chosen rests on it; `deferred` promises to hand in later
    what the item lets follow (容缺受理). What another authority executes is handed over to its system, which
    says when it has received it. Raises InvalidInput naming every wrong field and missing material; Conflict
    when it was handed in before, when another version of the item has come into force since the draft was
    begun, when the funds asked for were applied for before, `credit-ban` for whoever may not promise and,
    where a public notice comes first, before its end and when the time after it is over.
    """
    policy.require_applicant(tx.actor, case)
    require_noticed(case, item)
    policy.require_state("submit", case)
    if case.state is State.DRAFT:  # what was published is handed in under the version it was published by
        require_in_force(tx, case)
    if not declaration:
        text = Text("请确认所填内容和所附材料真实有效", "Confirm that the information and materials are true")
        raise InvalidInput(errors=[FieldError("/declaration", "required", text)])
    promises.require_promised(tx, case, item, promised=promise)
    fill_in(tx, case, item)
    require_valid(tx, case, item, deferred)
    renewals.hand_in(tx, case, item)
    funds.claim(tx, case, item, _form(tx, case, item).examined.values)
    region = _region(item)
    # One series for all items: the number names region and day, not the item.
    serial = next_number(tx.session, f"case/{region}/{tx.today.isoformat()}")
    case.number = make_case_number(region_code=region, filed_on=tx.today, serial=serial).text
    case.query_code = make_query_code(random.SystemRandom())
    case.submitted_at = tx.now
    if item.filing:
        record(tx, case, item, "received", office="applicant")
        tx.audit("case.submitted", "case", case.id, {"number": case.number}, case.on_behalf_of)
        tx.resource(Filings).file(tx, case, item)
        return case
    if item.handover is None:
        record(tx, case, item, "received", office="applicant", facts=[Fact(FactKind.RECEIVED, tx.today)])
        if item.public_notice is not None:
            notices.finish(tx, case)
        _queue_for_intake(tx, case)
        issue_slip(tx, case, item, SlipKind.RECEIPT, items=handed_in_names(case, item))
        if deferred is not None:
            gaps.promise(tx, case, item, deferred.materials)
        promises.make(tx, case, item)
    else:  # received is what the authority says it has received, on the day that it says
        record(tx, case, item, "handed_in", office="applicant")
        handovers.hand_over(tx, case, item)
    tx.audit("case.submitted", "case", case.id, {"number": case.number}, case.on_behalf_of)
    announce(tx, case, item, "submitted")
    return case


def discard(tx: Transaction, case: Case) -> None:
    """Throw a draft away with all that is in it; the audit trail keeps that it was there.

    Raises Conflict when it was handed in: from then on there is something on record, to be withdrawn.
    """
    policy.require_applicant(tx.actor, case)
    policy.require_state("discard", case)
    codes = [material.code for material in case.materials]
    let_go(tx, [material.sha256 for material in case.materials])
    for material in case.materials:
        tx.session.delete(material)
    renewals.forget(tx, case)
    tx.session.delete(case)
    tx.audit(
        "case.discarded", "case", case.id, {"item": case.item_code, "materials": codes}, case.on_behalf_of
    )


def withdraw(tx: Transaction, case: Case, item: Item, *, reason: str) -> Case:
    """Take the application back: 撤件 before acceptance, 撤回 after it, never after the decision.

    What another authority has may only be asked back: the case ends when its system says so. What is on
    public notice and was not handed in yet is taken back with its notice.
    """
    policy.require_applicant(tx.actor, case)
    policy.require_state("withdraw", case)
    if case.state in BEFORE_FILING:
        notices.take_down(tx, case, item, reason=reason)
        return case
    if item.handover is not None and not handovers.ask_withdrawal(tx, case, reason):
        record(tx, case, item, "withdrawal_asked", office="applicant")
        tx.audit("case.withdrawal-asked", "case", case.id, {}, case.on_behalf_of)
        return case
    never_received = case.state is State.SUBMITTED
    early = case.state in BEFORE_ACCEPTANCE
    record(
        tx,
        case,
        item,
        "withdrawn_early" if early else "withdrawn",
        office="applicant",
        facts=[] if never_received else [Fact(FactKind.WITHDRAWN, tx.today)],
        detail=Text.same(reason) if reason.strip() else None,
    )
    case.ended_at = tx.now
    procedures.break_off(tx, case)
    if item.public_notice is not None:
        notices.stop(tx, case, StopReason.WITHDRAWN)
    extensions.lapse(tx, case)
    gaps.lapse(tx, case)
    renewals.end(tx, case)
    funds.release(tx, case)
    tasks.cancel_live(tx, case)
    tx.unschedule(INTAKE_TIMER, str(case.id))
    if not never_received:
        # Nobody has to say why they withdraw, but the notice says why the case ends.
        issue_slip(tx, case, item, SlipKind.TERMINATION_NOTICE, reason=reason.strip() or WITHDRAWN.zh)
    tx.audit("case.withdrawn", "case", case.id, {"early": early}, case.on_behalf_of)
    announce(tx, case, item, "withdrawn")
    return case


def answer_correction(tx: Transaction, case: Case, item: Item, *, deferred: Deferred | None = None) -> Case:
    """Hand the corrections in: the notice ends, a new intake clock starts (行政许可法 art. 32(4)).

    What is to follow later is promised anew. Raises InvalidInput for every returned point that was not
    touched and for everything still wrong.
    """
    policy.require_applicant(tx.actor, case)
    policy.require_state("answer-correction", case)
    notice = case.corrections[-1]
    untouched = [
        FieldError(
            entry["target"],
            "not-corrected",
            Text("这一项尚未补正：{what}", "This point has not been corrected: {what}").format(
                what=entry["requirement"]
            ),
        )
        for entry in open_points(tx.context.cipher, case, notice)
        if not entry["resolved"]
    ]
    if untouched:
        raise InvalidInput(errors=untouched)
    require_valid(tx, case, item, deferred)
    funds.claim(tx, case, item, _form(tx, case, item).examined.values)
    notice.answered_at = tx.now
    if item.handover is not None:
        record(tx, case, item, "answer_handed_in", office="applicant")
        handovers.hand_over_answer(tx, case)
        tx.audit("case.correction-answered", "case", case.id, {"round": notice.round}, case.on_behalf_of)
        return case
    record(
        tx,
        case,
        item,
        "correction_answered",
        office="applicant",
        facts=[Fact(FactKind.CORRECTION_ANSWERED, tx.today)],
    )
    _queue_for_intake(tx, case)
    if deferred is not None:
        gaps.promise(tx, case, item, deferred.materials)
    tx.audit("case.correction-answered", "case", case.id, {"round": notice.round}, case.on_behalf_of)
    announce(tx, case, item, "correction-answered")
    return case


def open_points(cipher: Cipher, case: Case, notice: CorrectionNotice) -> list[dict[str, Any]]:
    """The points of a notice, each with `resolved`: whether what it names has changed since."""
    seen = cipher.open(notice.seen_sealed)
    answers = read_answers(cipher, case)
    return [
        {**entry, "resolved": _now_at(case, answers, entry["target"]) != seen[entry["target"]]}
        for entry in notice.items
    ]


def snapshot(cipher: Cipher, case: Case, targets: list[str]) -> dict[str, Any]:
    """What stands at each target now, to tell later whether it changed."""
    answers = read_answers(cipher, case)
    return {target: _now_at(case, answers, target) for target in targets}


def _now_at(case: Case, answers: Any, target: str) -> Any:
    if target.startswith("/materials/"):
        code = target.removeprefix("/materials/")
        return next((material.sha256 for material in case.materials if material.code == code), None)
    return value_at(answers, target)


def _queue_for_intake(tx: Transaction, case: Case) -> None:
    tasks.open_task(tx, case, TaskKind.INTAKE)
    schedule_lapse(tx, case)


def schedule_lapse(tx: Transaction, case: Case) -> None:
    """Have the intake limit looked at when it is over: with the first moment of the day after it.

    A limit in hours is over a moment after its instant.
    """
    if case.due_on is None:
        raise LookupError(f"case {case.id} was received but no intake clock runs")
    lapse = case.due_at + timedelta.resolution if case.due_at else end_of(case.due_on)
    tx.schedule(INTAKE_TIMER, str(case.id), lapse, {"case_id": str(case.id)})


def _form(tx: Transaction, case: Case, item: Item) -> OpenedForm:
    return open_form(tx.session, tx.context.cipher, case, item, tx.today)


def require_valid(tx: Transaction, case: Case, item: Item, deferred: Deferred | None = None) -> None:
    """Refuse what is not in order: InvalidInput names every wrong field and every missing material.

    What a notice has announced stays as it was announced.
    """
    following = deferred.materials if deferred else ()
    lets_follow = {
        code for code in following if (spec := item.material(code)) and spec.necessity == "deferrable"
    }
    found = check(tx.session, tx.context, case, item, tx.today, following=lets_follow)
    errors = [*found.errors, *departures(tx.session, case, item, found.values)]
    if deferred is not None:
        errors += wrongs(case, item, deferred, required_materials(item, found.values))
    if errors:
        raise InvalidInput(errors=errors)


def _outside_correction(
    tx: Transaction, case: Case, item: Item, changes: Mapping[str, Any]
) -> list[FieldError]:
    """Sections that were not returned stay as they are, unless they hold an error that must be mended."""
    returned = {_section(entry["target"]) for entry in case.corrections[-1].items}
    found = check(tx.session, tx.context, case, item, tx.today)
    wrong = {_section(error.pointer) for error in found.errors}
    # What two sections contradict each other in is said at one of them but may be mended in either.
    status = _form(tx, case, item).examined.sections()
    wrong |= {key for key in changes if status.get(key) == "in_progress"}
    message = Text("这一部分不在补正范围内", "This section was not returned for correction")
    return [
        FieldError(f"/answers/{key}", "not-returned", message)
        for key in changes
        if key not in returned and key not in wrong
    ]


def _section(pointer: str) -> str:
    parts = pointer.split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "answers" else ""


def _region(item: Item) -> str:
    return item.department.code[2:8]


def handed_in_names(case: Case, item: Item) -> list[str]:
    """The official names of the materials that are there, in the item's order."""
    codes = {material.code for material in case.materials}
    return [material.name.zh for material in item.materials if material.code in codes]
