"""Issuing permits (许可证件) as the outcome of an item words them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from approvals.cases.model import Case
from approvals.cases.numbering import next_number
from approvals.certificates.model import Certificate, CertificateStatus
from approvals.items.answers import shown
from approvals.items.model import Item, Validity
from approvals.items.wording import months_after, years_after
from shared.errors import Conflict
from shared.identifiers.certificate_id import CertificateId, make_certificate_id
from shared.text import Text
from shared.transaction import Transaction


def issue_permit(
    tx: Transaction, case: Case, item: Item, values: Mapping[str, Any], holder: Mapping[str, str]
) -> Certificate:
    """The permit of a granted case, valid from today as long as the item says.

    `holder` are the register's facts of the organisation. Raises Conflict for an item that issues none.
    """
    outcome = item.outcome
    if outcome is None or outcome.certificate is None:
        raise Conflict(Text("事项未配置证照", "The item issues no certificate"))
    spec = outcome.certificate
    identifier = next_identifier(tx, item, spec.kind)
    serial = next_number(tx.session, f"permit/{spec.kind}/{item.department.code}/{tx.today:%Y}")
    certificate = Certificate(
        id=str(identifier),
        case_id=case.id,
        kind=spec.kind,
        name=outcome.name.to_dict(),
        number=f"{spec.number}{item.department.code[2:8]}{tx.today:%Y}{serial:05d}",
        holder_code=holder["uscc"],
        holder_name=holder["name"],
        issuer_code=item.department.code,
        issuer_name=item.department.name.zh,
        issued_on=tx.today,
        valid_until=last_day(tx.today, spec.valid_for),
        public_facts={
            "details": [line for path in spec.facts if (line := _line(item, path, values)) is not None],
            # Fixed with the act: what was issued as a demonstration stays one, whatever is set later.
            "demo": tx.context.settings.demo,
            "verify_url": verify_url(tx, identifier),
        },
        status=CertificateStatus.VALID,
    )
    tx.session.add(certificate)
    return certificate


def next_identifier(tx: Transaction, item: Item, series: str) -> CertificateId:
    """The next electronic-certificate identifier (GB/T 36904) of the item's type and body.

    Raises Conflict for an item whose outcome names no type of certificate.
    """
    issuer = item.department.code
    type_code = item.outcome.certificate_type if item.outcome else None
    if type_code is None:
        raise Conflict(Text("事项未配置证照类型", "The item names no type of certificate"))
    serial = next_number(tx.session, f"{series}/{issuer}/{tx.today:%Y%m%d}")
    return make_certificate_id(type_code=type_code, issuer=issuer, serial=f"{tx.today:%Y%m%d}{serial:05d}")


def verify_url(tx: Transaction, identifier: CertificateId) -> str:
    """The public page on which anybody checks it."""
    return f"{tx.context.settings.public_url}/verify/{identifier}"


def last_day(issued_on: date, valid_for: Validity | None) -> date | None:
    """The last day of validity; None: no end.

    The day of issue is the first day, so the last is the eve of the corresponding one, as permits print it.
    """
    if valid_for is None:
        return None
    after = years_after if valid_for.unit == "year" else months_after
    return date.fromordinal(after(issued_on, valid_for.n).toordinal() - 1)


def _line(item: Item, path: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a field says, of a field in rows what all the rows say; None when it says nothing."""
    field = item.form.field(path)
    section = values.get(field.section, {})
    places = section.get("rows", []) if field.in_rows else [section]
    said = [value for place in places if (value := shown(field, place.get(field.name))) is not None]
    if not said:
        return None
    value = Text("、".join(each.zh for each in said), ", ".join(each.en for each in said))
    return {"key": field.name, "label": field.label.to_dict(), "value": value.to_dict()}
