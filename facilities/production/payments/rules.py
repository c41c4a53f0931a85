"""Money between a firm and the platform (收付款): which way it went, and how much may go out. Pure."""

from datetime import date
from enum import StrEnum

from facilities.capacity.amounts import say_fen
from shared.errors import Conflict, FieldError, InvalidInput
from shared.text import Text


class Direction(StrEnum):
    """Which way the money went."""

    RECEIVED = "received"
    """From the firm."""
    PAID_OUT = "paid_out"
    """To the firm."""


DIRECTION_NAMES: dict[Direction, Text] = {
    Direction.RECEIVED: Text("收款", "Received"),
    Direction.PAID_OUT: Text("付款", "Paid out"),
}

_SAID = {
    Direction.RECEIVED: Text("{day}收款，流水号{reference}", "Received on {day}, reference {reference}"),
    Direction.PAID_OUT: Text("{day}付款，流水号{reference}", "Paid out on {day}, reference {reference}"),
}
_FUTURE = Text("日期不能晚于今天", "The day cannot lie in the future")
_TOO_MUCH = Text("该企业目前应收{owed}，付款不能超过此数", "The firm is owed {owed}; no more can be paid out")


def signed_fen(direction: Direction, amount_fen: int) -> int:
    """The amount as it came from the firm; a negative one went to it."""
    return amount_fen if direction is Direction.RECEIVED else -amount_fen


def said(direction: Direction, day: date, reference: str) -> Text:
    """What the line of the statement says of a payment."""
    return _SAID[direction].format(day=day.isoformat(), reference=reference)


def require_past(day: date, today: date) -> None:
    """The day is not ahead of the legal date of today; InvalidInput otherwise."""
    if day > today:
        raise InvalidInput(errors=[FieldError("/paid_on", "future", _FUTURE)])


def require_owed(direction: Direction, amount_fen: int, balance_fen: int) -> None:
    """What goes to a firm is owed to it; Conflict otherwise. What comes from it may be an advance.

    `balance_fen` is what the firm owes, and is owed where it is negative.
    """
    owed = max(-balance_fen, 0)
    if direction is Direction.PAID_OUT and amount_fen > owed:
        raise Conflict(_TOO_MUCH.format(owed=say_fen(owed)), slug="more-than-owed")
