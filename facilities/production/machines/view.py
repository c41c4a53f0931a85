"""Machines as they are shown: what they are, when they are free, what a wish would cost."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.availability.queries import alternatives_to, calendar, free_units
from facilities.capacity.cancelling import Offer, Paid, offers
from facilities.capacity.grid import Span
from facilities.capacity.ledger.model import CapacityException
from facilities.capacity.rules import violations
from facilities.capacity.tariff import UNIT_NAMES, PriceVersion
from facilities.enterprises.queries import firm_names
from facilities.production.machines import codes
from facilities.production.machines.listing import price_out, rules_out
from facilities.production.machines.model import Crew, Machine, MachinePrice, MachineState
from facilities.production.machines.policy import firms_of
from facilities.production.machines.queries import in_force_at, offered
from facilities.production.machines.ratings.revealing import sums_of
from facilities.production.machines.ratings.view import sums_out
from facilities.production.machines.search import Hit
from facilities.production.machines.wishes import MachineWish, Offered, price_of
from shared.actor import Actor
from shared.errors import Conflict, FieldError
from shared.text import Text

Json = dict[str, Any]

_NOT_OFFERED = Text("该设备当前不可预订", "The machine is not offered now")
_VERBS = {
    MachineState.DRAFT: ("change", "price", "publish"),
    MachineState.PUBLISHED: ("change", "price", "close", "withdraw"),
    MachineState.WITHDRAWN: ("change", "price", "close", "publish"),
}


def machines_out(session: Session, machines: Sequence[Machine], reader: Actor, now: datetime) -> list[Json]:
    """Machines with their owners' names and ratings and the prices in force; three queries for all."""
    prices = {
        row.machine_id: row.tariff
        for row in session.scalars(
            sa.select(MachinePrice).where(
                MachinePrice.machine_id.in_([each.id for each in machines]), in_force_at(now)
            )
        )
    }
    firms = firm_names(session, [each.owner for each in machines])
    sums = sums_of(session, [each.owner for each in machines])
    own = firms_of(reader)
    return [
        _machine(
            each,
            firms[each.owner],
            sums_out(sums.get(each.owner)),
            price_of(prices[each.id], each.operator) if each.id in prices else None,
            list(_VERBS[each.state]) if each.owner in own else [],
        )
        for each in machines
    ]


def machine_out(session: Session, machine: Machine, reader: Actor, now: datetime) -> Json:
    """One machine."""
    return machines_out(session, [machine], reader, now)[0]


def hits_out(session: Session, hits: Sequence[Hit], reader: Actor, now: datetime) -> list[Json]:
    """What a search has found."""
    shown = machines_out(session, [hit.machine for hit in hits], reader, now)
    return [
        {**each, "available": hit.available, "free": hit.free, "quote_fen": hit.quote_fen}
        for hit, each in zip(hits, shown, strict=True)
    ]


def version_out(version: PriceVersion) -> Json:
    """A version of a price."""
    return {
        "number": version.number,
        "effective_on": version.effective_on.isoformat(),
        "unit_name": UNIT_NAMES[version.unit].to_dict(),
        **price_out(version),
    }


def closure_out(closure: CapacityException, span: Span) -> Json:
    """A closure in the times of its slots."""
    return {"id": str(closure.id), **span_out(span), "capacity": closure.capacity, "reason": closure.reason}


def crew_out(crew: Crew) -> Json:
    """A crew."""
    return {"id": str(crew.id), "owner": crew.owner, "name": crew.name, "people": crew.people}


def codes_out() -> Json:
    """The lists of codes."""
    lists = {
        codes.PROCESS: "processes",
        codes.MATERIAL: "materials",
        codes.CONFIDENTIALITY: "confidentiality",
    }
    return {
        shown: [
            {"code": each.code, "name": each.name.to_dict(), "source": each.source}
            for each in codes.all_codes()
            if each.list == name
        ]
        for name, shown in lists.items()
    }


def calendar_out(session: Session, machine: Machine, first: date, days: int, now: datetime) -> Json:
    """What is free day by day, from now on; Conflict for what was never offered."""
    if machine.ledger_id is None:
        raise Conflict(_NOT_OFFERED, slug="not-offered")
    found = []
    for day, line in calendar(session, machine.id, machine.policy, first, days):
        stretches = [
            {**span_out(Span(max(each.span.start, now), each.span.end)), "free": each.free}
            for each in line.stretches
            if each.free and each.span.end > now
        ]
        found.append({"day": day.isoformat(), "free": stretches})
    return {"days": found}


def quote_out(session: Session, machine: Machine, wanted: MachineWish, now: datetime) -> Json:
    """What a wish would cost and whether it can be booked; every broken rule, and what else would fit."""
    if machine.state is not MachineState.PUBLISHED:
        raise Conflict(_NOT_OFFERED, slug="not-offered")
    broken = list(violations(wanted.wish, machine.policy, now))
    found = None if broken else offered(session, machine, wanted.wish.starts_at)
    if found is not None:
        broken += found.not_possible(wanted)
    answer: Json = {
        "bookable": False,
        "free": 0,
        "broken": [broken_out(each) for each in broken],
        "alternatives": [],
        "lines": [],
        "total_fen": None,
        "deposit_fen": None,
        "cancellation": [],
        "needs_approval": machine.policy.needs_approval,
    }
    if found is None or broken:
        return answer
    return {**answer, **_possible(session, machine, found, wanted, now)}


def offers_out(found: Iterable[Offer]) -> list[Json]:
    """What a cancellation gives back until when."""
    return [
        {
            "until": each.until.isoformat() if each.until else None,
            "price_back_fen": each.outcome.price_back_fen,
            "deposit_back_fen": each.outcome.deposit_back_fen,
            "fee_fen": each.outcome.fee_fen,
        }
        for each in found
    ]


def span_out(span: Span) -> Json:
    """A time."""
    return {"starts_at": span.start.isoformat(), "ends_at": span.end.isoformat()}


def first_day(wanted: date | None, today: date) -> date | None:
    """The first day of a calendar; None where it lies farther away than anybody books or looks back."""
    day = wanted or today
    return day if abs(day - today) <= timedelta(days=400) else None


def _possible(
    session: Session, machine: Machine, found: Offered, wanted: MachineWish, now: datetime
) -> Mapping[str, Any]:
    resource: UUID = found.resource(with_operator=wanted.with_operator)
    policy, wish = machine.policy, wanted.wish
    free = free_units(session, {resource: policy.padding}, wanted.use.span).get(resource, 0)
    price = found.quote(wanted)
    others = [] if free >= wish.quantity else alternatives_to(session, resource, wish, policy, now)
    rules = offers(machine.cancelling, Paid(price.total_fen, price.deposit_fen), wish.starts_at, now)
    return {
        "bookable": free >= wish.quantity,
        "free": free,
        "alternatives": [{"kind": each.kind, **span_out(each.span)} for each in others],
        "lines": [line.to_json() for line in price.lines],
        "total_fen": price.total_fen,
        "deposit_fen": price.deposit_fen,
        "cancellation": offers_out(rules),
    }


def broken_out(error: FieldError) -> Json:
    """A rule that a wish breaks."""
    return {"pointer": error.pointer, "code": error.code, "message": error.message.to_dict()}


def _machine(
    machine: Machine, owner_name: str, rating: Json, price: PriceVersion | None, actions: list[str]
) -> Json:
    return {
        "id": str(machine.id),
        "owner": machine.owner,
        "owner_name": owner_name,
        "owner_rating": rating,
        "name": machine.name,
        "note": machine.note,
        "process": _code(codes.PROCESS, machine.process),
        "materials": [_code(codes.MATERIAL, each.material) for each in machine.materials],
        "accuracy_um": machine.accuracy_um,
        "travel_mm": {
            "x": machine.travel_x_mm,
            "y": machine.travel_y_mm,
            "z": machine.travel_z_mm,
        },
        "place": machine.place,
        "units": machine.units,
        "operator": machine.operator.value,
        "crew_id": str(machine.crew_id) if machine.crew_id else None,
        "confidentiality": _code(codes.CONFIDENTIALITY, machine.confidentiality),
        "qualification": machine.qualification,
        "qualified_until": machine.qualified_until.isoformat() if machine.qualified_until else None,
        "hours": machine.hours,
        "rules": rules_out(machine.policy),
        "cancellation": machine.cancelling.to_json(),
        "price": version_out(price) if price else None,
        "state": machine.state.value,
        "actions": actions,
    }


def _code(of: str, code: str) -> Json:
    name = codes.names(of).get(code, Text.same(code))
    return {"code": code, "name": name.to_dict()}
