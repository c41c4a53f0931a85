"""What every event about a case says, and what those of its ordinary course add."""

from marshmallow import Schema, fields


class TextField(Schema):
    """A text in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class DecisionField(Schema):
    """The decision, once there is one."""

    granted = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    certificate_id = fields.String(required=True, allow_none=True)
    uscc = fields.String(required=True, allow_none=True)


class CorrectionField(Schema):
    """The correction notice that is open, or was answered last."""

    round = fields.Integer(required=True)
    count = fields.Integer(required=True)


class DeclineField(Schema):
    """Why the application was not accepted."""

    kind = fields.String(required=True)
    reason = fields.String(required=True)


class CaseData(Schema):
    """The public state of a case; no answers, no ID numbers, no phones."""

    case_id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    item_code = fields.String(required=True)
    item_name = fields.Nested(TextField, required=True)
    subject_name = fields.String(required=True, allow_none=True)
    applicant_account_id = fields.UUID(required=True)
    on_behalf_of = fields.String(required=True, allow_none=True)
    department = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.Nested(TextField, required=True)
    submitted_on = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    due_kind = fields.String(required=True, allow_none=True)
    provisional = fields.Boolean(required=True)
    due_at = fields.DateTime(required=False, allow_none=True)
    """The instant, where the limit is in hours."""
    decision = fields.Nested(DecisionField, required=True, allow_none=True)
    correction = fields.Nested(CorrectionField, required=True, allow_none=True)
    decline = fields.Nested(DeclineField, required=True, allow_none=True)
    executed_in = fields.Nested(TextField, required=False, allow_none=True)
    """The system of another authority that executes the case; null or absent where our own desk does."""


class NoticeField(Schema):
    """The State Council's notice that a calendar comes from."""

    year = fields.Integer(required=True)
    title = fields.Nested(TextField, required=True)
    published_on = fields.Date(required=True)


class MovedDateField(Schema):
    """The date of one clock that a newly published calendar has moved or settled."""

    clock = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    previous_on = fields.Date(required=True)
    on = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    internal = fields.Boolean(required=True)
    """The date of a stage inside the authority, which is no business of the applicant's."""


class RedatingField(Schema):
    """What a newly published calendar has moved: the dates before it, and who has to know."""

    previous_due_on = fields.Date(required=True)
    previous_provisional = fields.Boolean(required=True)
    notice = fields.Nested(NoticeField, required=True)
    claimed_by = fields.UUID(required=True, allow_none=True)
    moved = fields.List(fields.Nested(MovedDateField), load_default=())
    """Clocks besides the one that governs."""


class RedatedData(CaseData):
    """The public state of a case whose due date was computed anew, and what it was before."""

    redating = fields.Nested(RedatingField, required=True)


class ProcedureField(Schema):
    """A special procedure (特别程序) during which the time limits stand still."""

    kind = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    reason = fields.String(required=True)
    legal_basis = fields.String(required=True)
    started_on = fields.Date(required=True)
    expected_days = fields.Integer(required=True)
    expected_end_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)


class ProcedureData(CaseData):
    """The public state of a case, and the special procedure that has started or ended."""

    procedure = fields.Nested(ProcedureField, required=True)
    running = fields.Integer(required=True)
    """How many special procedures run now; the limits stand still while any does."""
    statutory_due_on = fields.Date(required=True, allow_none=True)
    """When the law wants the decision; null while the limit stands still."""
    statutory_provisional = fields.Boolean(required=False)
    """Whether that day lies beyond the calendars that are published."""


class ExtensionField(Schema):
    """The extension of the statutory limit, and where it leads; no date while a special procedure runs."""

    amount = fields.Nested(TextField, required=True)
    reason = fields.String(required=True)
    previous_due_on = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    provisional = fields.Boolean(required=False)
    """Whether `due_on` lies beyond the calendars that are published."""


class ExtendedData(CaseData):
    """The public state of a case, and the extension that was approved."""

    extension = fields.Nested(ExtensionField, required=True)


class DeliveryField(Schema):
    """How and when what was granted was delivered; not to whom, which is a person's name."""

    method = fields.String(required=True)
    method_name = fields.Nested(TextField, required=True)
    delivered_on = fields.Date(required=True)


class DeliveredData(CaseData):
    """The public state of a case, and the delivery of what was granted."""

    delivery = fields.Nested(DeliveryField, required=True)


class PaymentField(Schema):
    """The payment of funds that were granted; neither the account nor the voucher."""

    amount_fen = fields.Integer(required=True)
    paid_on = fields.Date(required=True)


class PaidData(CaseData):
    """The public state of a case, and the payment of what was granted."""

    payment = fields.Nested(PaymentField, required=True)


class WarningField(Schema):
    """A limit that is near or was missed, and who has to know."""

    record = fields.String(required=True)
    clock = fields.String(required=True)
    name = fields.Nested(TextField, required=True)
    light = fields.String(required=True)
    """`yellow`, `red` (promised limit missed) or `red_card` (statutory limit missed)."""
    due_on = fields.Date(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    claimed_by = fields.UUID(required=True, allow_none=True)


class WarnedData(CaseData):
    """The public state of a case, and the warning that was given about it."""

    warning = fields.Nested(WarningField, required=True)


class ExplanationField(Schema):
    """Why the answer is late, and by when it is expected: published as it is."""

    number = fields.Integer(required=True)
    due_kind = fields.String(required=True)
    missed_on = fields.Date(required=True)
    reason = fields.String(required=True)
    expected_on = fields.Date(required=True)


class ExplainedData(CaseData):
    """The public state of a case, and the explanation of its delay."""

    explanation = fields.Nested(ExplanationField, required=True)
