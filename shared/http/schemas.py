"""What the documents of every service are made of."""

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

_ONE_LINE = validate.ContainsNoneOf("\n")
"""What `$` lets through at the end of a text."""
_NOT_BLANK = validate.Regexp(r"^\s*\S", error="Missing data for required field.")
"""White space of any alphabet says nothing: it is refused like a text that is not there."""


_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Days that anybody has a reason to ask for: those beside them can be reckoned with, too."""


class Answer(Schema):
    """An answer. Members may be added within a version: readers pass over what they do not know."""

    class Meta:
        """Bodies that are sent to us are closed; answers are described as open."""

        unknown = EXCLUDE


class TextSchema(Answer):
    """A text for people, in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


def _in_reach(day: date) -> None:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        said = f"Must be greater than or equal to {_FIRST_DAY} and less than or equal to {_LAST_DAY}."
        raise ValidationError(said)


def shaped(pattern: str) -> list[validate.Validator]:
    """A text of this pattern and nothing else, not even a line feed after it; the pattern begins with `^` and
    ends with `$`, as descriptions have it.
    """
    return [validate.Regexp(pattern), _ONE_LINE]


def text(most: int, said: str = "", **more: Any) -> fields.String:
    """A text that somebody writes and that says something; it is kept as it was written."""
    return fields.String(
        validate=[validate.Length(min=1, max=most), _NOT_BLANK], metadata=_said(said), **more
    )


def bilingual(description: str = "", *, null: bool = False) -> fields.Nested:
    """A text that is always there, or null."""
    return fields.Nested(TextSchema, required=True, allow_none=null, metadata=_said(description))


def string(description: str = "", *, null: bool = False, example: str | None = None) -> fields.String:
    """A string that is always there, or null."""
    more = {} if example is None else {"example": example}
    return fields.String(required=True, allow_none=null, metadata=_said(description) | more)


def instant(description: str = "", *, null: bool = False) -> fields.AwareDateTime:
    """A moment (RFC 3339, UTC) that is always there, or null."""
    return fields.AwareDateTime(required=True, allow_none=null, metadata=_said(description))


def day(description: str = "", *, null: bool = False) -> fields.Date:
    """A date of the park (Asia/Shanghai) that is always there, or null."""
    return fields.Date(required=True, allow_none=null, metadata=_said(description))


def chosen_day(description: str, *, required: bool = False) -> fields.Date:
    """A date of the park that somebody asks for; None where it is left out and need not be said."""
    if required:
        return fields.Date(required=True, validate=_in_reach, metadata=_said(description))
    return fields.Date(load_default=None, validate=_in_reach, metadata=_said(description))


def following() -> fields.String:
    """The cursor of the next page."""
    return string("Cursor of the next page; null on the last one", null=True)


def _said(description: str) -> dict[str, str]:
    return {"description": description} if description else {}
