"""The use of a machine: when it began, what the machine really ran, and what that costs beside the price."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from facilities.capacity.bookings import commands, ending
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import Party
from facilities.capacity.pricing import Use
from facilities.capacity.settling import settlement
from facilities.production.machines.bookings.charging import Said, charge, deposit_back, paid_of
from facilities.production.machines.bookings.commands import Opened, note
from facilities.production.machines.model import Run
from facilities.production.machines.policy import acting
from shared.errors import FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_OTHER = Text("运行记录属于另一台设备", "That is a run of another machine")
_BACKWARDS = Text("结束时间应晚于开始时间", "The end has to be later than the beginning")
_FUTURE = Text("运行尚未结束，不能登记", "A run that has not ended cannot be entered")
_EARLY = Text("早于预订占用时间", "It lies before the time that belongs to the booking")
_OVERLAP = Text("与另一段运行记录重叠", "It overlaps with another run")


def start(tx: Transaction, it: Opened) -> Opened:
    """The owner hands the machine over: not before what belongs to the booking begins."""
    party = acting(tx.actor, it.kept, "start")
    commands.start(tx, it.booking, party)
    return note(tx, it, "started", party)


def finish(tx: Transaction, it: Opened, runs: Sequence[Mapping[str, Any]]) -> Opened:
    """The use has ended. The runs are the machine's log; without any it ran from its start till now.

    What ran beyond the booked end costs what the agreed price says, an early end gives the rest of the time
    back to others; the deposit is returned. Raises InvalidInput with everything wrong about the runs.
    """
    return finish_as(tx, it, acting(tx.actor, it.kept, "finish"), runs)


def finish_as(tx: Transaction, it: Opened, party: Party, runs: Sequence[Mapping[str, Any]]) -> Opened:
    """The step of `finish`, on whichever side."""
    if wrong := _wrong(tx, it, runs):
        raise InvalidInput(errors=wrong)
    ending.finish(tx, it.booking, party)
    ran = [Span(each["started_at"], each["ended_at"]) for each in runs] or _since_start(tx, it)
    for number, span in enumerate(ran, start=1):
        tx.session.add(
            Run(
                booking_id=it.booking.id,
                number=number,
                started_at=span.start,
                ended_at=span.end,
                recorded_at=tx.now,
                recorded_by=tx.actor.id,
            )
        )
    booked = Use(it.booking.span, it.booking.quantity, it.kept.pieces, it.kept.with_operator)
    lines: list[Said] = [
        (line.kind.value, line.what, line.amount_fen) for line in settlement(it.kept.price, booked, ran)
    ]
    lines += deposit_back(paid_of(tx.session, it.booking.id).deposit_fen)
    return note(tx, it, "finished", party, moved_fen=charge(tx, it.booking.id, lines))


def _since_start(tx: Transaction, it: Opened) -> list[Span]:
    started = it.booking.started_at
    return [Span(started, tx.now)] if started is not None and started < tx.now else []


def _wrong(tx: Transaction, it: Opened, runs: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    found = []
    earliest = it.booking.span.padded(it.booking.policy.padding).start
    for number, run in enumerate(runs):
        place = f"/runs/{number}"
        if run["machine_id"] != it.kept.machine_id:
            found.append(FieldError(f"{place}/machine_id", "another_machine", _OTHER))
        if run["started_at"] >= run["ended_at"]:
            found.append(FieldError(f"{place}/ended_at", "backwards", _BACKWARDS))
        if run["ended_at"] > tx.now:
            found.append(FieldError(f"{place}/ended_at", "future", _FUTURE))
        if run["started_at"] < earliest:
            found.append(FieldError(f"{place}/started_at", "too_early", _EARLY))
    if it.booking.quantity == 1 and not found:
        found += _overlapping(runs)
    return found


def _overlapping(runs: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """One machine runs once at a time; of several each may have a run of its own."""

    def begins(each: tuple[int, Mapping[str, Any]]) -> datetime:
        started: datetime = each[1]["started_at"]
        return started

    ordered = sorted(enumerate(runs), key=begins)
    return [
        FieldError(f"/runs/{number}/started_at", "overlaps", _OVERLAP)
        for (_, before), (number, run) in pairwise(ordered)
        if run["started_at"] < before["ended_at"]
    ]
