"""What is asked of a payment provider (支付渠道), whoever it is.

Orders, refunds and transactions are named by references that stay the same, so that asking again changes
nothing there. Amounts are in fen, times aware UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from shared.text import Text


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as the provider is told of it."""

    order: UUID
    shop: UUID
    """For whom the money is: the lot."""
    fen: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What the provider says of an order: that it was paid, or that paying has failed."""

    order: UUID
    reference: str
    """By which the provider tells its transactions apart."""
    fen: int
    paid: bool
    at: datetime
    """By the provider's clock."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Money that is to be given back; asked again under the same id it is given back once."""

    refund: UUID
    shop: UUID
    reference: str
    """Of the transaction in which it was paid."""
    fen: int
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """It was given back."""

    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Declined:
    """It was not and will not be; asking again is of no use."""

    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction of an account; negative when money was given back."""

    reference: str
    fen: int


class Unreachable(Exception):  # noqa: N818 - what it says of the provider
    """Nobody knows whether it was done: no answer, or one that cannot be read."""


class Forged(Exception):  # noqa: N818 - what it says of the message
    """A message that the provider has not signed, or that is not in its form."""


class Provider(Protocol):
    """A payment provider. `begin` and `verify` ask nobody; the other calls end within time limits, may raise
    Unreachable, and are made while no transaction is open.
    """

    name: Text
    """What people read."""

    def begin(self, asked: Asked) -> str:
        """The code with which one pays at the provider; it says what is to be paid and is signed."""
        ...

    def verify(self, body: bytes, signature: str) -> Said:
        """Read what was pushed to us; Forged where the provider did not say so."""
        ...

    def refund(self, wish: Wish) -> Given | Declined:
        """Give money back."""
        ...

    def ask(self, order: UUID) -> Said | None:
        """What has become of an order; None while nobody has tried to pay."""
        ...

    def statement(self, shop: UUID, day: date) -> Sequence[Entry]:
        """The provider's own account of a day (Asia/Shanghai)."""
        ...


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers that this installation is connected to, by name; the first one takes new orders."""

    by_name: Mapping[str, Provider]

    @property
    def usual(self) -> str | None:
        """Who takes new orders; None where nobody does, and only cash is taken."""
        return next(iter(self.by_name), None)

    def reach(self, name: str) -> Provider:
        """The provider; Unreachable where it is not connected (any more)."""
        found = self.by_name.get(name)
        if found is None:
            raise Unreachable(f"{name} is not connected")
        return found
