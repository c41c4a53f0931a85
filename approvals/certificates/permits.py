"""Issuing permits (许可证件) as the outcome of an item words them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from approvals.cases.model import Case
from approvals.cases.numbering import next_number
from approvals.certificates.model import Certificate, CertificateStatus
from approvals.items.answers import shown
from approvals.items.model import Item
from approvals.items.permit_spec import CertificateSpec, Validity
from approvals.items.wording import months_after, years_after
from shared.errors import Conflict
from shared.identifiers.certificate_id import CertificateId, make_certificate_id
from shared.text import Text
from shared.transaction import Transaction


def issue_permit(
    tx: Transaction,
    case: Case,
    item: Item,
    values: Mapping[str, Any],
    holder: Mapping[str, str],
    renews: Certificate | None = None,
) -> Certificate:
    """The permit of a granted case, valid as long as the item says, from today or from the end of another.

    `holder` are the register's facts of the organisation; `renews` is the permit whose number it keeps and
    which it follows without a gap. Raises Conflict for an item that issues none.
    """
    outcome = item.outcome
    if outcome is None or outcome.certificate is None:
        raise Conflict(Text("事项未配置证照", "The item issues no certificate"))
    spec = outcome.certificate
    identifier = next_identifier(tx, item, spec.kind)
    valid_from = first_day(tx.today, renews)
    certificate = Certificate(
        id=str(identifier),
        case_id=case.id,
        kind=spec.kind,
        name=outcome.name.to_dict(),
        number=renews.number if renews else _number(tx, item, spec),
        holder_code=holder["uscc"],
        holder_name=holder["name"],
        issuer_code=item.department.code,
        issuer_name=item.department.name.zh,
        issued_on=tx.today,
        valid_from=valid_from,
        valid_until=last_day(valid_from, spec.valid_for),
        renews=renews.id if renews else None,
        public_facts={
            "details": [line for path in spec.facts if (line := _line(item, path, values)) is not None],
            # Fixed with the act: what was issued as a demonstration stays one, whatever is set later.
            "demo": tx.context.settings.demo,
            "verify_url": verify_url(tx, identifier),
        },
        status=CertificateStatus.VALID,
    )
    tx.session.add(certificate)
    if renews is not None:
        renews.replaced_by = certificate.id
    return certificate


def _number(tx: Transaction, item: Item, spec: CertificateSpec) -> str:
    serial = next_number(tx.session, f"permit/{spec.kind}/{item.department.code}/{tx.today:%Y}")
    return f"{spec.number}{item.department.code[2:8]}{tx.today:%Y}{serial:05d}"


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


def first_day(issued_on: date, renews: Certificate | None) -> date:
    """The day of issue, or the day after the end of the permit that is renewed, whichever is later."""
    if renews is None or renews.valid_until is None:
        return issued_on
    return max(issued_on, renews.valid_until + timedelta(days=1))


def last_day(valid_from: date, valid_for: Validity | None) -> date | None:
    """The last day of validity: the eve of the day corresponding to the first, as permits print it.

    None: no end.
    """
    if valid_for is None:
        return None
    after = years_after if valid_for.unit == "year" else months_after
    return date.fromordinal(after(valid_from, valid_for.n).toordinal() - 1)


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
