"""The waitlist of machines on the wire."""

from marshmallow import fields

from facilities.capacity.waiting.model import WaitState
from facilities.production.machines.bookings.schemas import Hold, Side
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string


class Join(Hold):
    """What is waited for, and for which firm: the same as is said to hold it."""


class WaitListArgs(PageArgs):
    """Filters of the waitlist."""

    side = fields.Enum(
        Side,
        by_value=True,
        load_default=None,
        metadata={"description": "What your firms wait for (`customer`), or others for theirs (`provider`)"},
    )
    state = fields.Enum(
        WaitState, by_value=True, load_default=None, metadata={"description": "Only those in this state"}
    )


class EntryOut(Answer):
    """Somebody who waits for a machine."""

    id = fields.UUID(required=True)
    machine_id = fields.UUID(required=True)
    machine_name = bilingual()
    customer = string("Unified social credit code")
    customer_name = string()
    owner = string("Unified social credit code")
    owner_name = string()
    starts_at = instant()
    ends_at = instant()
    quantity = fields.Integer(required=True)
    with_operator = fields.Boolean(required=True)
    pieces = fields.Integer(required=True, allow_none=True)
    purpose = string()
    state = fields.Enum(WaitState, by_value=True, required=True)
    state_name = bilingual()
    joined_at = instant()
    expires_at = instant("From then on nobody could book that time any more")
    booking_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "What it has become when it was offered: confirm or cancel that"},
    )
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class EntryPage(Answer):
    """A page of entries, the one that joined last first."""

    items = fields.List(fields.Nested(EntryOut), required=True)
    next = following()


class WantedOut(Answer):
    """A time of a machine for which firms wait."""

    starts_at = instant()
    ends_at = instant()
    waiting = fields.Integer(required=True, metadata={"description": "Firms that wait for it"})
    quantity = fields.Integer(required=True, metadata={"description": "Machines that they need"})


class WantedList(Answer):
    """For which times firms wait now, the earliest first."""

    items = fields.List(fields.Nested(WantedOut), required=True)
    waiting = fields.Integer(required=True, metadata={"description": "Entries altogether"})
