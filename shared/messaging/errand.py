"""What an errand is: an appointment that is kept outside this installation, in three steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.transaction import Context, Transaction

Payload = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that came to nothing."""

    error: str
    """What went wrong, for operators; no personal data."""
    attempts: int
    """How many tries there have been, this one included."""
    given_up: bool
    """True when it will not be tried again by itself: the appointment is parked."""


class Errand(Protocol):
    """Asks an outside system for something, at least once, and lets it have its effect here once.

    An errand is an appointment like a timer: `tx.schedule` makes, moves and renews it. No transaction is open
    while `act` runs. So the outside may be asked a second time for what it has done: whatever `prepare`
    returns must name it by a reference that stays the same.
    """

    def prepare(self, tx: Transaction, payload: Payload) -> object | None:
        """What to ask for, read in a short transaction; None when there is nothing left to do."""
        ...

    def act(self, context: Context, request: Any) -> object:
        """Ask, within time limits. Raises when nobody knows whether it was done: it is tried again later."""
        ...

    def settle(self, tx: Transaction, request: Any, outcome: Any) -> None:
        """Write down what came of it. The appointment is gone by now; this may make the next one."""
        ...

    def failed(self, tx: Transaction, payload: Payload, failure: Failure) -> None:
        """Let people see that a try has failed."""
        ...
