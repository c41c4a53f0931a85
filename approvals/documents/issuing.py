"""Issuing official slips (文书): numbered and fixed with the act, made into PDF when first asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case, Slip
from approvals.cases.numbering import next_number
from approvals.documents.slips import SlipFacts, SlipKind, make_slip
from approvals.items.model import Item
from shared.clock import local_date
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Context, Transaction

_SERIES: dict[SlipKind, str] = {
    SlipKind.RECEIPT: "收",
    SlipKind.CORRECTION_NOTICE: "补",
    SlipKind.ACCEPTANCE_NOTICE: "受",
    SlipKind.NOT_ACCEPTED_NOTICE: "不予受",
    SlipKind.NOT_REQUIRED_NOTICE: "不受",
    SlipKind.GRANT_DECISION: "准",
    SlipKind.REFUSAL_DECISION: "不准",
    SlipKind.TERMINATION_NOTICE: "终",
    SlipKind.PROCEDURE_NOTICE: "特",
    SlipKind.EXTENSION_NOTICE: "延",
    SlipKind.DELIVERY_RECORD: "送",
    SlipKind.GAP_PROMISE: "容诺",
    SlipKind.GAP_NOTICE: "容受",
    SlipKind.PROMISE: "承",
    SlipKind.CORRECTION_ORDER: "改",
    SlipKind.REVOCATION_NOTICE: "撤告",
    SlipKind.REVOCATION_DECISION: "撤",
    SlipKind.REVOCATION_DROPPED: "不撤",
    SlipKind.FUNDING_DECISION: "拨",
    SlipKind.FUNDING_REFUSAL: "不拨",
    SlipKind.PUBLIC_NOTICE: "公",
    SlipKind.NOTICE_RESULT: "公告",
    SlipKind.DEREGISTRATION_NOTICE: "准销",
    SlipKind.FILING_RECEIPT: "备",
    SlipKind.DEEMED_RENEWAL: "视延",
}
"""The word (字) in a slip's number, by kind: 「受字〔2026〕第12号」."""


def issue_slip(
    tx: Transaction,
    case: Case,
    item: Item,
    kind: SlipKind,
    *,
    items: Sequence[str] = (),
    reason: str = "",
    legal_basis: Text | None = None,
    remedies: Text | None = None,
    due_on: date | Literal["running"] | None = "running",
    due_at: datetime | None = None,
    rows: Sequence[tuple[Text, str]] = (),
) -> Slip:
    """Number the slip and keep what it says; the facts cannot change afterwards.

    `due_on` is the date it names, that of the case's running clock unless said otherwise; `due_at` is its
    instant where the limit is in hours; `rows` are further lines of its table.
    """
    serial = next_number(tx.session, f"slip/{case.department}/{kind.value}/{tx.today.year}")
    on, at = (case.due_on, case.due_at) if due_on == "running" else (due_on, due_at)
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    number = f"{_SERIES[kind]}字〔{tx.today.year}〕第{serial}号"
    slip = Slip(
        id=new_id(),
        case_id=case.id,
        kind=kind.value,
        number=number,
        issued_at=tx.now,
        facts_sealed=tx.context.cipher.seal(
            {
                "body_name": item.department.name.zh,
                "body_code": item.department.code,
                "applicant": case.applicant_name,
                "subject_name": case.subject_name or "",
                "item_name": item.name.zh,
                "case_number": case.number or "",
                "query_code": case.query_code or "",
                "items": list(items),
                "reason": reason,
                "remedies": remedies.zh if remedies else "",
                "due_on": on.isoformat() if on else None,
                "due_at": at.isoformat() if at else None,
                "provisional": on is not None and calendar.is_provisional(on),
                "rows": [[label.to_dict(), said] for label, said in rows],
                "legal_basis": legal_basis.zh if legal_basis else "",
                "licence": item.is_licence,
                "demo": tx.context.settings.demo,
            }
        ),
    )
    tx.session.add(slip)
    return slip


def slip_pdf(context: Context, slip: Slip, *, with_query_code: bool) -> bytes:
    """The slip as PDF, made from its fixed facts: the same facts give the same bytes.

    The query code is how its holder proves to be the applicant: it is on the applicant's own copy alone.
    """
    facts = _facts(context, slip)
    return make_slip(facts if with_query_code else replace(facts, query_code=""))


def _facts(context: Context, slip: Slip) -> SlipFacts:
    said = context.cipher.open(slip.facts_sealed)
    due_on, due_at = said["due_on"], said.get("due_at")
    return SlipFacts(
        kind=SlipKind(slip.kind),
        number=slip.number,
        issued_on=local_date(slip.issued_at),
        body_name=said["body_name"],
        body_code=said["body_code"],
        applicant=said["applicant"],
        subject_name=said["subject_name"],
        item_name=said["item_name"],
        case_number=said["case_number"],
        query_code=said["query_code"],
        rows=tuple((Text.of(label), value) for label, value in said.get("rows", ())),
        items=tuple(said["items"]),
        reason=said["reason"],
        remedies=said["remedies"],
        due_on=date.fromisoformat(due_on) if due_on else None,
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        provisional=said.get("provisional", False),
        legal_basis=said["legal_basis"],
        licence=said.get("licence", True),
        demo=said["demo"],
    )
