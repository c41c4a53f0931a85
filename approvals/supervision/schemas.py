"""What clients ask and get about supervision records."""

from marshmallow import fields, validate

from approvals.cases.lifecycle import State
from approvals.cases.schemas import ItemRef
from approvals.cases.warnings import WarningLight
from approvals.supervision.queries import MISSING
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, day, following, instant, string


class RecordArgs(PageArgs):
    """Filters of the records."""

    light = fields.String(
        load_default=None,
        validate=validate.OneOf([light.value for light in WarningLight]),
        metadata={"description": "Close to the limit, promised limit missed, statutory limit missed (红牌)"},
    )
    item = fields.String(
        load_default=None, validate=validate.Length(max=50), metadata={"description": "Code of the item"}
    )
    department = fields.String(
        load_default=None,
        validate=validate.Length(max=18),
        metadata={"description": "Credit code of the department"},
    )
    explanation = fields.String(
        load_default=None,
        validate=validate.OneOf([MISSING]),
        metadata={"description": "Only open cases whose missed limit nobody has explained publicly"},
    )


class SupervisedCase(Answer):
    """The case a record is about."""

    id = fields.UUID(required=True)
    number = string(null=True)
    item = fields.Nested(ItemRef, required=True)
    subject_name = string(null=True)
    state = fields.Enum(State, by_value=True, required=True)
    state_name = bilingual()


class RecordOut(Answer):
    """One supervision record (GB/T 39046 table 11)."""

    id = fields.UUID(required=True)
    number = string("监察编号", example="JC2026112300001")
    rule = string("监察规则编号", example="red/promised")
    light = fields.Enum(WarningLight, by_value=True, required=True, metadata={"description": "监察预警类型"})
    case = fields.Nested(SupervisedCase, required=True)
    clock = string("Which clock", example="promised")
    clock_name = bilingual()
    department = string("责任部门")
    organisation = bilingual("机构名称")
    due_on = day("When the limit ended, or ends")
    due_at = instant("The instant, where the limit is in hours", null=True)
    occurred_at = instant("状态产生时间")
    issued_at = instant("督办发出时间")
    content = bilingual("督办内容")
    result = bilingual("监察结果描述")


class RecordPage(Answer):
    """A page of them, the newest first."""

    items = fields.List(fields.Nested(RecordOut), required=True)
    next = following()
