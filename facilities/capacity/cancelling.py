"""What comes back when a booking is cancelled, or when nobody comes: rules as data, amounts in fen. Pure.

Notice is the time that really passes until the beginning, whatever the clocks do meanwhile. A share is
rounded half up to whole fen: half a fen is the customer's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from facilities.capacity.amounts import MOST_FEN, Rounding, part_of, say_fen
from facilities.capacity.lifecycle import Party
from shared.errors import FieldError
from shared.text import Text

MOST_TIERS = 12
MOST_HOURS = 24 * 366

_PRICE = Text("退还使用费（{percent}%）", "Price returned ({percent} %)")
_DEPOSIT = Text("退还押金（{percent}%）", "Deposit returned ({percent} %)")
_FEE = Text("未到场违约金", "Fee for not showing up")
_MANY = Text("最多可设{most}档", "{most} tiers at most").format(most=MOST_TIERS)
_HOURS = Text("提前时间应为0至{most}小时", "Notice is 0 to {most} hours").format(most=MOST_HOURS)
_PERCENT = Text("退还比例应在0至100%之间", "A share lies between 0 and 100 %")
_ORDER = Text("提前时间应逐档减少，且不重复", "Each tier has less notice than the one before it")
_GROWS = Text("提前越少，退还不应越多", "With less notice, no more comes back")
_AMOUNT = Text("金额应在0至{most}之间", "An amount lies between 0 and {most}").format(most=say_fen(MOST_FEN))


@dataclass(frozen=True, slots=True)
class Tier:
    """What comes back with at least so much notice, in whole per cent."""

    hours: int
    price_percent: int
    deposit_percent: int = 100


@dataclass(frozen=True, slots=True)
class CancellationRules:
    """The tiers, most notice first, and what holds when nobody comes.

    With less notice than the last tier asks for nothing of the price comes back. Whoever gives it up after
    its beginning has not come either, and gets nothing more for saying so.
    """

    tiers: tuple[Tier, ...]
    late_deposit_percent: int = 100
    """What comes back of the deposit below the last tier."""
    no_show_deposit_percent: int = 100
    no_show_fee_fen: int = 0
    """To be paid beside the price by whoever does not come; taken from what comes back first."""

    def to_json(self) -> dict[str, Any]:
        """The form in which a booking keeps it."""
        return {
            "tiers": [
                {"hours": t.hours, "price_percent": t.price_percent, "deposit_percent": t.deposit_percent}
                for t in self.tiers
            ],
            "late_deposit_percent": self.late_deposit_percent,
            "no_show_deposit_percent": self.no_show_deposit_percent,
            "no_show_fee_fen": self.no_show_fee_fen,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "CancellationRules":
        """Read what `to_json` has written."""
        return cls(**{**kept, "tiers": tuple(Tier(**tier) for tier in kept["tiers"])})


FREE = CancellationRules((Tier(0, 100),))
"""Everything comes back until it begins: for what is not approved yet, and for owners who ask for no more."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What the customer has paid, in fen."""

    price_fen: int
    deposit_fen: int = 0

    def __post_init__(self) -> None:
        """Nobody has paid less than nothing; ValueError otherwise."""
        if self.price_fen < 0 or self.deposit_fen < 0:
            raise ValueError("paid less than nothing")


@dataclass(frozen=True, slots=True)
class Returned:
    """One line of what comes back; a fee has a negative amount."""

    what: Text
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes back of price and deposit, and which fee is to be paid."""

    price_back_fen: int
    deposit_back_fen: int
    fee_fen: int
    lines: tuple[Returned, ...]
    """The same, line by line."""

    @property
    def refund_fen(self) -> int:
        """What the customer gets after the fee."""
        return max(self.price_back_fen + self.deposit_back_fen - self.fee_fen, 0)

    @property
    def due_fen(self) -> int:
        """What of the fee is left to be paid."""
        return max(self.fee_fen - self.price_back_fen - self.deposit_back_fen, 0)


@dataclass(frozen=True, slots=True)
class Offer:
    """Until when which outcome holds; the last one has no end."""

    until: datetime | None
    outcome: Outcome


def cancellation(
    rules: CancellationRules, paid: Paid, starts_at: datetime, at: datetime, party: Party = Party.CUSTOMER
) -> Outcome:
    """What comes back when somebody on this side cancels at that instant.

    The rules bind the customer alone: whoever else cancels gives everything back.
    """
    if party is not Party.CUSTOMER:
        return _outcome(paid, 100, 100)
    if at > starts_at:
        return _begun(rules, paid)
    tier = _tier(rules, starts_at - at)
    return _outcome(paid, tier.price_percent, tier.deposit_percent)


def no_show(rules: CancellationRules, paid: Paid) -> Outcome:
    """What comes back when nobody has come: nothing of the price, and a fee where the rules say so."""
    return _outcome(paid, 0, rules.no_show_deposit_percent, rules.no_show_fee_fen)


def offers(rules: CancellationRules, paid: Paid, starts_at: datetime, at: datetime) -> list[Offer]:
    """What comes back from now on, and until when: the preview for whoever thinks of cancelling."""
    ends = [starts_at - timedelta(hours=tier.hours) for tier in rules.tiers]
    if at <= starts_at and starts_at not in ends:
        ends.append(starts_at)
    found = [Offer(until, cancellation(rules, paid, starts_at, until)) for until in ends if until >= at]
    last = _begun(rules, paid)
    if found and found[-1].outcome == last:
        found.pop()
    return [*found, Offer(None, last)]


def no_dearer(rules: CancellationRules, starts_at: datetime, at: datetime) -> CancellationRules:
    """The rules of a booking that the provider moves at that instant.

    Giving it up never costs more than it would have then: the customer has not chosen the new time.
    """
    now = _tier(rules, starts_at - at)
    before = tuple(each for each in rules.tiers if timedelta(hours=each.hours) > starts_at - at)
    return replace(rules, tiers=(*before, replace(now, hours=0)))


def _begun(rules: CancellationRules, paid: Paid) -> Outcome:
    """When it is given up after its beginning."""
    deposit_percent = min(rules.late_deposit_percent, rules.no_show_deposit_percent)
    return _outcome(paid, 0, deposit_percent, rules.no_show_fee_fen)


def _tier(rules: CancellationRules, notice: timedelta) -> Tier:
    """What comes back with so much notice."""
    for tier in rules.tiers:
        if notice >= timedelta(hours=tier.hours):
            return tier
    return Tier(0, 0, rules.late_deposit_percent)


def wrong_rules(rules: CancellationRules) -> Sequence[FieldError]:
    """Everything about the rules that makes no sense, each field named."""
    wrong = list(_of_tiers(rules.tiers))
    for name in ("late_deposit_percent", "no_show_deposit_percent"):
        if not 0 <= getattr(rules, name) <= 100:
            wrong.append(FieldError(f"/{name}", "percent", _PERCENT))
    if rules.tiers and rules.late_deposit_percent > rules.tiers[-1].deposit_percent:
        wrong.append(FieldError("/late_deposit_percent", "grows", _GROWS))
    if not 0 <= rules.no_show_fee_fen <= MOST_FEN:
        wrong.append(FieldError("/no_show_fee_fen", "amount", _AMOUNT))
    return wrong


def _of_tiers(tiers: Sequence[Tier]) -> Iterator[FieldError]:
    if len(tiers) > MOST_TIERS:
        yield FieldError("/tiers", "too_many", _MANY)
        return
    for number, tier in enumerate(tiers):
        if not 0 <= tier.hours <= MOST_HOURS:
            yield FieldError(f"/tiers/{number}/hours", "hours", _HOURS)
        for name in ("price_percent", "deposit_percent"):
            if not 0 <= getattr(tier, name) <= 100:
                yield FieldError(f"/tiers/{number}/{name}", "percent", _PERCENT)
    for number, (before, tier) in enumerate(pairwise(tiers), start=1):
        if tier.hours >= before.hours:
            yield FieldError(f"/tiers/{number}/hours", "order", _ORDER)
        for name in ("price_percent", "deposit_percent"):
            if getattr(tier, name) > getattr(before, name):
                yield FieldError(f"/tiers/{number}/{name}", "grows", _GROWS)


def _outcome(paid: Paid, price_percent: int, deposit_percent: int, fee_fen: int = 0) -> Outcome:
    price, deposit = (
        part_of(amount, Fraction(percent, 100), Rounding.HALF_UP)
        for amount, percent in ((paid.price_fen, price_percent), (paid.deposit_fen, deposit_percent))
    )
    lines = [Returned(_PRICE.format(percent=price_percent), price)]
    if paid.deposit_fen:
        lines.append(Returned(_DEPOSIT.format(percent=deposit_percent), deposit))
    if fee_fen:
        lines.append(Returned(_FEE, -fee_fen))
    return Outcome(price, deposit, fee_fen, tuple(lines))
