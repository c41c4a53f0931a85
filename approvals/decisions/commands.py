"""The decision (决定): by an approver who did not review, with reasons when it is a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from approvals.applications.answers import open_form
from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.deadline import Deadlines
from approvals.cases.deferral import standing
from approvals.cases.model import Case, DeferralState
from approvals.cases.record import Fact, record
from approvals.certificates.model import LICENCE, Certificate
from approvals.certificates.queries import cancelled_at
from approvals.credit.policy import require_creditworthy
from approvals.decisions.model import Decision
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.extensions import commands as extensions
from approvals.funds import commands as funds_commands
from approvals.funds import policy as funds_policy
from approvals.funds import queries as funds
from approvals.gaps.policy import require_made_up
from approvals.items.funding import Funding
from approvals.items.model import Item
from approvals.notices.policy import require_decidable
from approvals.procedures.policy import require_none_running
from approvals.promises import commands as promises
from approvals.renewals import commands as renewals
from approvals.renewals.model import RenewalState
from approvals.reviews.commands import require_other_eyes
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.calendar import say_date
from shared.errors import FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_WHY = Text("不予许可的，应当说明理由（行政许可法第三十八条）", "A refusal must give its reasons (art. 38)")
_WHY_NOT = Text("不予通过的，应当说明理由", "A refusal must give its reasons")


class GrantEffect(Protocol):
    """What a grant brings about in the service's own register, and the certificate it issues."""

    def __call__(
        self, tx: Transaction, case: Case, item: Item, values: Mapping[str, Any]
    ) -> Certificate | None:
        """Runs in the decision's transaction; raises Conflict when the register cannot take it.

        None for a grant that issues no certificate.
        """
        ...


@dataclass(frozen=True, slots=True)
class GrantEffects:
    """The effect of a grant by the item's slug; each service brings its own."""

    by_item: Mapping[str, GrantEffect]
    otherwise: GrantEffect
    """Of items that are not named."""


def decide(
    tx: Transaction, case: Case, item: Item, *, granted: bool, reason: str, amount_fen: int | None = None
) -> Decision:
    """准予 or 不予; the certificate, the register entry and every event belong to the same transaction.

    A grant opens the task of delivering what was granted within the item's limit (art. 44). Of an item that
    pays funds it fixes the amount, all that was asked for without one, and opens the task of paying.
    Raises Forbidden without the claim or for whoever gave an opinion, Conflict while a special procedure or a
    public notice runs or missing materials are to follow, for a grant before the notice that the item asks
    for, for the grant of a promise of somebody of whom a credit record stands (it can be refused) and when a
    budget is exhausted, InvalidInput for a refusal without reasons (行政许可法 art. 38) and a wrong amount.
    """
    policy.require_state("decide", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.DECISION)
    require_other_eyes(tx, case)
    require_none_running(tx.session, case)
    require_made_up(case)
    if granted and item.route == "promise":
        require_creditworthy(tx.session, case)
    require_decidable(tx.session, case, item, granted=granted)
    if not granted and not reason.strip():
        text = _WHY if item.is_licence else _WHY_NOT
        raise InvalidInput(errors=[FieldError("/reason", "required", text)])
    asked = funds.claim_of(tx.session, case.id) if item.funding else None
    wrong = [*funds_policy.wrong_amount(asked, granted=granted, amount_fen=amount_fen, reason=reason)]
    if wrong:
        raise InvalidInput(errors=wrong)
    decision = Decision(
        case_id=case.id,
        granted=granted,
        reason=reason.strip() or None,
        remedies=item.remedies.text.to_dict() if item.remedies and not granted else None,
        official_id=tx.actor.id,
        official_name=tx.actor.name,
        decided_at=tx.now,
    )
    tx.session.add(decision)
    tasks.complete(tx, task)
    extensions.lapse(tx, case)
    granted_as = "granted_after_gaps" if standing(case, DeferralState.MADE_UP) else "granted"
    record(
        tx,
        case,
        item,
        granted_as if granted else "refused",
        office="approver",
        facts=[Fact(FactKind.DECIDED, tx.today)],
        detail=Text.same(decision.reason) if decision.reason else None,
    )
    case.ended_at = tx.now
    certificate = None
    if item.funding is not None:
        _order_payment(tx, case, item, item.funding, decision, amount_fen)
    else:
        certificate = _give_permit(tx, case, item, decision)
    tx.audit("case.decided", "case", case.id, {"granted": granted})
    announce(
        tx,
        case,
        item,
        "decided",
        decision={
            "granted": granted,
            "reason": decision.reason,
            "certificate_id": certificate.id if certificate else None,
            # The code of a firm that the grant has founded; a permit's holder had theirs before.
            "uscc": certificate.holder_code if certificate and certificate.kind == LICENCE else None,
        },
    )
    return decision


def _give_permit(tx: Transaction, case: Case, item: Item, decision: Decision) -> Certificate | None:
    """The outcome of an item that grants a permit: what the grant brings about, and what follows from it."""
    certificate = grant(tx, case, item) if decision.granted else None
    renewals.end(tx, case, RenewalState.GRANTED if decision.granted else RenewalState.REFUSED)
    due = _open_delivery(tx, case, item, TaskKind.DELIVERY, case.department)
    if decision.granted:
        promises.await_check(tx, case, item)
    _write_slip(tx, case, item, decision, due, certificate=certificate)
    return certificate


def _order_payment(
    tx: Transaction, case: Case, item: Item, funding: Funding, decision: Decision, amount_fen: int | None
) -> None:
    """The outcome of an item that pays funds: no permit but an order to pay, within the budget."""
    if not decision.granted:
        funds_commands.release(tx, case)
        _write_slip(tx, case, item, decision, None, refusal=SlipKind.FUNDING_REFUSAL)
        return
    granted = funds_commands.grant(tx, case, item, amount_fen)
    due = _open_delivery(tx, case, item, TaskKind.PAYMENT, funding.payer.code)
    funds_commands.write_order(tx, case, item, granted, reason=decision.reason or "", pay_by=due)


def _open_delivery(tx: Transaction, case: Case, item: Item, kind: TaskKind, department: str) -> date | None:
    """The task of handing over or paying what was granted, and by when; nothing without a limit for it."""
    due = tx.resource(Deadlines).reckon_delivery(tx.session, case, item, tx.today, now=tx.now)
    if due is None:
        return None
    tasks.open_task(tx, case, kind, due, department=department)
    return due.due_on


def grant(tx: Transaction, case: Case, item: Item) -> Certificate | None:
    """What a grant brings about, whoever or whatever grants: the register's entry and the certificate."""
    values = open_form(tx.session, tx.context.cipher, case, item, tx.today).examined.values
    effects = tx.resource(GrantEffects)
    certificate = effects.by_item.get(item.slug, effects.otherwise)(tx, case, item, values)
    if certificate is None:
        return None
    record(
        tx,
        case,
        item,
        "certificate_issued",
        office="system",
        detail=Text("{name}（{code}）", "{name} ({code})").format(
            name=item.outcome.name if item.outcome else item.name, code=certificate.holder_code
        ),
    )
    renewals.plan_reminders(tx, item, certificate)
    return certificate


def renewal_rows(tx: Transaction, certificate: Certificate | None) -> list[tuple[Text, str]]:
    """What a slip says of a renewal: which certificate, until when it was valid and until when it is now."""
    old = tx.session.get(Certificate, certificate.renews) if certificate and certificate.renews else None
    if certificate is None or old is None or old.valid_until is None or certificate.valid_until is None:
        return []
    return [
        (Text("延续的证照编号", "Number renewed"), old.number),
        (Text("原有效期至", "Valid until"), say_date(old.valid_until).zh),
        (
            Text("延续后的有效期", "Valid now"),
            f"{say_date(certificate.valid_from).zh}至{say_date(certificate.valid_until).zh}",
        ),
    ]


def _write_slip(
    tx: Transaction,
    case: Case,
    item: Item,
    decision: Decision,
    deliver_by: date | None,
    *,
    certificate: Certificate | None = None,
    refusal: SlipKind = SlipKind.REFUSAL_DECISION,
) -> None:
    if decision.granted:
        issue_slip(
            tx,
            case,
            item,
            SlipKind(item.outcome.slip) if item.outcome else SlipKind.GRANT_DECISION,
            items=_cancelled(tx, case),
            legal_basis=item.grant.basis if item.grant else None,
            due_on=deliver_by,
            rows=renewal_rows(tx, certificate),
        )
    else:
        issue_slip(
            tx,
            case,
            item,
            refusal,
            reason=decision.reason or "",
            legal_basis=item.refuse.basis if item.refuse else None,
            remedies=item.remedies.text if item.remedies else None,
        )


def _cancelled(tx: Transaction, case: Case) -> list[str]:
    """The certificates that this very grant has cancelled, by name and number."""
    if case.on_behalf_of is None:
        return []
    return [
        f"{each.name['zh']}（{each.number or each.holder_code}）"
        for each in cancelled_at(tx.session, case.on_behalf_of, tx.now)
    ]
