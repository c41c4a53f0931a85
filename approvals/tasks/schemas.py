"""What clients send about tasks, and what they get."""

from marshmallow import Schema, fields, validate

from approvals.cases.schemas import TEXT, Due, ItemRef, Person
from shared.http.paging import PageArgs


class ClaimNext(Schema):
    """Which tasks to choose from: the filters of the queue but the state, which is open."""

    kind = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(["intake", "review", "decision"])
    )
    light = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(["green", "yellow", "red"])
    )
    due = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["today"]))
    item = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=50))
    q = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class TaskListArgs(PageArgs, ClaimNext):
    """Filters of the queue."""

    state = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(["open", "claimed", "mine", "done"])
    )


class Check(Schema):
    """One point of the reviewer's check list."""

    key = fields.String(required=True, validate=validate.Length(max=60))
    result = fields.String(required=True, validate=validate.OneOf(["pass", "fail", "na"]))
    note = fields.String(load_default="", validate=validate.Length(max=1000))


class GiveOpinion(Schema):
    """The reviewer's opinion."""

    conclusion = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    text = fields.String(load_default="", validate=validate.Length(max=4000))
    checks = fields.List(fields.Nested(Check), required=True, validate=validate.Length(max=60))


class TaskCase(Schema):
    """The case a task is about."""

    id = fields.String()
    number = fields.String(allow_none=True)
    item = fields.Nested(ItemRef)
    subject_name = fields.String(allow_none=True)
    state = fields.String()
    state_name = TEXT
    version = fields.Integer()


class TaskOut(Schema):
    """A task in the queue."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    kind_name = TEXT
    state = fields.String(required=True)
    case = fields.Nested(TaskCase)
    department = fields.String()
    claimed_by = fields.Nested(Person, allow_none=True)
    mine = fields.Boolean()
    due = fields.Nested(Due)
    created_at = fields.String()
    actions = fields.List(fields.String())


class TaskPage(Schema):
    """A page of the queue, with the big numbers."""

    items = fields.List(fields.Nested(TaskOut))
    next = fields.String(allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
