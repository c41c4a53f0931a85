"""A firm's statement of a month (月结单): what it owed at first, what was added, what it owes now. Pure.

A line belongs to the month in which it was posted, by the clock of the park. A month that is over changes no
more: what corrects it is a line of a later one.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from facilities.capacity.amounts import yuan_text
from facilities.capacity.posting import REASON_NAMES, Posting, Reason
from shared.clock import PARK_TZ
from shared.text import Language, Text

_OPENING = Text("期初余额", "Opening balance")
_CLOSING = Text("期末余额", "Closing balance")
_HEAD = (
    Text("日期", "Date"),
    Text("预订或收付款", "Booking or payment"),
    Text("笔次", "No."),
    Text("类别", "For"),
    Text("对方", "Other side"),
    Text("说明", "Description"),
    Text("更正笔次", "Corrects no."),
    Text("金额（元）", "Amount (yuan)"),
)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month of the calendar."""

    year: int
    month: int

    @classmethod
    def of(cls, at: datetime, tz: ZoneInfo = PARK_TZ) -> "Month":
        """The one in which an instant falls."""
        day = at.astimezone(tz).date()
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month":
        """As in `2026-11`, of this century; ValueError for anything else."""
        if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text, re.ASCII):
            raise ValueError(f"no month: {text!r}")
        return cls(int(text[:4]), int(text[5:]))

    @property
    def next(self) -> "Month":
        """The one after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def begins(self, tz: ZoneInfo = PARK_TZ) -> datetime:
        """Its first instant, in UTC."""
        return datetime.combine(date(self.year, self.month, 1), time(), tz).astimezone(UTC)

    def __str__(self) -> str:
        """As in `2026-11`."""
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one firm owes (positive) or is owed (negative), in fen, before, in and after a month."""

    firm: str
    month: Month
    opening_fen: int
    lines: tuple[Posting, ...]
    totals: Mapping[Reason, int] = field(hash=False)
    """Of the lines, by what they are for."""
    tz: ZoneInfo = PARK_TZ

    @property
    def closing_fen(self) -> int:
        """What it comes to at the end."""
        return self.opening_fen + sum(line.amount_fen for line in self.lines)


def statement(firm: str, month: Month, lines: Sequence[Posting], tz: ZoneInfo = PARK_TZ) -> Statement:
    """The statement of a firm, of all lines there are; those of others and later ones do not matter."""
    own = [line for line in lines if line.firm == firm]
    since = month.begins(tz)
    return continued(firm, month, sum(line.amount_fen for line in own if line.posted_at < since), own, tz)


def continued(
    firm: str, month: Month, opening_fen: int, lines: Sequence[Posting], tz: ZoneInfo = PARK_TZ
) -> Statement:
    """The same from the balance with which the month before has closed, and the lines of this month."""
    since, until = month.begins(tz), month.next.begins(tz)
    found = [line for line in lines if line.firm == firm and since <= line.posted_at < until]
    totals: dict[Reason, int] = defaultdict(int)
    for line in found:
        totals[line.reason] += line.amount_fen
    found.sort(key=lambda line: (line.posted_at, line.about, line.sequence, line.side))
    return Statement(firm, month, opening_fen, tuple(found), dict(totals), tz)


def statement_rows(
    found: Statement, language: Language, names: Mapping[str, str] | None = None
) -> Iterator[Sequence[str]]:
    """The statement as a table: its head, the opening balance, every line, the closing balance.

    `names` say what the firms on the other side are called; one that is not there is given by its code.
    """
    yield [each.in_(language) for each in _HEAD]
    called = names or {}
    yield ["", "", "", "", "", _OPENING.in_(language), "", yuan_text(found.opening_fen)]
    for line in found.lines:
        yield [
            line.posted_at.astimezone(found.tz).date().isoformat(),
            str(line.about),
            str(line.sequence),
            REASON_NAMES[line.reason].in_(language),
            called.get(line.other, line.other),
            line.what.in_(language),
            str(line.corrects or ""),
            yuan_text(line.amount_fen),
        ]
    yield ["", "", "", "", "", _CLOSING.in_(language), "", yuan_text(found.closing_fen)]
