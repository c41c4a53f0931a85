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
from facilities.production.machines.bookings.commands import approve, confirm, hold
from facilities.production.machines.commands import create_crew, create_machine, publish
from facilities.production.machines.model import Crew, Machine, MachineBooking
from facilities.production.machines.schemas import NewMachine
from facilities.production.machines.wishes import MachineWish
from shared.actor import Actor, Membership
from shared.clock import PARK_TZ
from shared.text import Text
from shared.transaction import Transaction

DEMO_TIMER = "machines-demo"
Json = dict[str, Any]


def expect_demo(tx: Transaction, uscc: str) -> None:
    """In the demo park: make the appointment at which the firm lists its machines, if it is one of those."""
    if tx.context.settings.demo and uscc in _firms():
        tx.schedule(DEMO_TIMER, uscc, tx.now, {"uscc": uscc})


def enter_demo(tx: Transaction, payload: Mapping[str, object]) -> None:
    """List the firm's machines unless it has any; once every firm has some, book what the demo books."""
    firm = _firms()[str(payload["uscc"])]
    if not _machines(tx, [firm["uscc"]]):
        _list_machines(replace(tx, actor=_actor(firm)), firm)
    listed = _machines(tx, list(_firms()))
    if {machine.owner for machine in listed} == set(_firms()) and not _any_booking(tx):
        _book(tx, {_key(machine): machine for machine in listed})


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


def _book(tx: Transaction, machines: Mapping[str, Machine]) -> None:
    customers = dict(zip(_firms(), reversed(_firms()), strict=True))
    for row in _data()["bookings"]:
        machine = machines[row["machine"]]
        customer = _firms()[customers[machine.owner]]
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
