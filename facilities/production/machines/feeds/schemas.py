"""Calendar feeds on the wire."""

from marshmallow import Schema, fields, validate

from shared.http.schemas import Answer, bilingual, instant, string, text


class NewFeed(Schema):
    """Of what a feed is to tell."""

    owner = text(18, "Unified social credit code of the firm", required=True)
    machine_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Bookings of this machine of the firm; null: what the firm has booked"},
    )


class FeedArgs(Schema):
    """In which language it is told."""

    language = fields.String(
        load_default="zh",
        validate=validate.OneOf(["zh", "en"]),
        metadata={"description": "The language of its words"},
    )


class FeedOut(Answer):
    """A feed and its present address."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "To be named in If-Match"})
    owner = string("Unified social credit code of the firm")
    owner_name = string()
    machine_id = fields.UUID(required=True, allow_none=True)
    machine_name = bilingual(null=True)
    url = string("Whoever has it can read the feed without signing in; null: it is revoked", null=True)
    changed_at = instant("When the address was made or revoked")


class FeedList(Answer):
    """The feeds of the reader's firms."""

    items = fields.List(fields.Nested(FeedOut), required=True)
