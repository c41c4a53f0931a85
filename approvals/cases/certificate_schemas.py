"""The certificate of a case and its renewal (延续), on the wire."""

from marshmallow import fields, validate

from shared.http.schemas import Answer, bilingual, day, string


class Renewable(Answer):
    """When the renewal of a certificate can be applied for."""

    opens_on = day("The first day; null: from its issue on", null=True)
    apply_by = day("The last day on which an application is in time")
    in_time = fields.Boolean(required=True, metadata={"description": "Today is no later than that day"})
    now = fields.Boolean(required=True, metadata={"description": "It can be applied for today"})
    running = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The case that asks for it already"}
    )


class Renews(Answer):
    """The certificate that a case asks to renew."""

    certificate_id = string()
    name = bilingual()
    number = string()
    valid_until = day("The last day of its validity")
    apply_by = day("The last day on which the application is in time")
    in_time = fields.Boolean(
        required=True,
        metadata={
            "description": "Handed in so early (a draft: if it were today) that it counts as granted "
            "when nobody decides before the end of validity"
        },
    )
    state = fields.String(
        required=True, validate=validate.OneOf(["running", "granted", "by_law", "refused", "ended"])
    )


class CertificateRef(Answer):
    """The certificate that a grant has issued."""

    id = string("Certificate identifier (GB/T 36904)")
    uscc = string("Unified social credit code of its holder (GB 32100)")
    holder = string()
    name = bilingual()
    number = string("As printed; empty where the credit code is the number")
    status = string("valid, not_yet_valid, revoked, cancelled, replaced or expired")
    issued_on = day()
    valid_from = day("The first day of its validity; of a renewal it may lie ahead")
    valid_until = day("The last day of its validity; null: no end", null=True)
    renews = string("The certificate that it renews", null=True)
    replaced_by = string("The certificate that stands in its place, or follows it", null=True)
    renewable = fields.Nested(
        Renewable,
        required=True,
        allow_none=True,
        metadata={"description": "When its renewal can be applied for; null when there is none, or no more"},
    )
    url = string("Where anybody can check it")
    pdf_url = string("Where those who see the case get the PDF")
