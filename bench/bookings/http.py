"""Holding a machine over HTTP: at the real service under gunicorn, and at the bare application beside it."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import urllib3

from bench.bookings import bare
from bench.bookings.filling import CUSTOMER
from bench.bookings.park import OPENS
from bench.cases.stage import Stage
from facilities.enterprises.model import EnterpriseCopy
from facilities.production.machines import commands
from facilities.production.machines.schemas import NewMachine
from shared.actor import Actor, Membership
from shared.clock import PARK_TZ, local_date
from shared.database import table_of
from shared.ids import new_id
from shared.service import Runtime

CLIENTS = 8
PROCESSES = 2
"""Of the service and of the bare application: as many as the production overlay runs of a service."""
MACHINES = 200
OWNER = "91990101MA0DEM013U"
_HOURS_A_DAY = 16
MEMBER = Actor(
    kind="account",
    id=new_id(),
    name="企业经办人",
    roles=frozenset({"applicant"}),
    memberships=tuple(Membership(new_id(), uscc, "", "member") for uscc in (OWNER, CUSTOMER)),
)
MACHINE: Mapping[str, Any] = {
    "owner": OWNER,
    "name": {"zh": "加工中心", "en": "Machining centre"},
    "process": "five_axis",
    "materials": ["titanium", "alloy_steel"],
    "place": "1号楼",
    "units": 1,
    "operator": "none",
    "confidentiality": "agreement",
    "cancellation": {
        "tiers": [{"hours": 24, "price_percent": 100}],
        "late_deposit_percent": 100,
        "no_show_deposit_percent": 50,
        "no_show_fee_fen": 0,
    },
    "hours": [{"weekday": day, "since": "06:00", "until": "22:00"} for day in range(1, 8)],
    "rules": {"horizon_days": 120, "shortest_min": 60, "longest_min": 480, "start_grid_min": 30},
    "price": {"unit": "hour", "unit_fen": 28000},
}


def prepare(runtime: Runtime) -> Iterator[dict[str, Any]]:
    """Two registered firms and machines that are offered; then wishes, each for a time of its own."""
    bare.create_table(runtime.database.engine)
    body = NewMachine().load(MACHINE)
    with runtime.transaction(MEMBER) as tx:
        tx.session.execute(sa.insert(table_of(EnterpriseCopy)), [_firm(code) for code in (OWNER, CUSTOMER)])
    machines = []
    for _ in range(MACHINES):
        with runtime.transaction(MEMBER) as tx:
            machines.append(commands.publish(tx, commands.create_machine(tx, **body)).id)
    return _wishes(machines, runtime.clock.now())


def _wishes(machines: list[UUID], now: datetime) -> Iterator[dict[str, Any]]:
    midnight = datetime.combine(local_date(now), datetime.min.time(), PARK_TZ).astimezone(UTC)
    for hour in range(119 * _HOURS_A_DAY):
        day, place = divmod(hour, _HOURS_A_DAY)
        start = midnight + timedelta(days=1 + day, hours=OPENS // 4 + place)
        for machine in machines:
            yield {
                "machine_id": str(machine),
                "on_behalf_of": CUSTOMER,
                "starts_at": start.isoformat(),
                "ends_at": (start + timedelta(hours=1)).isoformat(),
            }


def _firm(uscc: str) -> dict[str, Any]:
    return {
        "uscc": uscc,
        "name": uscc,
        "legal_representative": "",
        "industry_code": "3421",
        "region_code": "990101",
        "registered_capital_fen": 0,
        "established_on": local_date(datetime.now(UTC)),
        "status": "active",
        "sequence": 1,
        "as_of": datetime.now(UTC),
    }


class Target:
    """One application to book at; how many bookings a second its processes take from all clients."""

    def __init__(self, bases: Sequence[str], wishes: Iterator[dict[str, Any]], token: str) -> None:
        self._bases = bases
        self._wishes = wishes
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._pool = urllib3.PoolManager(maxsize=CLIENTS, block=True, retries=False, timeout=30)
        self.times: list[float] = []

    def book(self, count: int) -> float:
        """So many bookings."""
        mine = [json.dumps(next(self._wishes)) for _ in range(count)]
        failures: list[str] = []

        def client(number: int) -> None:
            base = self._bases[number % len(self._bases)]
            while not failures:
                try:
                    body = mine.pop()
                except IndexError:
                    return
                began = time.monotonic()
                address = f"{base}/machine-bookings"
                answer = self._pool.request("POST", address, body=body, headers=self._headers)
                self.times.append(time.monotonic() - began)
                if answer.status != 201:
                    failures.append(f"{answer.status}: {answer.data[:500]!r}")

        threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise AssertionError(failures[0])
        return count / (time.monotonic() - began)


def targets(stage: Stage, wishes: Iterator[dict[str, Any]]) -> dict[str, Target]:
    """The service and the bare application, each with one process and with all of its processes."""
    stage.serve(copies=PROCESSES)
    token = stage.service_token(MEMBER)
    service = [f"{url}/api/v1/production" for url in stage.urls("production")]
    bare = stage.urls("floor")
    return {
        "service": Target(service, wishes, token),
        "bare": Target(bare, wishes, token),
        "service, one process": Target(service[:1], wishes, token),
        "bare, one process": Target(bare[:1], wishes, token),
    }
