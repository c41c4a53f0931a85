"""The audit trail on the wire."""

from marshmallow import fields

from shared.http.schemas import Answer

_HASH = {"example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}


class AuditEntryOut(Answer):
    """One act: who, for whom, from where. Details hold names of fields and ids, no personal data."""

    number = fields.Integer(required=True, metadata={"description": "1, 2, 3 … within the chain"})
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True, metadata={"example": "case.submitted"})
    actor_kind = fields.String(required=True, metadata={"description": "account, system or anonymous"})
    actor_id = fields.UUID(required=True, allow_none=True)
    actor_name = fields.String(required=True)
    on_behalf_of = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Unified social credit code of the organisation they acted for"},
    )
    address = fields.String(
        required=True, allow_none=True, metadata={"description": "Network address they acted from"}
    )
    request_id = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True, metadata={"example": {"sections": ["company"]}})
    previous_hash = fields.String(required=True, metadata=_HASH)
    hash = fields.String(required=True, metadata=_HASH)


class AuditPage(Answer):
    """A page of acts, newest first."""

    items = fields.List(fields.Nested(AuditEntryOut), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page"})


class AuditAnchorOut(Answer):
    """One day's anchor; whoever keeps its hash can prove later that nothing before it was changed."""

    service = fields.String(required=True)
    number = fields.Integer(required=True)
    day = fields.String(required=True, metadata={"example": "2026-11-23"})
    last_position = fields.Integer(required=True, metadata={"description": "Of the newest entry it covers"})
    entries = fields.Integer(required=True, metadata={"description": "How many since the anchor before"})
    hash = fields.String(required=True, metadata=_HASH)


class AuditAnchorPage(Answer):
    """A page of anchors, newest first."""

    items = fields.List(fields.Nested(AuditAnchorOut), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page"})
