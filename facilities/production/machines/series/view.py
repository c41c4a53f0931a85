"""Recurring bookings of machines as their two sides see them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.capacity.lifecycle import CONSUMING, STATE_NAMES, Party, State, allows
from facilities.capacity.pricing import Quote
from facilities.capacity.recurring.planning import LIMITS, Outlook, Planned, preview
from facilities.capacity.recurring.queries import Known, known
from facilities.capacity.recurring.refusals import Refused
from facilities.capacity.rules import Wish
from facilities.capacity.series import Occurrence, occurrence_at, occurrences
from facilities.enterprises.queries import firm_names
from facilities.production.machines.model import Machine, MachineState
from facilities.production.machines.policy import parties
from facilities.production.machines.queries import machines_by_id, offered_each
from facilities.production.machines.series.commands import NOT_OFFERED, Recurs, Refund
from facilities.production.machines.series.queries import Recurring, balances_of
from facilities.production.machines.view import broken_out, span_out
from facilities.production.machines.wishes import MachineWish
from shared.actor import Actor
from shared.errors import Conflict, FieldError

Json = dict[str, Any]


def quote_out(session: Session, machine: Machine, recurs: Recurs, now: datetime) -> Json:
    """What would become of each occurrence and what it would cost; a constant number of queries."""
    if machine.state is not MachineState.PUBLISHED:
        raise Conflict(NOT_OFFERED, slug="not-offered")
    prices = offered_each(session, machine)
    order = recurs.order(machine, None)

    def wanted(each: Occurrence) -> MachineWish:
        wish = Wish(each.span.start, each.span.end, order.quantity)
        return MachineWish(wish, recurs.first.with_operator, recurs.first.pieces)

    def impossible(each: Occurrence) -> Sequence[FieldError]:
        found = prices(each.span.start)
        if found is None:
            return [FieldError("/", "not-offered", NOT_OFFERED)]
        return list(found.not_possible(wanted(each)))

    def price(each: Planned) -> Quote | None:
        found = prices(each.occurrence.span.start) if each.outlook is Outlook.FREE else None
        return found.quote(wanted(each.occurrence)) if found else None

    planned = [(each, price(each)) for each in preview(session, order, now, impossible)]
    return {
        "rule": str(order.series.rule),
        **{outlook.value: sum(each.outlook is outlook for each, _price in planned) for outlook in Outlook},
        "total_fen": sum(price.total_fen for _each, price in planned if price),
        "deposit_fen": sum(price.deposit_fen for _each, price in planned if price),
        "needs_approval": machine.policy.needs_approval,
        "horizon_days": machine.policy.horizon.days,
        "occurrences": [_planned(each, price) for each, price in planned],
    }


def summaries(session: Session, found: Sequence[Recurring]) -> list[Json]:
    """Series in a list; two queries for all their names."""
    machines = machines_by_id(session, [each.kept.machine_id for each in found])
    firms = firm_names(
        session, sorted({code for each in found for code in (each.kept.customer, each.kept.owner)})
    )
    return [_summary(each, machines, firms) for each in found]


def whole(session: Session, it: Recurring, reader: Actor, now: datetime) -> Json:
    """One series with all of its occurrences; the same queries however many these are."""
    (summary,) = summaries(session, [it])
    rows = known(session, [it.series.id])
    listed = sorted(
        [*(_known(it, each, now) for each in rows), *_later(it, rows)],
        key=lambda each: str(each["starts_at"]),
    )
    bookings = [each.booking for each in rows if each.booking is not None]
    return {
        **summary,
        "purpose": it.kept.purpose,
        "with_operator": it.kept.with_operator,
        "pieces": it.kept.pieces,
        "split_from": str(it.series.split_from) if it.series.split_from else None,
        "occurrences": listed,
        "price_fen": sum(each.price_fen or 0 for each in bookings if each.state in CONSUMING),
        "balance_fen": sum(balances_of(session, [each.id for each in bookings]).values()),
        "sides": [party.value for party in parties(reader, it.kept)],
        "actions": _actions(reader, it, listed, now),
    }


def refused_out(refused: Iterable[Refused]) -> list[Json]:
    """What could not be had, and why."""
    return [
        {**_named(each.occurrence), "reasons": [broken_out(reason) for reason in each.reasons]}
        for each in refused
    ]


def refunds_out(party: Party, found: Sequence[Refund]) -> Json:
    """What would come back of each."""
    return {
        "by": party.value,
        "refund_fen": sum(each.fen for each in found),
        "items": [
            {
                "occurrence": each.ahead.wall.isoformat(),
                "booking_id": str(each.ahead.booking.id),
                **span_out(each.ahead.booking.span),
                "refund_fen": each.fen,
            }
            for each in found
        ],
    }


def _summary(it: Recurring, machines: Mapping[UUID, Machine], firms: Mapping[str, str]) -> Json:
    pattern = it.series.series
    return {
        "id": str(it.series.id),
        "machine_id": str(it.kept.machine_id),
        "machine_name": machines[it.kept.machine_id].name,
        "customer": it.kept.customer,
        "customer_name": firms[it.kept.customer],
        "owner": it.kept.owner,
        "owner_name": firms[it.kept.owner],
        "rule": str(pattern.rule),
        "first": pattern.starts.isoformat(),
        "length_min": int((pattern.ends - pattern.starts).total_seconds()) // 60,
        "quantity": it.series.quantity,
        "ended": it.series.ended_at is not None,
        "created_at": it.series.created_at.isoformat(),
    }


def _known(it: Recurring, each: Known, now: datetime) -> Json:
    booking = each.booking
    if booking is None:
        return {
            **_named(occurrence_at(it.series.series, each.wall)),
            **_NOTHING,
            "outcome": "refused",
            "reasons": each.refused,
        }
    return {
        "occurrence": each.wall.isoformat(),
        **span_out(booking.span),
        "outcome": "booked",
        "booking_id": str(booking.id),
        "state": booking.state.value,
        "state_name": STATE_NAMES[booking.state].to_dict(),
        "price_fen": booking.price_fen,
        "reasons": [],
        "ahead": booking.starts_at > now and allows("cancel", booking.state),
    }


_NOTHING: Json = {
    "booking_id": None,
    "state": None,
    "state_name": None,
    "price_fen": None,
    "reasons": [],
    "ahead": False,
}


def _later(it: Recurring, rows: Iterable[Known]) -> list[Json]:
    """Those that the horizon has not reached; none of a series that was given up."""
    if it.series.ended_at is not None:
        return []
    there = {each.wall for each in rows}
    return [
        {**_named(each), **_NOTHING, "outcome": "later"}
        for each in occurrences(it.series.series, LIMITS)
        if each.wall not in there
    ]


def _actions(reader: Actor, it: Recurring, listed: Sequence[Json], now: datetime) -> list[str]:
    sides = parties(reader, it.kept)
    ahead = any(each["ahead"] for each in listed)
    later = any(each["outcome"] == "later" for each in listed)
    found = []
    if Party.PROVIDER in sides and any(each["state"] == State.PENDING for each in listed):
        found += ["approve", "reject"]
    if Party.CUSTOMER in sides and (later or any(_may_change(it, each, now) for each in listed)):
        found.append("change")
    if sides and (ahead or later):
        found.append("cancel")
    return found


def _may_change(it: Recurring, each: Json, now: datetime) -> bool:
    """Whether it can be changed with the series: not what was moved ahead by itself, past its wall time."""
    wall = datetime.fromisoformat(each["occurrence"])
    return bool(each["ahead"]) and occurrence_at(it.series.series, wall).span.start > now


def _planned(each: Planned, price: Quote | None) -> Json:
    return {
        **_named(each.occurrence),
        "outlook": each.outlook.value,
        "reasons": [broken_out(reason) for reason in each.reasons],
        "alternatives": [{"kind": other.kind, **span_out(other.span)} for other in each.alternatives],
        "price_fen": price.total_fen if price else None,
        "deposit_fen": price.deposit_fen if price else None,
    }


def _named(each: Occurrence) -> Json:
    return {"occurrence": each.wall.isoformat(), **span_out(each.span)}
