"""Corrections as the case file shows them: those asked for (补正), and those on the spot (当场更正)."""

from marshmallow import fields, validate

from shared.http.schemas import Answer, bilingual, instant, string


class CorrectionItem(Answer):
    """One point of a correction notice."""

    target = string("JSON pointer of what is to be corrected", example="/materials/articles")
    label = bilingual()
    requirement = string()
    resolved = fields.Boolean(required=True, metadata={"description": "It has changed since the notice"})


class CorrectionOut(Answer):
    """The latest correction notice (一次性告知)."""

    round = fields.Integer(required=True)
    requested_at = instant()
    answered_at = instant(null=True)
    official = string("Who sent it")
    items = fields.List(fields.Nested(CorrectionItem), required=True)


class SpotChangeOut(Answer):
    """One answer that was corrected on the spot."""

    target = string("JSON pointer of the answer", example="/answers/premises/room")
    label = bilingual()
    before = bilingual("In words, starred where numbers are masked; null where nothing stood", null=True)
    after = bilingual(null=True)


class SpotCorrectionOut(Answer):
    """A correction on the spot (当场更正)."""

    at = instant()
    official = string("Who typed it")
    consent = fields.String(required=True, validate=validate.OneOf(["present", "phone", "video"]))
    consent_name = bilingual()
    note = string()
    changes = fields.List(fields.Nested(SpotChangeOut), required=True)
