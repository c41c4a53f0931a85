"""What was promised with a case, and what keeps its applicant from promising, on the wire."""

from marshmallow import fields

from approvals.cases.promise_state import PromiseState
from approvals.cases.time_schemas import Due
from shared.http.schemas import Answer, bilingual, day, instant, string


class PromiseCheckOut(Answer):
    """What a check of the promise has found."""

    round = fields.Integer(required=True)
    fulfilled = fields.Boolean(required=True)
    findings = string()
    checked_on = day()
    correct_by = day("The last day to correct, of an order", null=True)
    official = string("Not named to the applicant", null=True)


class PromiseOut(Answer):
    """The promise made with an application; its words are the item's, and stand on its slip."""

    state = fields.Enum(PromiseState, by_value=True, required=True)
    state_name = bilingual()
    promised_at = instant()
    promised_by = string("Who promised")
    check_due = fields.Nested(Due, required=True, allow_none=True)
    checks = fields.List(fields.Nested(PromiseCheckOut), required=True)


class CreditBan(Answer):
    """A credit record of the applicant that was not repaired: nothing may rest on their word meanwhile."""

    id = fields.UUID(required=True, metadata={"description": "Of the record"})
    since = day()
    text = bilingual("Why, in a sentence")
