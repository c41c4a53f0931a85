"""The demo park's two car parks, entered by the verbs that operators use."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml
from marshmallow import Schema

from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.commands import (
    add_bays,
    add_device,
    add_lane,
    add_zone,
    enter_lot,
    open_lot,
)
from facilities.living.parking.lots.devices import add_charging_point
from facilities.living.parking.lots.listings.commands import put_on_list
from facilities.living.parking.lots.model import AT_LANES, Lot, Zone, ZoneKind
from facilities.living.parking.lots.pricing.commands import add_tariff
from facilities.living.parking.lots.pricing.schemas import NewTariff
from facilities.living.parking.lots.pricing.view import shape_of
from facilities.living.parking.lots.schemas import NewBays, NewListing, NewLot
from facilities.living.parking.tariffs.published import published
from shared.actor import Actor
from shared.service import Runtime
from shared.transaction import Transaction

_OPENED = timedelta(days=60)
"""So long ago the demo's car parks were opened: longer than its oldest stay."""
Json = dict[str, Any]


def enter_lots(runtime: Runtime) -> None:
    """Enter the car parks that are missing; nothing outside the demo."""
    if not runtime.settings.demo:
        return
    with runtime.transaction(operator()) as tx:
        then = replace(tx, now=tx.now - _OPENED)
        there = set(tx.session.scalars(sa.select(Lot.code)))
        for row in _data()["lots"]:
            if row["lot"]["code"] not in there:
                _enter(then, row)


def _enter(tx: Transaction, row: Json) -> None:
    lot = enter_lot(tx, **_loaded(NewLot(), row["lot"]))
    zones = {each["code"]: _zone(tx, lot, each) for each in row["zones"]}
    for each in row["bays"]:
        _bays(tx, lot, zones[each["zone"]], each)
    for each in row["lanes"]:
        metres = {
            zones[zone["code"]].id: zone["metres"][each["code"]]
            for zone in row["zones"]
            if each["code"] in zone["metres"]
        }
        lane = add_lane(
            tx,
            lot,
            code=each["code"],
            name=each["name"],
            direction=Direction(each["direction"]),
            metres=metres,
        )
        for kind in AT_LANES:
            add_device(tx, lot, lane, code=f"{lot.code}-{lane.code}-{kind.value.upper()}", kind=kind)
    add_tariff(tx, lot, **_loaded(NewTariff(), _tariff(row)))
    for each in row["listings"]:
        put_on_list(tx, lot, **_loaded(NewListing(), each))
    open_lot(tx, lot)


def _bays(tx: Transaction, lot: Lot, zone: Zone, row: Json) -> None:
    said = {name: value for name, value in row.items() if name not in ("zone", "charging_points")}
    made = add_bays(tx, lot, zone, **_loaded(NewBays(), said))
    for bay in made if row.get("charging_points") else ():
        add_charging_point(tx, lot, zone, bay, code=f"{lot.code}-{bay.number}")


def _zone(tx: Transaction, lot: Lot, row: Json) -> Zone:
    return add_zone(
        tx,
        lot,
        code=row["code"],
        name=row["name"],
        kind=ZoneKind(row["kind"]),
        capacity=row["capacity"],
    )


def _tariff(row: Json) -> Json:
    """The published tariff with what differs, and with what a pass costs."""
    shape = shape_of(published()[row["tariff"]].tariff)
    rates = [{**rate, "monthly_fen": row["monthly_fen"]} for rate in shape["rates"]]
    return {**shape, **row["changes"], "rates": rates}


def _loaded(schema: Schema, body: Mapping[str, Any]) -> Json:
    """A row as if somebody had sent it."""
    loaded: Json = schema.load(body)
    return loaded


def operator() -> Actor:
    """The demo park's person who runs its facilities; the gateway says the same of them at the sign-in."""
    said = _data()["operator"]
    return Actor(kind="account", id=UUID(said["id"]), name=said["name"], roles=frozenset({"operator"}))


@cache
def _data() -> Json:
    text = files("facilities.living.parking.lots").joinpath("data", "demo.yaml").read_text("utf-8")
    found: Json = yaml.safe_load(text)
    return found
