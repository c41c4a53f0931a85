"""What clients send about tasks, and what they get."""

from marshmallow import Schema, fields, validate

from approvals.cases.lifecycle import State
from approvals.cases.schemas import ItemRef, Person
from approvals.cases.time_schemas import Due, StageDue
from approvals.tasks.model import TaskKind, TaskState
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string


class ClaimNext(Schema):
    """Which tasks to choose from: the filters of the queue but the state, which is open."""

    kind = fields.String(
        load_default=None,
        validate=validate.OneOf([kind.value for kind in TaskKind]),
        metadata={"description": "What is to be done"},
    )
    light = fields.String(
        load_default=None,
        validate=validate.OneOf(["green", "yellow", "red", "suspended"]),
        metadata={"description": "How near the due date is; red: overdue; suspended: the clock stands still"},
    )
    due = fields.String(
        load_default=None, validate=validate.OneOf(["today"]), metadata={"description": "Due today"}
    )
    item = fields.String(
        load_default=None, validate=validate.Length(max=50), metadata={"description": "Code of the item"}
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=100),
        metadata={"description": "Beginning of the case number, or part of the name"},
    )


class TaskListArgs(PageArgs, ClaimNext):
    """Filters of the queue."""

    state = fields.String(
        load_default=None,
        validate=validate.OneOf(["open", "claimed", "mine", "done"]),
        metadata={"description": "Without it: all that is not done"},
    )


class Check(Schema):
    """One point of the reviewer's check list."""

    key = fields.String(required=True, validate=validate.Length(max=60))
    result = fields.String(required=True, validate=validate.OneOf(["pass", "fail", "na"]))
    note = fields.String(load_default="", validate=validate.Length(max=1000))


class Inspection(Schema):
    """The check on the spot (现场核查), by two or more officials."""

    on = fields.Date(required=True, metadata={"description": "The day of the check"})
    inspectors = fields.List(
        fields.String(validate=validate.Length(max=80)), required=True, validate=validate.Length(max=20)
    )
    findings = fields.String(required=True, validate=validate.Length(max=4000))


class GiveOpinion(Schema):
    """The reviewer's opinion."""

    conclusion = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    text = fields.String(load_default="", validate=validate.Length(max=4000))
    checks = fields.List(fields.Nested(Check), required=True, validate=validate.Length(max=60))
    inspection = fields.Nested(
        Inspection,
        load_default=None,
        allow_none=True,
        metadata={"description": "Required where a step of the item checks on the spot (`on_site`)"},
    )


class TaskCase(Answer):
    """The case a task is about."""

    id = fields.UUID(required=True)
    number = string("Case number (18 digits)", null=True)
    item = fields.Nested(ItemRef, required=True)
    subject_name = string("What the case is about: the name of the company", null=True)
    state = fields.Enum(State, by_value=True, required=True)
    state_name = bilingual()
    version = fields.Integer(required=True, metadata={"description": "For If-Match of verbs on the case"})


class TaskOut(Answer):
    """A task in the queue."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "For If-Match of verbs on the task"})
    kind = fields.Enum(TaskKind, by_value=True, required=True)
    kind_name = bilingual()
    state = fields.Enum(TaskState, by_value=True, required=True)
    case = fields.Nested(TaskCase, required=True)
    department = string("Credit code of the department whose queue it is in")
    department_name = bilingual()
    checks = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Of a review: keys of the `review_checks` that its opinion answers"},
    )
    claimed_by = fields.Nested(Person, required=True, allow_none=True)
    mine = fields.Boolean(required=True, metadata={"description": "The reader has claimed it"})
    due = fields.Nested(Due, required=True)
    stage = fields.Nested(
        StageDue,
        required=True,
        allow_none=True,
        metadata={"description": "When the stage that the task ends is to be done, beside the case's date"},
    )
    created_at = instant()
    actions = fields.List(
        fields.String(validate=validate.OneOf(["claim", "release", "opinion"])),
        required=True,
        metadata={"description": "The verbs that this reader may use now"},
    )


class TaskCounts(Answer):
    """The big numbers of the queue, each counted up to 100."""

    overdue = fields.Integer(required=True)
    today = fields.Integer(required=True)
    mine = fields.Integer(required=True)
    open = fields.Integer(required=True)
    correction = fields.Integer(required=True)


class TaskPage(Answer):
    """A page of the queue, with the big numbers."""

    items = fields.List(fields.Nested(TaskOut), required=True)
    next = following()
    counts = fields.Nested(TaskCounts, required=True)
