"""The inbox on the wire."""

from marshmallow import Schema, fields

from shared.http.schemas import Answer, TextSchema


class MessageSchema(Answer):
    """One message."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, attribute="template", metadata={"description": "Key of its template"})
    title = fields.Nested(TextSchema, required=True)
    body = fields.Nested(TextSchema, required=True)
    link = fields.String(required=True, metadata={"description": "Path in the portal"})
    created_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the thing happened that it tells of"}
    )
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class InboxSchema(Answer):
    """A page of messages, newest first."""

    items = fields.List(fields.Nested(MessageSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page"})
    unread = fields.Integer(required=True, metadata={"description": "Counted up to 100"})


class NothingSchema(Schema):
    """An empty body, or `{}`."""
