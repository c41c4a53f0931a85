"""Enterprises on the wire."""

from marshmallow import fields

from shared.http.schemas import Answer


class EnterpriseSchema(Answer):
    """The public facts of an enterprise, as this service knows them."""

    uscc = fields.String(required=True, metadata={"description": "Unified social credit code (GB 32100)"})
    name = fields.String(required=True)
    legal_representative = fields.String(required=True)
    industry_code = fields.String(required=True, metadata={"description": "GB/T 4754"})
    region_code = fields.String(required=True, metadata={"description": "GB/T 2260"})
    registered_capital_fen = fields.Integer(required=True)
    established_on = fields.Date(required=True)
    status = fields.String(required=True)
    as_of = fields.AwareDateTime(required=True, metadata={"description": "When the register said so"})


class EnterprisePageSchema(Answer):
    """A page of enterprises, the youngest first."""

    items = fields.List(fields.Nested(EnterpriseSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page"})
