"""What an item brings about, from its YAML: the outcome, its validity and the permit that is issued."""

from typing import Any

from approvals.items.model import CertificateSpec, Item, Note, Outcome, Validity
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
        renewal=read_note(reader, data.get("renewal"), ("outcome", "renewal")),
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
    """Note what the permit names that the form does not have."""
    certificate = item.outcome.certificate if item.outcome else None
    if certificate is None:
        return
    if item.applicant != "organisation":
        reader.flaw(("applicant",), "permits are issued to organisations")
    for number, path in enumerate(certificate.facts):
        field = item.form.index.get(path)
        if field is None or field.in_rows:
            place = ("outcome", "certificate", "facts", number)
            reader.flaw(place, f"the form has no field {path!r} outside rows")


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
