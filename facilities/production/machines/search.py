"""Looking for machines: by what they can do, and by when; those that are free first.

Every machine that could do is judged before a page is cut, by a number of queries that does not grow with
them (machines with different times around their bookings are asked for apart): the machines with their
prices, what is free, and the rows of the page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.availability.queries import free_units
from facilities.capacity.grid import Span
from facilities.capacity.rules import Policy, violations
from facilities.capacity.tariff import Unit
from facilities.production.machines.model import Machine, MachineMaterial, MachinePrice, MachineState
from facilities.production.machines.queries import in_force_at, machines_by_id
from facilities.production.machines.wishes import MachineWish, Offered, price_of
from shared.actor import Actor
from shared.errors import BadRequest
from shared.http.paging import Cursor
from shared.text import Text

MOST_JUDGED = 2000
"""Machines that one search looks at; whoever finds more names more of what they need."""

_CURSOR = Text("翻页标记无效", "The cursor is not valid")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a machine has to be; None and empty for whatever."""

    process: str | None = None
    material: str | None = None
    accuracy_um: int | None = None
    """At least as accurate."""
    travel_x_mm: int | None = None
    travel_y_mm: int | None = None
    travel_z_mm: int | None = None
    place: str | None = None
    """A part of where it stands."""
    owner: str | None = None
    """A credit code, or how it begins."""
    unit: Unit | None = None
    """Priced by this."""
    max_fen: int | None = None
    """At most this price: of the whole wish where there is one, else of a unit."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A machine that was found."""

    machine: Machine
    offered: Offered
    quote_fen: int | None
    """What the wish costs; None without a wish, where it is not possible, or says not how many pieces."""
    free: int | None
    """Units that are free for the wish; None without one."""
    available: bool | None
    """Whether it could be booked as wished; None without a wish."""


@dataclass(frozen=True, slots=True)
class _Judged:
    offered: Offered
    quote_fen: int | None
    free: int | None
    available: bool | None

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it stands in the list: what can be booked first, then the cheaper, then the older."""
        price = self.offered.price.unit_fen if self.quote_fen is None else self.quote_fen
        return (int(self.available is False), price, str(self.offered.id))


def search(
    session: Session,
    reader: Actor,
    filters: Filters,
    wanted: MachineWish | None,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> tuple[list[Hit], str | None]:
    """A page of published machines, and the cursor of the next page."""
    at = wanted.wish.starts_at if wanted and not _out_of_reach(wanted, now) else now
    candidates = list(_candidates(session, filters, at))
    if wanted is None:
        judged = [_Judged(each, None, None, None) for each, _policy in candidates]
    else:
        judged = list(_judge(session, candidates, wanted, now))
    if filters.max_fen is not None:
        judged = [each for each in judged if each.place[1] <= filters.max_fen]
    after = None if cursor is None else _position(cursor)
    ordered = sorted((each for each in judged if after is None or each.place > after), key=_place)
    page = ordered[:limit]
    rows = machines_by_id(session, [each.offered.id for each in page])
    hits = [
        Hit(rows[each.offered.id], each.offered, each.quote_fen, each.free, each.available) for each in page
    ]
    return hits, None if len(ordered) <= limit else _cursor(page[-1])


def _candidates(session: Session, filters: Filters, at: datetime) -> Iterator[tuple[Offered, Policy]]:
    query = (
        sa.select(
            Machine.id,
            Machine.operated_id,
            Machine.operator,
            Machine.qualified_until,
            Machine.rules,
            MachinePrice.tariff,
        )
        .join(MachinePrice, MachinePrice.machine_id == Machine.id)
        .where(Machine.state == MachineState.PUBLISHED, in_force_at(at), *_conditions(filters))
        .order_by(Machine.id)
        .limit(MOST_JUDGED)
    )
    for row in session.execute(query):
        price = price_of(row.tariff, row.operator)
        offered = Offered(row.id, row.operated_id, row.operator, row.qualified_until, price)
        yield offered, Policy.from_json(row.rules)


def _conditions(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    if filters.process is not None:
        yield Machine.process == filters.process
    if filters.material is not None:
        yield sa.exists().where(
            MachineMaterial.machine_id == Machine.id, MachineMaterial.material == filters.material
        )
    if filters.accuracy_um is not None:
        yield Machine.accuracy_um <= filters.accuracy_um
    for axis in ("x", "y", "z"):
        least = getattr(filters, f"travel_{axis}_mm")
        if least is not None:
            yield getattr(Machine, f"travel_{axis}_mm") >= least
    if filters.place is not None:
        yield Machine.place.contains(filters.place, autoescape=True)
    if filters.owner is not None:
        yield Machine.owner.startswith(filters.owner, autoescape=True)
    if filters.unit is not None:
        yield MachinePrice.unit == filters.unit


def _judge(
    session: Session, candidates: Sequence[tuple[Offered, Policy]], wanted: MachineWish, now: datetime
) -> Iterator[_Judged]:
    by_rules = {each.id: policy for each, policy in candidates if not violations(wanted.wish, policy, now)}
    possible = {
        each.id: each
        for each, _ in candidates
        if each.id in by_rules and not any(each.not_possible(each.suited(wanted)))
    }
    free = _free(session, possible, by_rules, wanted)
    for each, _policy in candidates:
        if each.id not in possible:
            yield _Judged(each, None, 0, available=False)
            continue
        units = free.get(each.resource(with_operator=wanted.with_operator), 0)
        cost = each.quote(each.suited(wanted)).total_fen if each.says_the_price(wanted) else None
        yield _Judged(each, cost, units, available=units >= wanted.wish.quantity)


def _free(
    session: Session, possible: Mapping[UUID, Offered], rules: Mapping[UUID, Policy], wanted: MachineWish
) -> Mapping[UUID, int]:
    if not possible:
        return {}
    paddings = {
        each.resource(with_operator=wanted.with_operator): rules[each.id].padding
        for each in possible.values()
    }
    return free_units(session, paddings, Span(wanted.wish.starts_at, wanted.wish.ends_at))


def _out_of_reach(wanted: MachineWish, now: datetime) -> bool:
    """Whether its local date might be none at all: nobody's horizon reaches so far."""
    return not now <= wanted.wish.starts_at or (wanted.wish.starts_at - now).days > 2 * 366


def _place(judged: _Judged) -> tuple[int, int, str]:
    return judged.place


def _cursor(last: _Judged) -> str:
    busy, price, machine_id = last.place
    return Cursor(f"{busy}/{price}", machine_id).encode()


def _position(cursor: str) -> tuple[int, int, str]:
    read = Cursor.decode(cursor)
    busy, _, price = read.order.partition("/")
    if not (busy in {"0", "1"} and price.isascii() and price.isdigit() and len(price) < 20):
        raise BadRequest(_CURSOR)
    return int(busy), int(price), read.id
