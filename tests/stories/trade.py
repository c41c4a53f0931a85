"""Three stories of shared machines, told once: a whole trade, a waitlist, and a series of bookings.

Who plays them decides by which way a firm acts (the API, the portal with or without scripts) and how time
goes by. Two firms of the demo park meet: `agent2` lends, `agent` borrows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from facilities.capacity.lifecycle import State
from facilities.capacity.waiting.model import WaitState
from shared.clock import PARK_TZ

LENDER, BORROWER, NEWCOMER = ("agent2", "云栖湾"), ("agent", "岚桥"), ("agent2", "晴岸")
"""Who signs in, and a part of the name of the firm they act for."""

PRICE = [40_000, 5_000]
"""Two hours at 200 yuan, and the set-up; all amounts in fen."""
DEPOSIT, OVERTIME = 100_000, 22_500
LENGTH, OVER = timedelta(hours=2), timedelta(minutes=45)
WEEK = timedelta(days=7)
REFUSED = "refused"


def offer(place: str, *, needs_approval: bool = True) -> dict[str, Any]:
    """A machine that is open always, as its owner describes it but for whose it is."""
    return {
        "name": {"zh": "立式铣床", "en": "Upright milling machine"},
        "process": "milling",
        "materials": ["alloy_steel"],
        "place": place,
        "units": 1,
        "operator": "none",
        "confidentiality": "open",
        "hours": [],
        "rules": {
            "notice_min": 0,
            "horizon_days": 60,
            "shortest_min": 60,
            "longest_min": 480,
            "start_grid_min": 30,
            "needs_approval": needs_approval,
        },
        "cancellation": {
            "tiers": [{"hours": 4, "price_percent": 100, "deposit_percent": 100}],
            "late_deposit_percent": 100,
            "no_show_deposit_percent": 50,
        },
        "price": {
            "unit": "hour",
            "unit_fen": 20_000,
            "steps": 4,
            "set_up_fen": PRICE[1],
            "deposit_fen": DEPOSIT,
            "overtime": {"hour_fen": 30_000, "grace_min": 10, "steps": 4},
        },
    }


@dataclass(frozen=True, slots=True)
class When:
    """From when until when."""

    start: datetime
    end: datetime

    def later(self, by: timedelta) -> "When":
        """The same so much later."""
        return When(self.start + by, self.end + by)


class Firm(Protocol):
    """Somebody who acts for a firm. Machines, bookings, entries and series are known by their ids."""

    def lists(self, machine: dict[str, Any]) -> str:
        """List a machine and offer it."""

    def closes(self, machine: str, when: When) -> None:
        """Close a machine for a time."""

    def finds(self, machine: str, place: str, when: When) -> bool:
        """Whether the search shows a machine as free then."""

    def price(self, machine: str, when: When) -> int:
        """What a time would cost, in fen, without the deposit."""

    def holds(self, machine: str, when: When) -> str:
        """Keep a time; the booking."""

    def does(self, booking: str, verb: str) -> None:
        """`confirm`, `approve` or `cancel`."""

    def state(self, booking: str) -> State:
        """How a booking stands."""

    def code(self, machine: str) -> str:
        """The end of the address that the code at a machine of one's own leads to."""

    def checks_in(self, machine: str, code: str, booking: str) -> None:
        """Begin the use by the code at the machine."""

    def finishes(self, booking: str, ran: When) -> None:
        """End the use with its run log."""

    def account(self, booking: str) -> list[int]:
        """The lines of what is owed for a booking, in fen."""

    def records_quality(self, booking: str) -> None:
        """Say what came out."""

    def accepts_quality(self, booking: str) -> None:
        """Agree to that."""

    def rates(self, booking: str, stars: int, text: str) -> None:
        """Rate the other side."""

    def reads_ratings(self, booking: str, *texts: str) -> bool:
        """Whether all these texts are shown."""

    def statement(self, month: str, booking: str) -> list[int]:
        """The lines about a booking in a month's statement, in fen; what the firm is owed is negative."""

    def subscribes(self, machine: str) -> str:
        """Make the calendar feed of a machine of one's own; its address."""

    def waits(self, machine: str, when: When) -> str:
        """Join the waitlist; the entry."""

    def offered(self, entry: str) -> tuple[WaitState, str | None]:
        """How an entry stands, and the booking that it has become."""

    def books_weekly(self, machine: str, when: When, times: int) -> str:
        """Book it again and again, without the dates that cannot be had; the series."""

    def approves_all(self, series: str) -> None:
        """Approve every date that waits."""

    def moves_date(self, series: str, date: datetime, since: str) -> None:
        """Change the time of day of one date."""

    def gives_up_from(self, series: str, date: datetime) -> None:
        """Give up a date and those after it."""

    def dates(self, series: str) -> list[tuple[str, str]]:
        """The time of day and the state of each date; `refused` for one that could not be had."""

    def told(self, about: str) -> int:
        """How many messages about a booking or a series are in the inbox."""


class Stage(Protocol):
    """Where a story is played: its firms, and its time. Firms are asked for anew whenever they act."""

    @property
    def lender(self) -> Firm:
        """`LENDER`."""

    @property
    def borrower(self) -> Firm:
        """`BORROWER`."""

    @property
    def newcomer(self) -> Firm:
        """`NEWCOMER`."""

    @property
    def place(self) -> str:
        """A place of its own for each story, by which machines are found."""

    def now(self) -> datetime:
        """The present."""

    def go_to(self, booking: str, when: When, since: timedelta) -> When:
        """Let it be so long after the beginning of a booking; returns its time as it is by then."""

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Let events arrive until something is so; fails with what."""

    def read(self, url: str) -> str:
        """What somebody without a sign-in reads at an address."""


Story = Callable[[Stage], None]


def whole_trade(stage: Stage) -> None:
    """Listed, found, booked, approved, used for longer, billed, accepted, rated, and in both statements."""
    when, place = _ahead(stage, days=1), stage.place
    machine = stage.lender.lists(offer(place))
    assert stage.borrower.finds(machine, place, when)
    assert stage.borrower.price(machine, when) == sum(PRICE)
    booking = stage.borrower.holds(machine, when)
    assert stage.borrower.state(booking) is State.HELD
    assert not stage.lender.finds(machine, place, when), "what is held is not free"
    stage.borrower.does(booking, "confirm")
    assert stage.borrower.state(booking) is State.PENDING
    stage.lender.does(booking, "approve")
    assert stage.borrower.state(booking) is State.CONFIRMED
    assert stage.borrower.account(booking) == [*PRICE, DEPOSIT]

    now = stage.go_to(booking, when, timedelta(0))
    stage.borrower.checks_in(machine, stage.lender.code(machine), booking)
    assert stage.lender.state(booking) is State.IN_USE
    now = stage.go_to(booking, now, LENGTH + OVER)
    stage.lender.finishes(booking, When(now.start, now.end + OVER))
    lines = [*PRICE, DEPOSIT, OVERTIME, -DEPOSIT]
    assert stage.borrower.account(booking) == lines
    assert stage.borrower.state(booking) is State.DONE
    _afterwards(stage, machine, booking, lines)


def _afterwards(stage: Stage, machine: str, booking: str, lines: list[int]) -> None:
    stage.lender.records_quality(booking)
    stage.borrower.accepts_quality(booking)
    said = ("5 μm, OK", "100 %, OK")
    stage.borrower.rates(booking, 5, said[0])
    assert not stage.lender.reads_ratings(booking, said[0]), "nobody reads it before they have rated too"
    stage.lender.rates(booking, 4, said[1])
    assert stage.borrower.reads_ratings(booking, *said) and stage.lender.reads_ratings(booking, *said)

    month = stage.now().astimezone(PARK_TZ).strftime("%Y-%m")
    assert stage.borrower.statement(month, booking) == lines
    earned = [-line for line in (*PRICE, OVERTIME)]
    assert stage.lender.statement(month, booking) == earned, "a deposit lies with the platform"
    feed = stage.read(stage.lender.subscribes(machine))
    assert feed.startswith("BEGIN:VCALENDAR") and booking in feed
    _both_told(stage, booking, borrower=7, lender=7)


def waiting(stage: Stage) -> None:
    """A machine is full, a firm waits, the other one cancels: it is held for the first, which confirms."""
    when = _ahead(stage, days=2)
    machine = stage.borrower.lists(offer(stage.place, needs_approval=False))
    booking = stage.lender.holds(machine, when)
    stage.lender.does(booking, "confirm")
    entry = stage.newcomer.waits(machine, when)
    assert stage.newcomer.offered(entry) == (WaitState.WAITING, None)

    stage.lender.does(booking, "cancel")
    assert stage.lender.account(booking) == [*PRICE, DEPOSIT, -sum(PRICE), -DEPOSIT]
    state, instead = stage.newcomer.offered(entry)
    assert state is WaitState.OFFERED and instead is not None
    stage.until(lambda: stage.newcomer.told(instead) == 1, "the message that it is held")
    stage.newcomer.does(instead, "confirm")
    assert stage.borrower.state(instead) is State.CONFIRMED
    assert not stage.lender.finds(machine, stage.place, when)
    stage.until(lambda: stage.borrower.told(instead) == 1, "the owner's message of the booking")


def recurring(stage: Stage) -> None:
    """A series without the date that is closed, one date at another time, and the last ones given up."""
    when = _ahead(stage, days=3)
    machine = stage.lender.lists(offer(stage.place))
    stage.lender.closes(machine, when.later(WEEK))
    series = stage.borrower.books_weekly(machine, when, times=4)
    at, other = "10:00", "14:00"
    waits, booked, gone = State.PENDING.value, State.CONFIRMED.value, State.CANCELLED.value
    assert stage.borrower.dates(series) == [(at, waits), (at, REFUSED), (at, waits), (at, waits)]
    stage.lender.approves_all(series)
    assert stage.borrower.dates(series) == [(at, booked), (at, REFUSED), (at, booked), (at, booked)]

    stage.borrower.moves_date(series, when.start, other)
    assert stage.borrower.dates(series)[0] == (other, waits)
    stage.lender.approves_all(series)
    stage.borrower.gives_up_from(series, when.start + 2 * WEEK)
    assert stage.lender.dates(series) == [(other, booked), (at, REFUSED), (at, gone), (at, gone)]
    _both_told(stage, series, borrower=5, lender=5)


STORIES: tuple[Story, ...] = (whole_trade, waiting, recurring)


def name_of(story: Story) -> str:
    """The name of its test."""
    return story.__name__


def _ahead(stage: Stage, days: int) -> When:
    """From ten to twelve in the park, so many days ahead."""
    day = stage.now().astimezone(PARK_TZ) + timedelta(days=days)
    start = day.replace(hour=10, minute=0, second=0, microsecond=0)
    return When(start, start + LENGTH)


def _both_told(stage: Stage, about: str, *, borrower: int, lender: int) -> None:
    """Both have every message, and each once."""
    stage.until(lambda: stage.borrower.told(about) >= borrower, "the borrower's messages")
    stage.until(lambda: stage.lender.told(about) >= lender, "the lender's messages")
    assert (stage.borrower.told(about), stage.lender.told(about)) == (borrower, lender)
