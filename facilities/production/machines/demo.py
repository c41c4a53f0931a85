"""The demo park's machines and a few bookings, entered by the verbs that everybody uses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml

from facilities.capacity.rules import Wish
from facilities.production.machines.bookings.commands import Opened, approve, confirm, hold
from facilities.production.machines.bookings.using import finish, start
from facilities.production.machines.commands import create_crew, create_machine, publish
from facilities.production.machines.disputes.commands import open_dispute
from facilities.production.machines.disputes.rules import Reason
from facilities.production.machines.model import Crew, Machine, MachineBooking
from facilities.production.machines.quality.commands import accept, record
from facilities.production.machines.ratings.commands import rate
from facilities.production.machines.schemas import NewMachine
from facilities.production.machines.wishes import MachineWish
from shared.actor import Actor, Membership
from shared.clock import PARK_TZ
from shared.text import Text
from shared.transaction import Transaction

DEMO_TIMER = "machines-demo"
_LISTED = timedelta(days=60)
"""So long ago the demo's machines were listed: longer than its oldest use."""
_HOUR = timedelta(hours=1)
Json = dict[str, Any]


def expect_demo(tx: Transaction, uscc: str) -> None:
    """In the demo park: make the appointment at which the firm lists its machines, if it is one of those."""
    if tx.context.settings.demo and uscc in _firms():
        tx.schedule(DEMO_TIMER, uscc, tx.now, {"uscc": uscc})


def enter_demo(tx: Transaction, payload: Mapping[str, object]) -> None:
    """List the firm's machines unless it has any; once every firm has some, book what the demo books."""
    firm = _firms()[str(payload["uscc"])]
    if not _machines(tx, [firm["uscc"]]):
        _list_machines(replace(tx, actor=_actor(firm), now=tx.now - _LISTED), firm)
    listed = _machines(tx, list(_firms()))
    if {machine.owner for machine in listed} == set(_firms()) and not _any_booking(tx):
        by_key = {_key(machine): machine for machine in listed}
        _use(tx, by_key)
        _book(tx, by_key)


def _list_machines(tx: Transaction, firm: Json) -> None:
    crews: dict[str, Crew] = {
        row["key"]: create_crew(tx, firm["uscc"], row["name"], row["people"]) for row in firm["crews"]
    }
    tx.session.flush()
    for row in firm["machines"]:
        publish(tx, create_machine(tx, **_described(firm["uscc"], row, crews)))


def _described(owner: str, row: Json, crews: Mapping[str, Crew]) -> Json:
    """A row as somebody would send it."""
    said = {name: value for name, value in row.items() if name not in {"key", "crew", "needs_approval"}}
    common = _data()["common"]
    body = {
        **said,
        **common,
        "owner": owner,
        "rules": {**common["rules"], "needs_approval": row["needs_approval"]},
        "crew_id": str(crews[row["crew"]].id) if "crew" in row else None,
    }
    loaded: Json = NewMachine().load(body)
    return loaded


def _use(tx: Transaction, machines: Mapping[str, Machine]) -> None:
    """What was booked and used before: each step at its own time, the oldest first."""
    for row in _data()["uses"]:
        machine = machines[row["machine"]]
        day = tx.now.astimezone(PARK_TZ).date() - timedelta(days=row["days"])
        if day.isoweekday() == 7:
            day -= timedelta(days=1)
        since, until, ended = (
            datetime.combine(day, time.fromisoformat(row[name]), PARK_TZ).astimezone(tx.now.tzinfo)
            for name in ("since", "until", "ended")
        )
        owner, customer = _firms()[machine.owner], _customer_of(machine)

        def as_of(firm: Json, at: datetime) -> Transaction:
            return replace(tx, actor=_actor(firm), now=at)

        booked = since - timedelta(days=2)
        wanted = MachineWish(Wish(since, until), row["with_operator"], row.get("pieces"))
        to_book = as_of(customer, booked)
        it = confirm(to_book, hold(to_book, machine.id, customer["uscc"], wanted, row["purpose"]))
        if row["approved"]:
            approve(as_of(owner, booked + _HOUR), it)
        start(as_of(owner, since), it)
        finish(as_of(owner, ended), it, [])
        _say_how_it_was(it, row, as_of(customer, ended + 2 * _HOUR), as_of(owner, ended + _HOUR))


def _say_how_it_was(it: Opened, row: Json, customer: Transaction, owner: Transaction) -> None:
    """Quality, dispute and ratings of a use that is over, as far as the row has them."""
    record(owner, it, 0, **row["quality"])
    if "dispute" in row:
        said = row["dispute"]
        open_dispute(customer, it, Reason(said["reason"]), said["text"], said["claimed_fen"])
    if "ratings" in row:
        owner.session.flush()
        accept(customer, it, 1)
        rate(customer, it, **row["ratings"]["customer"])
        rate(replace(owner, now=customer.now + _HOUR), it, **row["ratings"]["provider"])


def _customer_of(machine: Machine) -> Json:
    """Of the two firms of the demo the other one."""
    return next(firm for uscc, firm in _firms().items() if uscc != machine.owner)


def _book(tx: Transaction, machines: Mapping[str, Machine]) -> None:
    for row in _data()["bookings"]:
        machine = machines[row["machine"]]
        customer = _customer_of(machine)
        for_customer = replace(tx, actor=_actor(customer))
        day = tx.now.astimezone(PARK_TZ).date() + timedelta(days=row["days"])
        if day.isoweekday() == 7:
            day += timedelta(days=1)  # closed on Sundays
        start, end = (datetime.combine(day, time(row[name]), PARK_TZ) for name in ("since", "until"))
        wanted = MachineWish(Wish(start, end), row["with_operator"])
        it = confirm(for_customer, hold(for_customer, machine.id, customer["uscc"], wanted, row["purpose"]))
        if row["step"] == "approved":
            approve(replace(tx, actor=_actor(_firms()[machine.owner])), it)


def _machines(tx: Transaction, owners: Sequence[str]) -> Sequence[Machine]:
    return tx.session.scalars(sa.select(Machine).where(Machine.owner.in_(owners))).all()


def _any_booking(tx: Transaction) -> bool:
    return tx.session.scalar(sa.select(MachineBooking.id).limit(1)) is not None


def _key(machine: Machine) -> str:
    named = {row["name"]["zh"]: row["key"] for firm in _firms().values() for row in firm["machines"]}
    key: str = named.get(Text.of(machine.name).zh, str(machine.id))
    return key


def _actor(firm: Json) -> Actor:
    """The firm's person of the demo park; the gateway says the same of them when they sign in."""
    return Actor(
        kind="account",
        id=UUID(firm["account"]),
        name=firm["name"],
        roles=frozenset({"applicant"}),
        memberships=(Membership(UUID(firm["account"]), firm["uscc"], firm["name"], "administrator"),),
    )


@cache
def _data() -> Json:
    text = files("facilities.production.machines").joinpath("data", "demo.yaml").read_text("utf-8")
    found: Json = yaml.safe_load(text)
    return found


def _firms() -> dict[str, Json]:
    return {firm["uscc"]: firm for firm in _data()["firms"]}
