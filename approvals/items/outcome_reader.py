"""What an item brings about, from its YAML: the outcome, its validity and the permit that is issued."""

from typing import Any

from approvals.items.model import Item, Limit, Note, Outcome, Renewal
from approvals.items.permit_spec import CertificateSpec, Validity
from approvals.items.reference import Reader
from approvals.items.source import Path
from shared.text import Text


def read_outcome(reader: Reader, data: Any) -> Outcome | None:
    """The outcome of an item, if it names one."""
    if data is None:
        return None
    return Outcome(
        kind=Text.of(data["kind"]),
        name=Text.of(data["name"]),
        validity=reader.text(data.get("validity")),
        renewal=_renewal(reader, data.get("renewal")),
        certificate_type=data.get("certificate_type"),
        validity_verified=data.get("validity_verified", False),
        certificate=_certificate(reader, data),
        slip=data.get("slip", "grant_decision"),
        **reader.shown(data, ("outcome",)),
    )


def read_note(reader: Reader, data: Any, path: Path) -> Note | None:
    """A sentence with its basis, if there is one."""
    if data is None:
        return None
    return Note(text=Text.of(data["text"]), **reader.shown(data, path))


def check_certificate(reader: Reader, item: Item) -> None:
    """Note what the permit names that the form does not have, and a renewal of what does not end."""
    certificate = item.outcome.certificate if item.outcome else None
    renewal = item.outcome.renewal if item.outcome else None
    if renewal and renewal.apply_before and not (certificate and certificate.valid_for):
        reader.flaw(
            ("outcome", "renewal", "apply_before"), "only a permit that is valid for a time is renewed"
        )
    if certificate is None:
        return
    if item.applicant != "organisation":
        reader.flaw(("applicant",), "permits are issued to organisations")
    for number, path in enumerate(certificate.facts):
        field = item.form.index.get(path)
        if field is None or field.type == "array":
            reader.flaw(("outcome", "certificate", "facts", number), f"the form has no field {path!r}")


def _renewal(reader: Reader, data: Any) -> Renewal | None:
    if data is None:
        return None
    path = ("outcome", "renewal")
    return Renewal(
        text=Text.of(data["text"]),
        apply_before=_before_the_end(reader, data.get("apply_before"), (*path, "apply_before")),
        opens=_before_the_end(reader, data.get("opens"), (*path, "opens")),
        remind_days=tuple(data.get("remind_days", [])),
        **reader.shown(data, path),
    )


def _before_the_end(reader: Reader, data: Any, path: Path) -> Limit | None:
    return None if data is None else Limit(n=data["n"], unit=data["unit"], **reader.shown(data, path))


def _certificate(reader: Reader, outcome: Any) -> CertificateSpec | None:
    data = outcome.get("certificate")
    if data is None:
        return None
    if "certificate_type" not in outcome:
        reader.flaw(("outcome", "certificate"), "a certificate needs the outcome's certificate_type")
    valid_for = data.get("valid_for")
    return CertificateSpec(
        kind=data["kind"],
        number=data["number"],
        facts=tuple(data["facts"]),
        valid_for=Validity(valid_for["n"], valid_for["unit"]) if valid_for else None,
    )
