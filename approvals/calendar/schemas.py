"""The calendar on the wire."""

from marshmallow import Schema, fields, validate

from approvals.calendar.notice import LONGEST_NAME, MOST_LINES
from shared.http.schemas import Answer, bilingual

_LINES = 20_000
STANDINGS = ("official", "provisional")
_KINDS = ("off", "work")


class NoticeTitle(Schema):
    """What the notice is called."""

    zh = fields.String(required=True, validate=validate.Length(max=200))
    en = fields.String(required=True, validate=validate.Length(max=200))


class DayName(Schema):
    """What a day off, or the holiday that a working day makes up for, is called."""

    zh = fields.String(required=True, metadata={"example": "国庆节", "maxLength": LONGEST_NAME})
    en = fields.String(
        load_default="", metadata={"description": "Not needed for holidays whose English name is known"}
    )


class DayIn(Schema):
    """One day that departs from the plain week."""

    date = fields.String(required=True, metadata={"format": "date", "example": "2026-10-10"})
    kind = fields.String(
        required=True,
        metadata={"enum": list(_KINDS), "description": "off: a day off; work: a make-up working day"},
    )
    name = fields.Nested(DayName, required=True)


class NoticeIn(Schema):
    """A notice with all its days, either as a list or as CSV; both are judged by the same rules."""

    title = fields.Nested(NoticeTitle, required=True)
    document = fields.String(
        load_default="", validate=validate.Length(max=60), metadata={"example": "国办发明电〔2025〕7号"}
    )
    published_on = fields.String(required=True, metadata={"format": "date", "example": "2025-11-04"})
    url = fields.String(load_default="", validate=validate.Length(max=400), metadata={"format": "uri"})
    days = fields.List(
        fields.Nested(DayIn),
        load_default=None,
        allow_none=True,
        metadata={"description": f"At most {MOST_LINES}; all days not listed follow the plain week"},
    )
    csv = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=_LINES),
        metadata={
            "description": "One day a line: date,kind,name and, where it is not known, the English name",
            "example": "2026-10-01,off,国庆节\n2026-10-10,work,国庆节",
        },
    )


class Publish(Schema):
    """Why the notice comes into force as it stands; kept in the audit trail."""

    reason = fields.String(
        required=True, validate=validate.Length(max=500), metadata={"example": "已与通知原文逐日核对"}
    )


class MovesArgs(Schema):
    """Where the previous page ended."""

    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=400),
        metadata={"description": "Where the page before ended: `next` of its answer"},
    )


class Source(Answer):
    """The text that days come from."""

    title = bilingual()
    document = fields.String(required=True)
    published_on = fields.Date(required=True)
    url = fields.String(required=True)


class DayOut(Answer):
    """One day that departs from the plain week."""

    date = fields.Date(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    name = bilingual()


class YearSummary(Answer):
    """A year with its standing."""

    year = fields.Integer(required=True, metadata={"example": 2026})
    standing = fields.String(
        required=True,
        validate=validate.OneOf(STANDINGS),
        metadata={"description": "provisional: no notice yet; statutory days and weekends only"},
    )
    sources = fields.List(fields.Nested(Source), required=True)
    working_days = fields.Integer(required=True, metadata={"example": 248})
    has_draft = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "A notice is being prepared; null for readers who may not know"},
    )


class YearList(Answer):
    """The years from the first with a table to the next one."""

    items = fields.List(fields.Nested(YearSummary), required=True)


class PastNotice(Answer):
    """A notice that came into force here."""

    source = fields.Nested(Source, required=True)
    in_force_at = fields.AwareDateTime(required=True)
    confirmed_by = fields.String(required=True)
    reason = fields.String(required=True)


class YearOut(YearSummary):
    """A year day by day; what is not listed follows the plain week."""

    version = fields.Integer(required=True, metadata={"description": "Its ETag"})
    working_days_by_month = fields.List(fields.Integer(), required=True)
    days = fields.List(fields.Nested(DayOut), required=True)
    history = fields.List(
        fields.Nested(PastNotice),
        required=True,
        allow_none=True,
        metadata={"description": "Newest first; null for readers who may not know"},
    )
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do: prepare, publish"}
    )


class DraftOut(Answer):
    """The notice that is being prepared for a year."""

    year = fields.Integer(required=True)
    version = fields.Integer(required=True, metadata={"description": "The year's version, its ETag"})
    source = fields.Nested(Source, required=True)
    working_days = fields.Integer(required=True)
    days = fields.List(fields.Nested(DayOut), required=True)
    entered_by = fields.String(required=True)
    entered_at = fields.AwareDateTime(required=True)
    actions = fields.List(fields.String(), required=True)


class CaseDates(Answer):
    """By when a case is to be answered."""

    on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "null while the clock stands still, and where the answer was given"},
    )
    kind = fields.String(required=True, allow_none=True, metadata={"example": "statutory"})
    provisional = fields.Boolean(required=True)


class MovedCase(Answer):
    """The case as administrators know it by."""

    id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    item_name = bilingual()
    subject_name = fields.String(required=True, allow_none=True)


class OtherMove(Answer):
    """The date of another clock of the case that the draft changes or settles."""

    name = bilingual()
    before = fields.Date(required=True)
    after = fields.Date(required=True)
    provisional = fields.Boolean(required=True)


class MoveOut(Answer):
    """An open case of which the draft changes a date."""

    case = fields.Nested(MovedCase, required=True)
    before = fields.Nested(CaseDates, required=True)
    after = fields.Nested(CaseDates, required=True)
    others = fields.List(
        fields.Nested(OtherMove),
        required=True,
        metadata={"description": "Clocks besides the one that governs, such as the statutory one"},
    )


class MovePage(Answer):
    """A page of them. It may be short, or empty, and yet have a next one: a page looks at so many cases."""

    items = fields.List(fields.Nested(MoveOut), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page"})
