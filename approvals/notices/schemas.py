"""Public notices on the wire."""

from marshmallow import Schema, fields, validate

from approvals.cases.notice_schemas import NoticeSummary
from approvals.notices.model import NoticeState, ObjectionOutcome, Standing
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, TextSchema, bilingual, following, instant, string


class NoticeListArgs(PageArgs):
    """Filters of the list of notices."""

    item = fields.String(
        load_default=None,
        validate=validate.Length(max=60),
        metadata={"description": "Only notices on this item, by code or slug"},
    )
    kind = fields.String(
        load_default=None,
        validate=validate.Length(max=60),
        metadata={"description": "Only notices of this kind, as items name it"},
    )
    state = fields.Enum(
        NoticeState,
        by_value=True,
        load_default=None,
        metadata={"description": "Only notices that run, have ended or were stopped"},
    )


class Lodge(Schema):
    """An objection. Only the official whose task it is reads who objects and why."""

    standing = fields.Enum(
        Standing,
        by_value=True,
        required=True,
        metadata={"description": "As what you object; `authority` is for officials"},
    )
    name = fields.String(
        required=True,
        validate=validate.Length(max=120),
        metadata={"description": "Who objects: a person, a company, an authority", "example": "示范债权人"},
    )
    reason = fields.String(
        required=True,
        validate=validate.Length(max=2000),
        metadata={"description": "What there is against it", "example": "尚有货款未结清"},
    )
    contact = fields.String(
        load_default="",
        validate=validate.Length(max=120),
        metadata={"description": "How the authority can reach you", "example": "0990-1234567"},
    )


class AnswerObjection(Schema):
    """What the examination of an objection has found."""

    objection_id = fields.UUID(required=True)
    outcome = fields.Enum(
        ObjectionOutcome,
        by_value=True,
        required=True,
        metadata={"description": "Whether the objection is right"},
    )
    text = fields.String(
        required=True,
        validate=validate.Length(max=2000),
        metadata={"description": "The finding, for whoever decides and whoever objects"},
    )


class NoticePage(Answer):
    """A page of public notices."""

    items = fields.List(fields.Nested(NoticeSummary), required=True)
    next = following()


class NoticeFact(Answer):
    """One line of what the notice shows."""

    label = bilingual()
    value = bilingual()


class HowToObject(Answer):
    """Who may object, and what follows."""

    text = bilingual()
    basis = bilingual(null=True)
    ends = fields.Boolean(
        required=True, metadata={"description": "An objection ends the case; otherwise it is weighed"}
    )
    answered = fields.Boolean(
        required=True, metadata={"description": "Each is examined and answered before the decision"}
    )


class OwnObjection(Answer):
    """An objection, for whoever lodged it."""

    standing = fields.Enum(Standing, by_value=True, required=True)
    standing_name = bilingual()
    lodged_at = instant()
    reason = string()
    outcome = fields.Enum(ObjectionOutcome, by_value=True, required=True, allow_none=True)
    outcome_name = bilingual(null=True)
    answer = string("What the examination has found", null=True)
    answered_at = instant(null=True)


class NoticeOut(NoticeSummary):
    """A public notice (公示), as everybody may read it."""

    facts = fields.List(fields.Nested(NoticeFact), required=True)
    promise = fields.Nested(
        TextSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The undertaking published with it"},
    )
    days = bilingual("How long it stands", null=True)
    basis = bilingual("The provision that asks for it", null=True)
    objections = fields.Nested(HowToObject, required=True, allow_none=True)
    own_objection = fields.Nested(
        OwnObjection,
        required=True,
        allow_none=True,
        metadata={"description": "What the caller has objected, with the answer; null for everybody else"},
    )


class Lodged(Answer):
    """The receipt for an objection."""

    id = fields.UUID(required=True)
    notice_id = fields.UUID(required=True)
    standing = fields.Enum(Standing, by_value=True, required=True)
    lodged_at = instant()
    ended_case = fields.Boolean(required=True, metadata={"description": "It has ended the case"})


class ObjectionOut(Answer):
    """An objection, for the official whose task it is."""

    id = fields.UUID(required=True)
    notice_id = fields.UUID(required=True)
    standing = fields.Enum(Standing, by_value=True, required=True)
    standing_name = bilingual()
    lodged_at = instant()
    name = string("Who objects")
    reason = string()
    contact = string("How to reach them; may be empty")
    account = string("The name of the account that lodged it")
    outcome = fields.Enum(
        ObjectionOutcome,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Null: not answered, which not every item asks for"},
    )
    outcome_name = bilingual(null=True)
    answer = string("What the examination has found", null=True)
    answered_at = instant(null=True)
    answered_by = string(null=True)


class ObjectionList(Answer):
    """The objections on a case, the earliest first."""

    items = fields.List(fields.Nested(ObjectionOut), required=True)
