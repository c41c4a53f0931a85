"""The kinds of refusal that only the register of enterprises knows."""

from shared.errors import Conflict
from shared.refusals import refusal

NOT_ACTIVE = refusal(
    Conflict, "The enterprise is not active, so its business cannot be suspended", "not-active"
)
NOT_SUSPENDED = refusal(Conflict, "The enterprise is not suspended, so it cannot resume", "not-suspended")
