"""What a trade has to do with its waitlists, named by the service that carries both."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from facilities.capacity.bookings.commands import Order
from facilities.capacity.bookings.model import Booking
from facilities.capacity.waiting.model import WaitlistEntry
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be booked, by the rules and at the price of now."""

    order: Order
    keep: Callable[[Transaction, Booking], None]
    """Writes down what the trade keeps of the booking, and tells whom it concerns."""


class Trade(ABC):
    """The trade's part of a waitlist. All of it happens within the transaction that frees the capacity.

    Ledgers are taken by then: nothing here may wait for a lock.
    """

    @abstractmethod
    def prepare(self, tx: Transaction, entry: WaitlistEntry) -> Prepared:
        """Make out the order of an entry anew; raises a Problem where it cannot be booked as things are."""

    @abstractmethod
    def expired(self, tx: Transaction, entry: WaitlistEntry) -> None:
        """The time of an entry has come, and nothing had become free."""


class Trades:
    """The trades of a service by name."""

    def __init__(self, by_name: Mapping[str, Trade]) -> None:
        self._by_name = dict(by_name)

    def of(self, entry: WaitlistEntry) -> Trade:
        """Whose entry it is; KeyError for a trade that has no waitlist."""
        return self._by_name[entry.trade]
