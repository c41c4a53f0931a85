"""The kinds of refusal that only lanes know."""

from shared.errors import Conflict
from shared.refusals import refusal

EVENT_ID_REUSED = refusal(
    Conflict, "The device has told something else under this id before", "event-id-reused"
)
NOBODY_WAITS = refusal(
    Conflict,
    "No car without a number plate stands at this lane, as far as its camera has told",
    "nobody-waits",
)
TICKET_UNKNOWN = refusal(Conflict, "No car with this ticket is inside", "ticket-unknown")
ALARM_SEEN = refusal(Conflict, "Somebody has seen to the alarm already", "alarm-seen")
