"""What clients send about cases, and what they get."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from shared.http.paging import PageArgs

TEXT = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "{zh, en}"})


class YesNo(fields.Boolean):
    """true or false and nothing like it: 1 is no declaration."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class StartCase(Schema):
    """Open a draft."""

    item_code = fields.String(required=True, validate=validate.Length(min=1, max=50))
    on_behalf_of = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=18))


class Sections(fields.Dict):
    """Sections by name; what is wrong with one is said at the section, not at marshmallow's `value`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            said = {name: each.get("value") or each["key"] for name, each in error.messages.items()}
            raise ValidationError(said) from error


class SaveAnswers(Schema):
    """Sections of the form, raw as typed; each named section is replaced whole."""

    answers = Sections(keys=fields.String(), values=fields.Dict(), required=True)


class CheckArgs(Schema):
    """Which section to check; the whole application without it."""

    section = fields.String(load_default=None, allow_none=True)


class Submit(Schema):
    """The applicant's declaration."""

    declaration = YesNo(required=True)


class Withdraw(Schema):
    """Why the application is taken back."""

    reason = fields.String(load_default="", validate=validate.Length(max=500))


class Nothing(Schema):
    """A verb without further information."""


class Decline(Schema):
    """Refusing intake."""

    kind = fields.String(required=True, validate=validate.OneOf(["not_required", "refused"]))
    ground = fields.String(required=True, validate=validate.Length(max=60))
    reason = fields.String(required=True, validate=validate.Length(max=2000))


class CorrectionPoint(Schema):
    """One thing to correct."""

    target = fields.String(required=True, validate=validate.Length(min=1, max=200))
    requirement = fields.String(required=True, validate=validate.Length(max=500))


class RequestCorrection(Schema):
    """Everything to correct, once."""

    items = fields.List(fields.Nested(CorrectionPoint), required=True, validate=validate.Length(max=60))


class Decide(Schema):
    """The decision."""

    granted = YesNo(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=4000))


class CaseListArgs(PageArgs):
    """Filters of the list of cases."""

    state = fields.String(load_default=None, allow_none=True)


class ItemRef(Schema):
    """The item a case is about."""

    code = fields.String(required=True)
    slug = fields.String(required=True)
    version = fields.String(required=True)
    name = TEXT


class Due(Schema):
    """The date by which an answer is due."""

    on = fields.String(required=True)
    kind = fields.String(required=True)
    light = fields.String(required=True)
    days_left = fields.Integer(allow_none=True)
    provisional = fields.Boolean(required=True)


class Person(Schema):
    """A person as named on screens."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class CaseSummary(Schema):
    """A case as a line of a list."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    number = fields.String(allow_none=True)
    item = fields.Nested(ItemRef)
    state = fields.String(required=True)
    state_name = TEXT
    applicant = fields.Nested(Person)
    on_behalf_of = fields.String(allow_none=True)
    subject_name = fields.String(allow_none=True)
    created_at = fields.String()
    submitted_at = fields.String(allow_none=True)
    due = fields.Nested(Due, allow_none=True)


class Renewal(Schema):
    """What another version of the item means for a draft that was begun before."""

    version = fields.String(
        allow_none=True, metadata={"description": "the version in force; null when nobody can apply now"}
    )
    effective_on = fields.String(allow_none=True, metadata={"description": "its first day"})
    note = fields.Dict(allow_none=True, metadata={"description": "its authors' words, {zh, en}"})
    changes = fields.List(TEXT, metadata={"description": "what differs from the version of the draft"})
    losses = fields.List(TEXT, metadata={"description": "what of the draft it has no place for"})


class CaseOut(CaseSummary):
    """The whole case file as this reader may see it."""

    query_code = fields.String(allow_none=True)
    accepted_at = fields.String(allow_none=True)
    decided_at = fields.String(allow_none=True)
    sections = fields.List(fields.Dict())
    answers = fields.Dict()
    code_names = fields.Dict(metadata={"description": "what codes among the answers stand for, by pointer"})
    masked = fields.Boolean()
    materials = fields.List(fields.Dict())
    correction = fields.Dict(allow_none=True)
    opinions = fields.List(fields.Dict())
    decision = fields.Dict(allow_none=True)
    certificate = fields.Dict(allow_none=True)
    renewal = fields.Nested(
        Renewal, allow_none=True, metadata={"description": "of a draft whose version is not in force"}
    )
    actions = fields.List(fields.String())


class CasePage(Schema):
    """A page of cases."""

    items = fields.List(fields.Nested(CaseSummary))
    next = fields.String(allow_none=True)


class CheckOut(Schema):
    """What is still wrong."""

    valid = fields.Boolean()
    errors = fields.List(fields.Dict())
    warnings = fields.List(fields.Dict())


class Rows(Schema):
    """A list of documents."""

    items = fields.List(fields.Dict())


class MaterialOut(Schema):
    """One material of the item and the file handed in for it."""

    code = fields.String(required=True)
    name = TEXT
    necessity = fields.String(required=True)
    required = fields.Boolean(required=True)
    uploaded = fields.Dict(allow_none=True)
