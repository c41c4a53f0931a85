"""Choosing the way of filing on the wire."""

from marshmallow import Schema, fields, validate


class ChooseRoute(Schema):
    """The way of filing."""

    route = fields.String(
        required=True,
        validate=validate.OneOf(["ordinary", "promise"]),
        metadata={"description": "ordinary: examined first; promise: decided on a written promise"},
    )
