"""Arithmetic in whole fen, and amounts and numbers in words. Pure."""

from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from shared.text import Text

WHOLE_BP = 10_000
"""Basis points (ten-thousandths) in a whole."""
MOST_FEN = 10**10
"""No amount that somebody states may be higher (a hundred million yuan): sums of them fit their columns."""

_YUAN = Text("{yuan}元", "{yuan} yuan")


class Rounding(StrEnum):
    """What becomes of a part of something that is counted whole."""

    UP = "up"
    DOWN = "down"
    HALF_UP = "half_up"
    """Half of it and more is one, less is none."""


ROUNDING_NAMES: dict[Rounding, Text] = {
    Rounding.UP: Text("不足一个的按一个计", "A part counts as a whole"),
    Rounding.DOWN: Text("不足一个的不计", "A part does not count"),
    Rounding.HALF_UP: Text("满半个的按一个计，不足半个的不计", "Half and more counts as a whole"),
}


def rounded(exact: Fraction, rounding: Rounding) -> int:
    """A number that is not negative, as a whole number."""
    if rounding is Rounding.UP:
        return -(-exact.numerator // exact.denominator)
    if rounding is Rounding.HALF_UP:
        exact += Fraction(1, 2)
    return exact.numerator // exact.denominator


def part_of(amount_fen: int, part: Fraction, rounding: Rounding = Rounding.HALF_UP) -> int:
    """A part of an amount in whole fen. Of a negative amount it is the negative of the same."""
    found = rounded(abs(amount_fen) * part, rounding)
    return found if amount_fen >= 0 else -found


def ratio(one: timedelta, other: timedelta) -> Fraction:
    """How often the other one fits into the one, exactly."""
    return Fraction(one // timedelta.resolution, other // timedelta.resolution)


def yuan_text(fen: int) -> str:
    """An amount in yuan with two decimals: -1234 is `-12.34`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def say_fen(fen: int) -> Text:
    """An amount in words."""
    return _YUAN.format(yuan=yuan_text(fen))


def number_text(number: Fraction) -> str:
    """A number with as many of at most four decimals as it needs: 5/2 is `2.5`."""
    return f"{float(round(number, 4)):.4f}".rstrip("0").rstrip(".")
