"""The public check of a certificate."""

import hashlib

from flask import Response, jsonify
from marshmallow import Schema, fields

from approvals.certificates.licences import licence_pdf
from approvals.certificates.queries import verify
from shared.http.contract import public
from shared.http.description import Blueprint
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


class Verified(Schema):
    """What anybody may know of a certificate."""

    certificate_id = fields.String(required=True)
    valid = fields.Boolean(required=True)
    status = fields.String(required=True)
    kind = fields.String()
    holder = fields.Dict()
    issuer = fields.Dict()
    issued_on = fields.String()
    revoked_at = fields.String(allow_none=True)
    facts = fields.Dict()
    sha256 = fields.String()
    demo = fields.Boolean()


@blueprint.get("/verify/<certificate_id>")
@blueprint.response(200, Verified)
@public
def get_verification(certificate_id: str) -> Response:
    """Check a certificate by its identifier; public, no sign-in."""
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
