"""Statements on the wire."""

from marshmallow import Schema, fields, validate

from facilities.capacity.posting import Reason
from shared.http.schemas import Answer, bilingual, following, instant, string
from shared.text import LANGUAGES


class CsvArgs(Schema):
    """In which language."""

    language = fields.String(
        load_default="zh",
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "The language of the head and of what lines are for"},
    )


class BalanceOut(Answer):
    """What a firm owed (positive) or was owed (negative) before and after a month."""

    firm = string("Unified social credit code")
    firm_name = string()
    month = string("Of the park's time", example="2026-11")
    opening_fen = fields.Integer(required=True)
    closing_fen = fields.Integer(required=True)
    lines = fields.Integer(required=True, metadata={"description": "How many"})
    closed = fields.Boolean(required=True, metadata={"description": "Whether nothing changes in it any more"})
    closed_at = instant("When its balances were written down", null=True)


class StatementPage(Answer):
    """A page of the statements of closed months, the latest first."""

    items = fields.List(fields.Nested(BalanceOut), required=True)
    next = following()
    open = fields.List(
        fields.Nested(BalanceOut),
        required=True,
        metadata={"description": "How the reader's own firms stand since the last month that is closed"},
    )


class TotalOut(Answer):
    """What the lines of one kind come to."""

    reason = fields.Enum(Reason, by_value=True, required=True)
    reason_name = bilingual()
    amount_fen = fields.Integer(required=True)


class StatementOut(BalanceOut):
    """A statement with what its lines come to, by what they are for."""

    totals = fields.List(fields.Nested(TotalOut), required=True)


class StatementLineOut(Answer):
    """One line: positive is owed by the firm, negative to it."""

    about = fields.UUID(required=True, metadata={"description": "The booking, or the payment"})
    of_payment = fields.Boolean(required=True, metadata={"description": "Whether it is about a payment"})
    number = fields.Integer(required=True, metadata={"description": "Of the posting on it"})
    reason = fields.Enum(Reason, by_value=True, required=True)
    reason_name = bilingual()
    what = bilingual()
    other = string("Credit code of the other side; empty where that is the platform")
    other_name = string()
    amount_fen = fields.Integer(required=True)
    posted_at = instant()
    corrects = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The number of the posting that it undoes"}
    )


class StatementLinePage(Answer):
    """A page of the lines, in the order in which they were posted."""

    items = fields.List(fields.Nested(StatementLineOut), required=True)
    next = following()
