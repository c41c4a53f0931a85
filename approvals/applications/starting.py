"""Beginning an application: who may apply for what, and for whom."""

from uuid import UUID

from approvals.applications.answers import Answers, read_answers, write_answers
from approvals.applications.given import fill_in
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.certificates.model import Certificate
from approvals.handovers import commands as handovers
from approvals.items.answers import subject_name
from approvals.items.carrying import carry_over
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.renewals import commands as renewals
from approvals.renewals.commands import to_be_renewed
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

MAY_APPLY = ("applicant", "enterprise_member", "resident")


def start(
    tx: Transaction, item_code: str, on_behalf_of: str | None = None, renews: str | None = None
) -> Case:
    """Open a draft under the item's present version, for oneself or for an organisation one belongs to.

    `renews` is the certificate to be renewed (延续): its holder applies, and the answers of the case that
    issued it are there to begin with.
    """
    item = tx.resource(Catalogue).in_force(item_code, tx.today)
    if item is None:
        raise Conflict(
            Text("该事项目前不接受申请", "At present nobody can apply for this item"), slug="item-retired"
        )
    if not item.online:
        raise Conflict(Text("该事项尚不能在线申请", "Not available online yet"), slug="guide-only")
    handovers.require_connected(tx.context.resources, item)
    if not tx.actor.has_role(*MAY_APPLY):
        raise Forbidden(Text("工作人员账号不能提交申请", "Officials' accounts cannot apply"))
    certificate = to_be_renewed(tx, item, renews) if renews is not None else None
    if certificate is not None:
        on_behalf_of = _holder(certificate, on_behalf_of)
    if on_behalf_of is not None and all(m.uscc != on_behalf_of for m in tx.actor.memberships):
        raise Forbidden(Text("您不是该单位的成员", "You do not belong to this organisation"))
    _require_right_applicant(item, on_behalf_of)
    case = Case(
        id=new_id(),
        event_sequence=0,
        item_code=item.code,
        item_version=item.version,
        department=item.department.code,
        state=State.DRAFT,
        route="ordinary",
        applicant_id=_account(tx),
        applicant_name=tx.actor.name,
        on_behalf_of=on_behalf_of,
        answers_sealed=b"",
        created_at=tx.now,
        updated_at=tx.now,
    )
    answers = _answers_for(tx, certificate, item) if certificate else {}
    write_answers(tx.context.cipher, case, answers)
    case.subject_name = subject_name(item, answers)
    fill_in(tx, case, item)
    tx.session.add(case)
    tx.session.flush()
    if certificate is not None:
        renewals.begin(tx, case, item, certificate)
    details = {"item": item.code, **({"renews": certificate.id} if certificate else {})}
    tx.audit("case.started", "case", case.id, details, on_behalf_of)
    return case


def _require_right_applicant(item: Item, on_behalf_of: str | None) -> None:
    if item.applicant == "organisation" and on_behalf_of is None:
        text = Text(
            "此事项由单位申请，请选择代表哪个单位", "Organisations apply for this item; say for which one"
        )
        raise InvalidInput(errors=[FieldError("/on_behalf_of", "required", text)])
    if item.applicant == "person" and on_behalf_of is not None:
        text = Text("此事项由个人申请", "Persons apply for this item themselves")
        raise InvalidInput(errors=[FieldError("/on_behalf_of", "choice", text)])


def _holder(certificate: Certificate, said: str | None) -> str:
    """Whose application a renewal is: that of the certificate's holder."""
    if said not in (None, certificate.holder_code):
        text = Text("延续由持证单位申请", "The holder of the certificate applies for its renewal")
        raise InvalidInput(errors=[FieldError("/on_behalf_of", "choice", text)])
    return certificate.holder_code


def _answers_for(tx: Transaction, certificate: Certificate, item: Item) -> Answers:
    """What was said when the certificate was applied for, as far as the present form asks for it."""
    before = tx.session.get_one(Case, certificate.case_id)
    return carry_over(item.form, read_answers(tx.context.cipher, before))[0]


def _account(tx: Transaction) -> UUID:
    if tx.actor.id is None:
        raise Forbidden
    return tx.actor.id
