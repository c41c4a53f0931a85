"""Revoking what was granted (撤销行政许可, 行政许可法 art. 69; national event 15).

An official of the department that granted proposes it with ground, facts and reasons; the holder is told in
writing and may state and defend (art. 7); somebody else decides when they have spoken or the time is over.
What the revocation brings about is the service's own (`effects`).
"""

from approvals.cases import policy as case_policy
from approvals.cases.announce import announce
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.model import Case
from approvals.cases.record import record
from approvals.cases.time_schemas import REVOCATION
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.items.model import Item
from approvals.revocations import policy
from approvals.revocations.effects import RevokeEffects
from approvals.revocations.grounds import Ground, load_rules
from approvals.revocations.model import Revocation, RevocationState
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.errors import FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_FACTS = Text("请写明事实和理由，将告知被许可人", "State the facts and reasons; the holder is told them")
_STATEMENT = Text("请写明您的陈述、申辩意见", "Write what you have to say")
_REASON = Text("请写明理由", "Give the reasons")
_DROP = Text("请选择不予撤销的原因", "Choose why it is not revoked")
_NO_DROP = Text("决定撤销的，不能同时写明不予撤销的原因", "A revocation has no reason for not revoking")
_LINE = Text("{ground}（{basis}）", "{ground} ({basis})")


def propose(
    tx: Transaction, case: Case, item: Item, *, ground: str, facts: str, by_hand: bool = True
) -> Revocation:
    """Propose to revoke what was granted: the holder is told in writing, the decision goes on the queue.

    `by_hand` False is for parts of the platform that know a ground to be there which officials do not name
    (a broken promise). Raises Forbidden for all but reviewers and approvers of the department, Conflict while
    another proposal is open and for what is no licence, InvalidInput for an unknown ground or without facts.
    """
    office = policy.require_office(tx.actor, case)
    case_policy.require_state("propose-revocation", case)
    policy.require_licence(item)
    policy.require_none_open(tx.session, case)
    chosen = policy.ground_named(ground, by_hand=by_hand)
    if not facts.strip():
        raise InvalidInput(errors=[FieldError("/facts", "required", _FACTS)])
    rules = load_rules()
    until = _in_working_days(tx, rules.statement.n)
    revocation = Revocation(
        id=new_id(),
        case_id=case.id,
        state=RevocationState.PROPOSED,
        ground=chosen.key,
        ground_text=chosen.text.to_dict(),
        basis=chosen.basis.to_dict(),
        own_act=chosen.own_act,
        facts=facts.strip(),
        granted_by=policy.granted_by(case),
        proposed_at=tx.now,
        proposed_by=tx.actor.id,
        proposed_name=tx.actor.name,
        statement_until=until.due_on,
    )
    tx.session.add(revocation)
    record(tx, case, item, "revocation_proposed", office=office, detail=_line(revocation))
    tasks.open_task(tx, case, TaskKind.REVOCATION, _in_working_days(tx, rules.decision.n))
    issue_slip(
        tx,
        case,
        item,
        SlipKind.REVOCATION_NOTICE,
        reason=revocation.facts,
        legal_basis=chosen.basis,
        due_on=revocation.statement_until,
        rows=_rows(revocation),
    )
    details = {"revocation": str(revocation.id), "ground": chosen.key}
    tx.audit("case.revocation-proposed", "case", case.id, details)
    _announce(tx, case, item, revocation, "revocation-proposed")
    return revocation


def state_objection(tx: Transaction, case: Case, item: Item, *, text: str) -> Revocation:
    """The holder states and defends (陈述、申辩), once and within the time told.

    Raises Forbidden for others, Conflict when nothing is proposed or the time is over, InvalidInput for
    nothing said.
    """
    case_policy.require_applicant(tx.actor, case)
    case_policy.require_state("state-objection", case)
    revocation = policy.require_open(tx.session, case)
    policy.require_may_state(revocation, tx.today)
    if not text.strip():
        raise InvalidInput(errors=[FieldError("/text", "required", _STATEMENT)])
    revocation.stated_at = tx.now
    revocation.statement_sealed = tx.context.cipher.seal({"text": text.strip()})
    record(tx, case, item, "objection_stated", office="applicant")
    details = {"revocation": str(revocation.id)}
    tx.audit("case.objection-stated", "case", case.id, details, case.on_behalf_of)
    _announce(tx, case, item, revocation, "objection-stated")
    return revocation


def decide(
    tx: Transaction, case: Case, item: Item, *, revoked: bool, reason: str, dropped_for: str | None = None
) -> Revocation:
    """Revoke, or drop the proposal; with reasons, by other eyes, after the holder was heard.

    A revocation ends the certificate, undoes what the grant brought about and cancels the delivery. Raises
    Forbidden without the claim and for whoever proposed (or granted, where the ground is their own act),
    Conflict before the holder could speak, InvalidInput without reasons.
    """
    case_policy.require_state("decide-revocation", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.REVOCATION)
    policy.require_other_eyes(tx.session, tx.actor, case)
    revocation = policy.require_open(tx.session, case)
    policy.require_heard(revocation, tx.today)
    _require_sound(revocation, revoked, reason, dropped_for)
    tasks.complete(tx, task)
    _end(tx, revocation, RevocationState.REVOKED if revoked else RevocationState.DROPPED, reason)
    revocation.dropped_for = dropped_for
    tx.audit(
        "case.revocation-decided",
        "case",
        case.id,
        {"revocation": str(revocation.id), "revoked": revoked, "dropped_for": dropped_for},
    )
    if revoked:
        _revoke(tx, case, item, revocation)
    else:
        _drop(tx, case, item, revocation)
    return revocation


def withdraw(tx: Transaction, case: Case, item: Item, *, reason: str) -> Revocation:
    """Whoever proposed takes it back before it is decided; the holder is told.

    Raises Forbidden for others, Conflict when nothing is proposed, InvalidInput without reasons.
    """
    office = policy.require_office(tx.actor, case)
    case_policy.require_state("withdraw-revocation", case)
    revocation = policy.require_open(tx.session, case)
    policy.require_proposer(tx.actor, revocation)
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("/reason", "required", _REASON)])
    _end(tx, revocation, RevocationState.WITHDRAWN, reason)
    tasks.cancel_live(tx, case, TaskKind.REVOCATION)
    record(tx, case, item, "revocation_withdrawn", office=office, detail=Text.same(reason.strip()))
    tx.audit("case.revocation-withdrawn", "case", case.id, {"revocation": str(revocation.id)})
    _announce(tx, case, item, revocation, "revocation-withdrawn")
    return revocation


def _require_sound(revocation: Revocation, revoked: bool, reason: str, dropped_for: str | None) -> None:
    errors = []
    if not reason.strip():
        errors.append(FieldError("/reason", "required", _REASON))
    if revoked and dropped_for is not None:
        errors.append(FieldError("/dropped_for", "contradiction", _NO_DROP))
    if not revoked and dropped_for not in {each.key for each in policy.drop_reasons(revocation.ground)}:
        errors.append(FieldError("/dropped_for", "choice" if dropped_for else "required", _DROP))
    if errors:
        raise InvalidInput(errors=errors)


def _end(tx: Transaction, revocation: Revocation, state: RevocationState, reason: str) -> None:
    revocation.state = state
    revocation.ended_at = tx.now
    revocation.ended_on = tx.today
    revocation.ended_by = tx.actor.id
    revocation.ended_name = tx.actor.name
    revocation.reason = reason.strip()


def _revoke(tx: Transaction, case: Case, item: Item, revocation: Revocation) -> None:
    rules = load_rules()
    record(tx, case, item, "revoked", office="approver", detail=_line(revocation))
    # What is revoked is neither delivered nor checked any more.
    tasks.cancel_live(tx, case, TaskKind.DELIVERY, TaskKind.CHECK)
    effects = tx.resource(RevokeEffects)
    certificate = effects.by_item.get(item.slug, effects.otherwise)(tx, case, item)
    consequence = rules.consequences[_ground(revocation).discretion]
    issue_slip(
        tx,
        case,
        item,
        SlipKind.REVOCATION_DECISION,
        reason=revocation.reason or "",
        legal_basis=Text.of(revocation.basis),
        remedies=rules.remedies,
        due_on=None,
        items=[consequence.zh],
        rows=[*_rows(revocation), (Text("撤销的证件", "Revoked"), certificate)]
        if certificate
        else _rows(revocation),
    )
    _announce(tx, case, item, revocation, "revoked", certificate)


def _drop(tx: Transaction, case: Case, item: Item, revocation: Revocation) -> None:
    why = load_rules().dropped_for[revocation.dropped_for or ""].text
    record(tx, case, item, "revocation_dropped", office="approver", detail=why)
    issue_slip(
        tx,
        case,
        item,
        SlipKind.REVOCATION_DROPPED,
        reason=revocation.reason or "",
        due_on=None,
        rows=[*_rows(revocation), (Text("不予撤销的原因", "Why it is not revoked"), why.zh)],
    )
    _announce(tx, case, item, revocation, "revocation-dropped")


def _ground(revocation: Revocation) -> Ground:
    return load_rules().grounds[revocation.ground]


def _rows(revocation: Revocation) -> list[tuple[Text, str]]:
    return [(Text("撤销的情形", "Ground"), Text.of(revocation.ground_text).zh)]


def _line(revocation: Revocation) -> Text:
    return _LINE.format(ground=Text.of(revocation.ground_text), basis=Text.of(revocation.basis))


def _in_working_days(tx: Transaction, n: int) -> Reckoning:
    """The day `n` working days after today, as the calendar in force counts."""
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    on = calendar.add_working_days(tx.today, n)
    return Reckoning(on, REVOCATION, on, calendar.is_provisional(on))


def _announce(
    tx: Transaction,
    case: Case,
    item: Item,
    revocation: Revocation,
    step: str,
    certificate: str | None = None,
) -> None:
    """The step with what may be said outside: neither facts nor statement, which may name people."""
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    holder = tasks.holder_of(tx, case, TaskKind.REVOCATION)
    said = {
        "ground": revocation.ground,
        "ground_text": revocation.ground_text,
        "statement_until": revocation.statement_until,
        "statement_provisional": calendar.is_provisional(revocation.statement_until),
        "certificate_id": certificate,
        "officials": sorted({each for each in (revocation.proposed_by, holder) if each}),
    }
    announce(tx, case, item, step, more={"revocation": said})
