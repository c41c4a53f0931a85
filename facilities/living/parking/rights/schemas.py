"""What all rights to park have in common on the wire."""

from marshmallow import Schema, fields, validate

from shared.http.schemas import string, text

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c6001"
MOST_MONTHS = 12


class Reason(Schema):
    """Why."""

    reason = text(400, required=True)


def lot_filter() -> fields.String:
    """Of a list: one car park alone."""
    return fields.String(
        load_default=None,
        validate=validate.And(validate.Length(min=1, max=16), validate.Regexp(r"^[A-Za-z0-9_-]+\Z")),
        metadata={"description": "Only those in the car park with this code"},
    )


def typed_plate() -> fields.String:
    """A plate as somebody types it."""
    return fields.String(
        required=True,
        validate=validate.Length(min=1, max=32),
        metadata={"description": "Number plate; dot, spaces and small letters are all right"},
    )


def typed_plates(most: int, *, least: int = 1) -> fields.List[str]:
    """Several of them."""
    return fields.List(typed_plate(), required=True, validate=validate.Length(min=least, max=most))


def whole(least: int, most: int, said: str, **more: object) -> fields.Integer:
    """A whole number within limits."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(min=least, max=most),
        metadata={"description": said},
        **more,  # type: ignore[arg-type]
    )


def plate_shown() -> fields.String:
    """A plate as people read it."""
    return string("Number plate with its dot")
