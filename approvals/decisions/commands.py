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
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.certificates.model import Certificate
from approvals.certificates.queries import cancelled_at
from approvals.decisions.model import Decision
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.extensions import commands as extensions
from approvals.funds import commands as funds_commands
from approvals.funds import policy as funds_policy
from approvals.funds import queries as funds
from approvals.items.funding import Funding
from approvals.items.model import Item
from approvals.notices.policy import require_decidable
from approvals.procedures.policy import require_none_running
from approvals.reviews.commands import require_other_eyes
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.errors import FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction


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
    public notice runs, for a grant before the notice that the item asks for, and when a budget is exhausted,
    InvalidInput for a refusal without reasons (行政许可法 art. 38) and for a wrong amount.
    """
    policy.require_state("decide", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.DECISION)
    require_other_eyes(tx, case)
    require_none_running(tx.session, case)
    require_decidable(tx.session, case, item, granted=granted)
    if not granted and not reason.strip():
        text = Text(
            "不予许可的，应当说明理由（行政许可法第三十八条）", "A refusal must give its reasons (art. 38)"
        )
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
    record(
        tx,
        case,
        item,
        "granted" if granted else "refused",
        office="approver",
        facts=[Fact(FactKind.DECIDED, tx.today)],
        detail=Text.same(decision.reason) if decision.reason else None,
    )
    case.ended_at = tx.now
    certificate = None
    if item.funding is not None:
        _order_payment(tx, case, item, item.funding, decision, amount_fen)
    else:
        certificate = _grant(tx, case, item) if granted else None
        due = _open_delivery(tx, case, item, TaskKind.DELIVERY, case.department)
        _write_slip(tx, case, item, decision, due)
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
            "uscc": certificate.holder_code if certificate else None,
        },
    )
    return decision


def _order_payment(
    tx: Transaction, case: Case, item: Item, funding: Funding, decision: Decision, amount_fen: int | None
) -> None:
    """The outcome of an item that pays funds: no permit but an order to pay, within the budget."""
    if not decision.granted:
        funds_commands.release(tx, case)
        _write_slip(tx, case, item, decision, None, SlipKind.FUNDING_REFUSAL)
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


def _grant(tx: Transaction, case: Case, item: Item) -> Certificate | None:
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
    return certificate


def _write_slip(
    tx: Transaction,
    case: Case,
    item: Item,
    decision: Decision,
    deliver_by: date | None,
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
