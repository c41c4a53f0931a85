"""The public check of a certificate."""

import hashlib

from flask import Response, jsonify
from marshmallow import fields, validate

from approvals.certificates.licences import licence_pdf
from approvals.certificates.queries import verify
from shared.http.contract import public
from shared.http.description import Blueprint
from shared.http.schemas import Answer, day, string
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
    """The body that issued it."""

    name = string()
    code = string("Unified social credit code (GB 32100)")


class PublicFacts(Answer):
    """What the certificate says, as far as it is public."""

    company_type = string()
    legal_representative = string()
    business_scope = string()
    registered_capital_fen = fields.Integer(required=True)
    established_on = day()
    address = string()


class Verified(Answer):
    """What anybody may know of a certificate; of one that is not known only the first three members."""

    certificate_id = string()
    valid = fields.Boolean(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(["valid", "revoked", "not_found", "malformed"])
    )
    kind = fields.String()
    holder = fields.Nested(Holder)
    issuer = fields.Nested(Issuer)
    issued_on = fields.Date()
    revoked_at = fields.AwareDateTime(allow_none=True)
    facts = fields.Nested(PublicFacts)
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
        found = verify(session, certificate_id)
        certificate = found.certificate
        if certificate is None:
            return jsonify(certificate_id=certificate_id, valid=False, status=found.status)
        facts = certificate.public_facts
        return jsonify(
            certificate_id=certificate.id,
            valid=found.status == "valid",
            status=found.status,
            kind=certificate.kind,
            holder={"name": certificate.holder_name, "uscc": certificate.holder_code},
            issuer={"name": certificate.issuer_name, "code": certificate.issuer_code},
            issued_on=certificate.issued_on.isoformat(),
            revoked_at=certificate.revoked_at.isoformat() if certificate.revoked_at else None,
            facts={key: value for key, value in facts.items() if key not in {"demo", "verify_url"}},
            sha256=hashlib.sha256(licence_pdf(certificate)).hexdigest(),
            demo=facts["demo"],
        )
