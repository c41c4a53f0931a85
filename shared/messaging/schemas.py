"""What is stuck, on the wire."""

from typing import Any

from marshmallow import Schema, fields, validate

from shared.actor import Actor
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual
from shared.messaging.policy import acts
from shared.messaging.stuck import KINDS, REASONS, STATES, Stuck
from shared.text import Text

ERROR_IN_LISTS = 300
"""Characters of an error that a list shows; the whole one stands in the document of the event."""
LONGEST_REASON = 500


class StuckEventArgs(PageArgs):
    """Filters of the list."""

    state = fields.String(
        load_default=None,
        validate=validate.OneOf(STATES),
        metadata={"description": "parked: an operator's turn; waiting: tried again by itself"},
    )
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(KINDS),
        metadata={"description": "Only events, or only timers"},
    )


class StuckEventLine(Answer):
    """An event that was not handled, or an appointment (timer) that was not kept."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(required=True, metadata={"description": "Type of the event, name of the timer"})
    key = fields.String(required=True, allow_none=True, metadata={"description": "What the timer is about"})
    state = fields.String(
        required=True,
        validate=validate.OneOf([*STATES, "discarded"]),
        metadata={"description": "parked: an operator's turn; waiting: tried again at next_attempt_at"},
    )
    attempts = fields.Integer(required=True)
    since = fields.AwareDateTime(
        required=True,
        metadata={"description": "When the event was received, or the timer failed for the first time"},
    )
    next_attempt_at = fields.AwareDateTime(required=True, allow_none=True)
    reason = fields.String(required=True, metadata={"example": "handler"})
    reason_name = bilingual()
    error = fields.String(required=True, metadata={"description": "In lists its beginning only"})
    version = fields.Integer(required=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do: replay, discard"}
    )


class StuckEventOut(StuckEventLine):
    """The same with its content."""

    body = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The content as it came, as text; null for readers who may not act on it"},
    )


class StuckEventCounts(Answer):
    """How many there are, counted up to 100."""

    parked = fields.Integer(required=True)
    waiting = fields.Integer(required=True)


class StuckEventPage(Answer):
    """A page of what is stuck: parked before waiting, the oldest first."""

    items = fields.List(fields.Nested(StuckEventLine), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Cursor of the next page"})
    counts = fields.Nested(StuckEventCounts, required=True)


class NoContent(Schema):
    """An empty body, or `{}`."""


class Discard(Schema):
    """Why it is given up; kept in the audit trail."""

    reason = fields.String(required=True, validate=validate.Length(max=LONGEST_REASON))


def line_of(stuck: Stuck, reader: Actor) -> dict[str, Any]:
    """A line of the list."""
    document = _common(stuck, reader) | {"error": stuck.error[:ERROR_IN_LISTS]}
    found: dict[str, Any] = StuckEventLine().dump(document)
    return found


def document_of(stuck: Stuck, reader: Actor) -> dict[str, Any]:
    """The whole document, its content only for those who may act on it."""
    body = stuck.body.decode("utf-8", "backslashreplace") if acts(reader) else None
    found: dict[str, Any] = StuckEventOut().dump(_common(stuck, reader) | {"body": body})
    return found


def _common(stuck: Stuck, reader: Actor) -> dict[str, Any]:
    known = {name: getattr(stuck, name) for name in StuckEventLine().fields if hasattr(stuck, name)}
    may_act = acts(reader) and stuck.state in STATES
    return known | {
        "reason_name": REASONS.get(stuck.reason, Text.same(stuck.reason)).to_dict(),
        "actions": ["replay", "discard"] if may_act else [],
    }
