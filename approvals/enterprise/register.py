"""The register of enterprises: entering a company that was granted, and what the register forbids."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.applications.given import require_facts
from approvals.cases.model import Case
from approvals.cases.numbering import next_number
from approvals.certificates.ending import revoke
from approvals.certificates.model import LICENCE, LICENCE_NAME, Certificate, CertificateStatus
from approvals.certificates.permits import issue_permit, next_identifier, verify_url
from approvals.enterprise.events import ENTERPRISE_REGISTERED
from approvals.enterprise.model import ACTIVE, CLOSED, Enterprise
from approvals.enterprise.particulars import FEN_PER_WAN, particulars
from approvals.items.model import Item
from approvals.items.wording import number_text
from approvals.renewals.queries import renewed_by
from shared.errors import Conflict, FieldError
from shared.identifiers.uscc import make_org_code, make_uscc
from shared.service import Fact
from shared.text import Text
from shared.transaction import Transaction

REVOKED = "revoked"
"""Its registration was revoked (撤销登记, 市场主体登记管理条例 art. 40): another end than 注销 and 吊销."""
ESTABLISHMENT = "company-establishment"
_CLOSED = Text(
    "该企业已注销登记，不能再撤销其设立登记",
    "The enterprise has been deregistered; nothing is left to revoke",
)
_SERIAL_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The alphabet of GB 32100: no I, O, S, V, Z."""

_OF_THE_NAME = sa.select(Enterprise.uscc).where(Enterprise.name == sa.bindparam("name"))


def name_rules(session: Session, item: Item, values: Mapping[str, Any]) -> list[FieldError]:
    """A company name may be registered once (名称登记管理: no two equal names with one authority)."""
    name = particulars(item, values).name
    if not name or not is_taken(session, name):
        return []
    message = Text(
        "名称“{name}”已被登记，请更换字号", "The name “{name}” is already registered; choose another"
    )
    return [FieldError("/answers/company/trade_name", "name-taken", message.format(name=name))]


def register_company(tx: Transaction, case: Case, item: Item, values: Mapping[str, Any]) -> Certificate:
    """Enter the company, give it its credit code and issue its business licence (营业执照).

    The date of the licence is the founding date (市场主体登记管理条例 art. 21). Raises Conflict when
    the name was registered by somebody else meanwhile.
    """
    facts = particulars(item, values)
    if not (facts.name and facts.legal_representative and facts.registered_capital_fen > 0):
        raise Conflict(
            Text("登记事项不完整，不能登记", "The registered matters are incomplete"),
            slug="incomplete-particulars",
        )
    require_free(tx.session, facts.name)
    uscc = _fresh_code(tx.session, item.department.code[2:8])
    enterprise = Enterprise(
        uscc=uscc,
        event_sequence=0,
        name=facts.name,
        company_type=facts.company_type.zh,
        legal_representative=facts.legal_representative,
        region_code=facts.region_code,
        address=facts.address,
        industry_code=facts.industry_code,
        business_scope=facts.business_scope,
        registered_capital_fen=facts.registered_capital_fen,
        established_on=tx.today,
        status=ACTIVE,
        applicant_account_id=case.applicant_id,
        case_id=case.id,
        registered_at=tx.now,
    )
    certificate = issue_licence(tx, case, item, enterprise)
    tx.session.add(enterprise)
    tx.session.flush()
    tx.audit("enterprise.registered", "enterprise", uscc, {"case": str(case.id)})
    tell(tx, enterprise)
    return certificate


def is_taken(session: Session, name: str, by_other_than: str | None = None) -> bool:
    """Whether an enterprise of that name is in the register, other than the one named."""
    found = session.scalar(_OF_THE_NAME, {"name": name})
    return found is not None and found != by_other_than


def require_free(session: Session, name: str, for_whom: str | None = None) -> None:
    """Refuse a name that somebody else has registered meanwhile."""
    if is_taken(session, name, for_whom):
        message = Text("名称“{name}”已被他人登记", "The name “{name}” was registered meanwhile")
        raise Conflict(message.format(name=name), slug="name-taken")


def locked(tx: Transaction, uscc: str) -> Enterprise | None:
    """The enterprise, for a change."""
    return tx.session.scalars(
        sa.select(Enterprise).where(Enterprise.uscc == uscc).with_for_update()
    ).one_or_none()


def facts_of(session: Session, uscc: str) -> Mapping[str, str] | None:
    """What forms may show of an active enterprise (`approvals.applications.given`); None for any other.

    Nobody can close it until the transaction ends.
    """
    found = session.get(Enterprise, uscc, with_for_update={"read": True})
    if found is None or found.status != ACTIVE:
        return None
    return {
        "uscc": found.uscc,
        "name": found.name,
        "company_type": found.company_type,
        "legal_representative": found.legal_representative,
        "region_code": found.region_code,
        "address": found.address,
        "industry_code": found.industry_code,
        "business_scope": found.business_scope,
        "registered_capital": number_text(Decimal(found.registered_capital_fen) / FEN_PER_WAN),
    }


def has_ended(session: Session, uscc: str) -> bool:
    """Whether the enterprise was registered here and has been closed; nobody can close it meanwhile."""
    found = session.get(Enterprise, uscc, with_for_update={"read": True})
    return found is not None and found.status == CLOSED


def permit(tx: Transaction, case: Case, item: Item, values: Mapping[str, Any]) -> Certificate:
    """A grant that issues a permit to the organisation applied for; Conflict when it is active no more.

    Of a renewal it follows the permit that is renewed.
    """
    return issue_permit(tx, case, item, values, require_facts(tx, case), renewed_by(tx.session, case.id))


def strike_off(tx: Transaction, case: Case, item: Item) -> str | None:
    """The establishment is revoked: the enterprise stands as revoked, and the licence it holds now ends.

    The row stays: its credit code is never given again, and its name stays where it was. Raises Conflict when
    it has been deregistered: then nothing is left to revoke (实施细则 art. 52(2)).
    """
    enterprise = tx.session.scalars(
        sa.select(Enterprise).where(Enterprise.case_id == case.id).with_for_update()
    ).one()
    if enterprise.status == CLOSED:
        raise Conflict(_CLOSED, slug="register-moved-on")
    licence = tx.session.get_one(Certificate, enterprise.certificate_id)
    enterprise.status = REVOKED
    ended = revoke(tx, licence)
    tx.session.flush()
    tx.audit("enterprise.registration-revoked", "enterprise", enterprise.uscc, {"case": str(case.id)})
    tell(tx, enterprise)
    return ended


def tell(tx: Transaction, enterprise: Enterprise) -> None:
    """Emit the enterprise's whole public state."""
    tx.emit(ENTERPRISE_REGISTERED, enterprise, enterprise.uscc, _public_state(enterprise))


def tell_all(session: Session) -> Iterator[Fact]:
    """Every enterprise as it stands in the register now, for a service that keeps copies and came later."""
    every = sa.select(Enterprise).where(Enterprise.event_sequence > 0).order_by(Enterprise.uscc)
    for enterprise in session.scalars(every.execution_options(yield_per=500)):
        sequence = enterprise.event_sequence
        yield Fact(ENTERPRISE_REGISTERED, enterprise.uscc, sequence, _public_state(enterprise))


def _public_state(enterprise: Enterprise) -> dict[str, Any]:
    return {
        "uscc": enterprise.uscc,
        "name": enterprise.name,
        "company_type": enterprise.company_type,
        "legal_representative": enterprise.legal_representative,
        "industry_code": enterprise.industry_code,
        "region_code": enterprise.region_code,
        "address": enterprise.address,
        "registered_capital_fen": enterprise.registered_capital_fen,
        "established_on": enterprise.established_on,
        "status": enterprise.status,
        "applicant_account_id": enterprise.applicant_account_id,
        "case_id": enterprise.case_id,
        "certificate_id": enterprise.certificate_id,
    }


def _fresh_code(session: Session, region: str) -> str:
    """The next unused unified social credit code of the region (GB 32100 with GB 11714 inside)."""
    while True:
        serial = next_number(session, f"uscc/{region}")
        digits = ""
        for _ in range(5):
            serial, digit = divmod(serial, len(_SERIAL_DIGITS))
            digits = _SERIAL_DIGITS[digit] + digits
        code = make_uscc(region=region, org_code=make_org_code(f"MA1{digits}"))
        # Codes that came in with an import are stepped over.
        if session.get(Enterprise, code) is None:
            return code


def issue_licence(tx: Transaction, case: Case, item: Item, enterprise: Enterprise) -> Certificate:
    """A business licence that says what the register says now, under the enterprise's credit code."""
    identifier = next_identifier(tx, item, "licence")
    certificate = Certificate(
        id=str(identifier),
        case_id=case.id,
        kind=LICENCE,
        name=LICENCE_NAME.to_dict(),
        number="",
        holder_code=enterprise.uscc,
        holder_name=enterprise.name,
        issuer_code=item.department.code,
        issuer_name=item.department.name.zh,
        issued_on=tx.today,
        valid_from=tx.today,
        public_facts={
            "company_type": enterprise.company_type,
            "legal_representative": enterprise.legal_representative,
            "business_scope": enterprise.business_scope,
            "registered_capital_fen": enterprise.registered_capital_fen,
            "address": enterprise.address,
            "established_on": enterprise.established_on.isoformat(),
            # Fixed with the act: what was issued as a demonstration stays one, whatever is set later.
            "demo": tx.context.settings.demo,
            "verify_url": verify_url(tx, identifier),
        },
        status=CertificateStatus.VALID,
    )
    tx.session.add(certificate)
    enterprise.certificate_id = certificate.id
    return certificate
