"""Counting the cars of a zone, and the nightly check, in short words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from facilities.living.parking.occupancy.checking import check
from shared.actor import SYSTEM
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import Gates, ok


def count(at: Gates, cars: int, zone: UUID | None = None) -> tuple[int, int, list[str]]:
    """Say how many cars stand in a zone, the near one; how many are known, unknown, and which are doubted."""
    said = at.operator("POST", f"/parking/zones/{zone or at.park.near}/count", json={"cars": cars})
    assert said["counted"] == cars == said["known"] + said["unknown"] - len(said["doubted"])
    return said["known"], said["unknown"], said["doubted"]


def take_stock(at: Gates, *plates: str) -> dict[str, Any]:
    """Say which cars are there."""
    return at.operator("POST", f"/parking/lots/{at.park.lot}/stock-take", json={"plates": plates})


def zones(at: Gates) -> list[dict[str, Any]]:
    """How full each zone is, as the operator sees it."""
    found: list[dict[str, Any]] = ok(at.ask(OPERATOR, "GET", f"/parking/lots/{at.park.lot}/occupancy"))[
        "zones"
    ]
    return found


def taken(at: Gates) -> list[int]:
    """How many bays of each zone are taken."""
    return [zone["taken"] for zone in zones(at)]


def check_now(at: Gates) -> list[Mapping[str, Any]]:
    """Keep the nightly appointment now; what was put right in each zone where anything was wrong."""
    with at.runtime.transaction(SYSTEM) as tx:
        check(tx, {"lot_id": str(at.park.lot)})
        return [act.details for act in tx.acts if act.action == "zone.put-right"]


def is_sound(at: Gates) -> None:
    """Ledgers, entries and cars agree: nobody finds anything."""
    at.sound()
    assert check_now(at) == []
    at.sound()
