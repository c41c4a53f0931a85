"""Ratings on the wire."""

from marshmallow import Schema, fields, validate

from facilities.capacity.lifecycle import Party
from facilities.production.machines.ratings.rules import MOST_STARS, MOST_TEXT
from facilities.production.machines.schemas import whole
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, following, instant, string, text


class NewRating(Schema):
    """What one side says of the other."""

    stars = whole(1, MOST_STARS, "5 is best", required=True)
    text = fields.String(load_default="", validate=validate.Length(max=MOST_TEXT))


class RatingAnswer(Schema):
    """What the firm that was rated says to it."""

    text = text(MOST_TEXT, required=True)


class Hiding(Schema):
    """Why a text is hidden."""

    reason = text(400, "Both sides read it", required=True)


class RatingListArgs(PageArgs):
    """Whose ratings."""

    firm = fields.String(
        load_default=None,
        validate=validate.Length(max=18),
        metadata={"description": "Only those of this firm: its credit code, or how that begins"},
    )


class RatingOut(Answer):
    """A rating."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "To be named in `If-Match`"})
    by = fields.Enum(Party, by_value=True, required=True)
    firm = string("Who rates: unified social credit code")
    firm_name = string()
    rated = string("Who is rated: unified social credit code")
    rated_name = string()
    stars = fields.Integer(required=True)
    text = string("Null where it is hidden", null=True)
    made_at = instant()
    shown_at = instant("Null: only whoever has said it sees it yet", null=True)
    answer = string(null=True)
    answered_at = instant(null=True)
    hidden_reason = string("Why the text is hidden", null=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class RatingPage(Answer):
    """A page of shown ratings, the latest first."""

    items = fields.List(fields.Nested(RatingOut), required=True)
    next = following()


class BookingRatings(Answer):
    """What the two sides of a booking say of each other, as far as the reader may see it."""

    items = fields.List(fields.Nested(RatingOut), required=True)
    rate_by = instant("Until when the two sides may rate each other", null=True)
    waiting = fields.Boolean(
        required=True,
        metadata={"description": "Something is said that is shown when both have rated, or after `rate_by`"},
    )
    actions = fields.List(fields.String(), required=True, metadata={"description": "`rate`, where possible"})
