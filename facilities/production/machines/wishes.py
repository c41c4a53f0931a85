"""What of a machine is booked by a wish, what it costs, and what the machine itself does not allow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from facilities.capacity.grid import Span
from facilities.capacity.pricing import Quote, Use, quote, wrong_use
from facilities.capacity.rules import Wish
from facilities.capacity.tariff import Operator, PriceVersion
from shared.clock import local_date
from shared.errors import FieldError
from shared.text import Text

_QUALIFIED = Text("设备资质文件有效期至{until}", "The machine's qualification ends on {until}")
_OWN = Text("不能预订本企业的设备", "A firm does not book its own machine")


@dataclass(frozen=True, slots=True)
class MachineWish:
    """A time, and how the machine is to be used in it."""

    wish: Wish
    with_operator: bool = False
    """With an operator who is paid for; one who is included comes anyway."""
    pieces: int | None = None

    @property
    def use(self) -> Use:
        """The use that is to be priced; only for wishes that keep to the rules."""
        span = Span(self.wish.starts_at, self.wish.ends_at)
        return Use(span, self.wish.quantity, self.pieces, self.with_operator)


@dataclass(frozen=True, slots=True)
class Offered:
    """A machine as far as a wish asks for it."""

    id: UUID
    operated_id: UUID
    operator: Operator
    qualified_until: date | None
    price: PriceVersion

    def resource(self, *, with_operator: bool) -> UUID:
        """What is booked of the capacity engine."""
        return resource_of(self, with_operator=with_operator)

    def suited(self, wanted: MachineWish) -> MachineWish:
        """The wish as far as it concerns this machine: pieces are counted where the price counts them.

        Somebody who only names a time asks whether the machine is free, so the least that it takes is meant.
        """
        least = wanted.pieces or self.price.minimum_order
        return replace(wanted, pieces=least if self.price.counted else None)

    def says_the_price(self, wanted: MachineWish) -> bool:
        """Whether the wish says all that its price depends on."""
        return wanted.pieces is not None or not self.price.counted

    def not_possible(self, wanted: MachineWish) -> Iterator[FieldError]:
        """What the machine does not allow, each place named; only for wishes that keep to the rules."""
        yield from wrong_use(self.price, wanted.use)
        if self.qualified_until is not None and local_date(wanted.wish.ends_at) > self.qualified_until:
            said = _QUALIFIED.format(until=self.qualified_until.isoformat())
            yield FieldError("/ends_at", "qualification", said)

    def quote(self, wanted: MachineWish) -> Quote:
        """What it costs; only for what is possible."""
        return quote(self.price, wanted.use)


class Operable(Protocol):
    """What can be booked with an operator or without."""

    @property
    def id(self) -> UUID:
        """The resource without an operator."""

    @property
    def operated_id(self) -> UUID:
        """The resource with one."""

    @property
    def operator(self) -> Operator:
        """Whether there is one."""


def resource_of(machine: Operable, *, with_operator: bool) -> UUID:
    """What is booked of the capacity engine."""
    operated = with_operator or machine.operator is Operator.INCLUDED
    return machine.operated_id if operated else machine.id


def price_of(tariff: dict[str, Any], operator: Operator) -> PriceVersion:
    """A kept price as it is for a machine, which says itself whether an operator comes with it."""
    return replace(PriceVersion.from_json(tariff), operator=operator)


def own_machine(customer: str, owner: str) -> Iterator[FieldError]:
    """A firm that books its own machine."""
    if customer == owner:
        yield FieldError("/on_behalf_of", "own_machine", _OWN)
