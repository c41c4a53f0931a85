"""Recording the delivery (送达) of what was granted, within the limit of 行政许可法 art. 44.

When an electronic certificate counts as delivered no law that this platform cites says: 国令716 arts. 8–12
give it the force of the paper one and are silent on its delivery. Issuing alone is taken for no delivery,
since nobody has received anything by it. So the window records what it hands over or posts, and the first
time that the applicant opens the certificate here is recorded as electronic delivery: from then on it is
known that they have it.
"""

from datetime import date

from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.model import Case
from approvals.cases.record import Fact, Office, record
from approvals.certificates import queries as certificates
from approvals.delivery.model import METHOD_NAMES, Delivery, DeliveryMethod
from approvals.delivery.queries import awaited
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.items.model import Item
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.calendar import say_date
from shared.clock import local_date
from shared.errors import FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_WHO = Text("请填写收件人", "Say who received it")
_BEFORE = Text(
    "送达日期不能早于作出决定之日（{day}）", "It cannot have been delivered before the decision of {day}"
)
_FUTURE = Text("送达日期不能晚于今天", "It cannot have been delivered later than today")


def hand_over(
    tx: Transaction,
    case: Case,
    item: Item,
    *,
    method: DeliveryMethod,
    recipient: str,
    delivered_on: date | None,
    note: str,
) -> Delivery:
    """The window's record of what it has handed over or posted; it ends the delivery clock.

    Raises Forbidden without the claim of the delivery task, InvalidInput without a recipient or for a day
    before the decision or after today.
    """
    policy.require_state("record-delivery", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.DELIVERY)
    on = delivered_on or tx.today
    errors = []
    if not recipient.strip():
        errors.append(FieldError("/recipient", "required", _WHO))
    decided_on = local_date(case.ended_at) if case.ended_at else tx.today
    if on < decided_on:
        errors.append(
            FieldError("/delivered_on", "before-decision", _BEFORE.format(day=say_date(decided_on)))
        )
    elif on > tx.today:
        errors.append(FieldError("/delivered_on", "future", _FUTURE))
    if errors:
        raise InvalidInput(errors=errors)
    tasks.complete(tx, task)
    delivery = _delivery(tx, case, method, recipient.strip(), on, note.strip() or None)
    _record(tx, case, item, delivery, office="window")
    return delivery


def open_here(tx: Transaction, case: Case, item: Item) -> None:
    """The applicant's side opens the certificate: electronic delivery, where nothing was delivered before.

    The opening is the applicant's act, so the log names them. The case has to be locked: of two openings at
    once the second finds the delivery recorded.
    """
    task = awaited(tx.session, case)
    if task is None:
        return
    tasks.complete(tx, task)
    delivery = _delivery(tx, case, DeliveryMethod.ELECTRONIC, tx.actor.name, tx.today, None)
    _record(tx, case, item, delivery, office="applicant")


def _delivery(
    tx: Transaction, case: Case, method: DeliveryMethod, recipient: str, on: date, note: str | None
) -> Delivery:
    delivery = Delivery(
        case_id=case.id,
        method=method,
        recipient=recipient,
        delivered_on=on,
        note=note,
        recorded_at=tx.now,
        recorded_by=tx.actor.id,
        recorded_name=tx.actor.name,
    )
    tx.session.add(delivery)
    return delivery


def _record(tx: Transaction, case: Case, item: Item, delivery: Delivery, *, office: Office) -> None:
    name = METHOD_NAMES[delivery.method]
    on = delivery.delivered_on
    facts = [Fact(FactKind.DELIVERED, on, note=name)]
    record(tx, case, item, "delivered", office=office, facts=facts, effective_on=on, detail=name)
    certificate = certificates.of_case(tx.session, case.id)
    outcome = item.outcome.name.zh if item.outcome else item.name.zh
    issue_slip(
        tx,
        case,
        item,
        SlipKind.DELIVERY_RECORD,
        reason=delivery.note or "",
        due_on=None,
        rows=[
            (Text("送达的证件", "Delivered"), f"{outcome}（{certificate.id}）" if certificate else outcome),
            (Text("收件人", "Received by"), delivery.recipient),
            (Text("送达方式", "How"), name.zh),
            (Text("送达日期", "When"), say_date(on).zh),
        ],
    )
    details = {"method": delivery.method.value, "delivered_on": on.isoformat()}
    tx.audit("case.delivered", "case", case.id, details)
    said = {"method": delivery.method.value, "method_name": name.to_dict(), "delivered_on": on}
    announce(tx, case, item, "delivered", more={"delivery": said})
