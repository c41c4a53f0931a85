"""The public check of a certificate."""

import hashlib

from flask import Response, jsonify
from marshmallow import fields, validate

from approvals.certificates.details import details_of
from approvals.certificates.licences import certificate_pdf
from approvals.certificates.model import CertificateStatus
from approvals.certificates.queries import EXPIRED, NOT_YET, issuer_of, verify
from approvals.items.catalogue import Catalogue
from shared.http.contract import public
from shared.http.description import Blueprint
from shared.http.schemas import Answer, TextSchema, bilingual, string
from shared.http.state import current_runtime

blueprint = Blueprint(
    "certificates",
    __name__,
    description="Certificates (证照), public check",
    path_parameters={
        "certificate_id": (
            "As printed on the certificate; blanks and case do not matter",
            "1.2.156.3005.2.11100000000013338W001.11990101MB0DEM2282.202611230001.001.6",
        )
    },
)


class Holder(Answer):
    """Whom the certificate is about."""

    name = string()
    uscc = string("Unified social credit code (GB 32100)")


class Issuer(Answer):
    """The body that issued it; in Chinese as it stands on the certificate."""

    name = bilingual()
    code = string("Unified social credit code (GB 32100)")


class DetailOut(Answer):
    """One line of what the certificate says."""

    key = string("Its name for programs")
    label = bilingual()
    value = bilingual()


class Verified(Answer):
    """What anybody may know of a certificate; of one that is not known only the first three members."""

    certificate_id = string()
    valid = fields.Boolean(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(
            [*(each.value for each in CertificateStatus), EXPIRED, NOT_YET, "not_found", "malformed"]
        ),
    )
    kind = fields.String()
    name = fields.Nested(TextSchema)
    number = fields.String(metadata={"description": "As printed; empty where the credit code is the number"})
    holder = fields.Nested(Holder)
    issuer = fields.Nested(Issuer)
    issued_on = fields.Date()
    valid_from = fields.Date(metadata={"description": "The first day of its validity"})
    valid_until = fields.Date(
        allow_none=True, metadata={"description": "The last day of its validity; null: no end"}
    )
    ended_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it was revoked, cancelled or replaced"}
    )
    replaced_by = fields.String(
        allow_none=True,
        metadata={"description": "What stands in its place, or follows it in time"},
    )
    renews = fields.String(allow_none=True, metadata={"description": "What it follows"})
    details = fields.List(fields.Nested(DetailOut))
    sha256 = fields.String(metadata={"description": "Of the PDF"})
    demo = fields.Boolean(metadata={"description": "It is invented and has no effect"})


@blueprint.get("/verify/<certificate_id>")
@blueprint.response(200, Verified)
@public
def get_verification(certificate_id: str) -> Response:
    """Check a certificate by its identifier; public, no sign-in.

    An identifier that nobody issued is an answer too: `valid` is false, and `status` says why.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        found = verify(session, certificate_id, runtime.clock.today())
        certificate = found.certificate
        if certificate is None:
            return jsonify(certificate_id=certificate_id, valid=False, status=found.status)
        return jsonify(
            certificate_id=certificate.id,
            valid=found.status == CertificateStatus.VALID,
            status=found.status,
            kind=certificate.kind,
            name=certificate.name,
            number=certificate.number,
            holder={"name": certificate.holder_name, "uscc": certificate.holder_code},
            issuer={
                "name": issuer_of(session, certificate, runtime.context.resources.get(Catalogue)).to_dict(),
                "code": certificate.issuer_code,
            },
            issued_on=certificate.issued_on.isoformat(),
            valid_from=certificate.valid_from.isoformat(),
            valid_until=certificate.valid_until.isoformat() if certificate.valid_until else None,
            ended_at=certificate.ended_at.isoformat() if certificate.ended_at else None,
            replaced_by=certificate.replaced_by,
            renews=certificate.renews,
            details=[detail.to_dict() for detail in details_of(certificate)],
            sha256=hashlib.sha256(certificate_pdf(certificate)).hexdigest(),
            demo=certificate.public_facts["demo"],
        )
