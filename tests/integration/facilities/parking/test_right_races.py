"""Rights to park when everybody wants the same at once: processes of their own, on each database."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.model import Booking
from facilities.living.parking.rights.cars.commands import register as register_car
from facilities.living.parking.rights.passes import commands as passes
from facilities.living.parking.rights.passes.model import ParkingPass, PeriodState
from facilities.living.parking.rights.quotas.commands import settle
from facilities.living.parking.rights.reservations import commands as reservations
from facilities.living.parking.rights.reservations.queries import find
from facilities.living.service import service as living
from shared.actor import SYSTEM, Actor
from shared.clock import PARK_TZ, ManualClock
from shared.errors import Problem
from shared.service import Runtime
from shared.testing.systems import SystemFactory
from shared.transaction import Transaction
from tests.integration.assembly import REGISTERED, Assembly, publisher
from tests.integration.facilities.capacity.processes import at_once
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.people import FIRM, Caller, ok, person, span
from tests.integration.facilities.parking.test_passes import said, used
from tests.integration.facilities.parking.test_quotas import months
from tests.integration.facilities.parking.test_rights import PLATE, sound

MANY = 6


def outcomes(
    runtime: Runtime, who: Callable[[int], Actor], do: Callable[[Transaction, int], Any], count: int = MANY
) -> Counter[str]:
    """How many got what they wanted (`done`), and by which names the others were refused."""

    def work(number: int) -> str:
        try:
            with runtime.transaction(who(number)) as tx:
                return "done" if do(tx, number) is not False else "no"
        except Problem as problem:
            return problem.code

    return Counter(at_once(runtime, work, count))


def test_of_those_who_want_the_last_bay_or_the_same_thing_at_once_one_gets_it(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    runtime = system.runtime("living")
    park = car_park(runtime, near=1, far=1)
    people = [person() for _each in range(MANY)]
    start = clock.now() + timedelta(hours=1)
    end = start + timedelta(hours=1)

    def reserve(tx: Transaction, number: int) -> None:
        reservations.reserve(tx, park.lot, None, f"京B6789{number}", start, end)

    assert outcomes(runtime, lambda n: people[n], reserve) == {"done": 2, "capacity-full": MANY - 2}

    def again(tx: Transaction, _number: int) -> None:
        reservations.reserve(tx, park.lot, None, PLATE, start + timedelta(hours=5), end + timedelta(hours=5))

    assert outcomes(runtime, lambda n: people[n], again) == {"done": 1, "reserved-already": MANY - 1}

    def car(tx: Transaction, number: int) -> None:
        register_car(tx, f"京B6789{number}", "")

    assert outcomes(runtime, lambda _n: people[0], car, 8) == {"done": 5, "too-many": 3}

    def end_or_begin(tx: Transaction, number: int) -> bool | None:
        if number % 2:
            return reservations.arrive(tx, reserved)
        reservations.cancel(tx, find(tx.session, reserved, sa.true()), "")
        return None

    with runtime.read() as session:
        booking = sa.select(Booking.id).where(Booking.starts_at == start).limit(1)
        reserved = session.scalars(booking).one()
    clock.set(start)
    found = outcomes(runtime, lambda _n: OPERATOR, end_or_begin)
    assert found["done"] == 1, found
    assert set(found) <= {"done", "no", "wrong-state", "stale-version"}
    sound(system)


def test_a_pass_that_is_renewed_and_paid_by_many_at_once_is_so_once(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    runtime = system.runtime("living")
    park = car_park(runtime, near=2, tariff="T5")
    anna = person()
    caller = Caller(system, anna)
    bought = ok(caller.ask("POST", "/passes", {"lot_id": str(park.lot), "plates": [PLATE]}))

    period = UUID(bought["periods"][0]["id"])
    assert outcomes(runtime, lambda _n: SYSTEM, lambda tx, _n: passes.paid(tx, period)) == {"done": MANY}
    clock.set(datetime(2026, 12, 20, 9, 0, tzinfo=PARK_TZ))

    def renew(tx: Transaction, _number: int) -> None:
        passes.renew(tx, tx.session.get_one(ParkingPass, UUID(bought["id"])), 1)

    found = outcomes(runtime, lambda _n: anna, renew)
    assert found["done"] == 1 and set(found) <= {"done", "stale-version", "not-renewable", "capacity-full"}
    (waiting,) = [
        each for each in caller.get(f"/passes/{bought['id']}")["periods"] if each["state"] == "waiting"
    ]

    def settle_it(tx: Transaction, number: int) -> bool | None:
        if number % 2:
            return passes.paid(tx, UUID(waiting["id"]))
        passes.unpaid(tx, UUID(waiting["id"]))
        return None

    outcomes(runtime, lambda _n: SYSTEM, settle_it)
    after = caller.get(f"/passes/{bought['id']}")
    assert after["periods"][1]["state"] == PeriodState.PAID, "money that has come counts, before or after"
    assert said(system, "parking-pass").count("renewed") == 1
    assert used(system, park.near, date(2027, 1, 10)) == 1
    sound(system)


def test_events_of_a_firm_that_arrive_at_once_in_any_order_leave_what_the_last_one_says(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    park = Assembly(make_system([publisher, living]), clock)
    runtime = park["living"]
    lot = car_park(runtime, near=4)
    operator = Caller(park.system, OPERATOR)
    ok(operator.ask("POST", "/quota-rules", {"zone_id": str(lot.near), "bays": 2}))
    for turn, last in ((0, "active"), (MANY, "suspended"), (2 * MANY, "active")):
        other = "suspended" if last == "active" else "active"
        events = [
            park.event(REGISTERED, uscc=FIRM, status=last if n == MANY else other, sequence=turn + n)
            for n in range(1, MANY + 1)
        ]

        def hear(number: int, heard: list[Any] = events) -> None:
            park.hear("living", heard[number])
            with runtime.transaction(SYSTEM) as tx:
                settle(tx, {"firm": FIRM, "zone": str(lot.near)})

        at_once(runtime, hear, MANY)
        park.system.settle()
        assert months(operator) == ([(2, 0), (2, 0)] if last == "active" else [(0, 0), (0, 0)])
        sound(park.system)
    start = clock.now() + timedelta(hours=1)
    wish = {"lot_id": str(lot.lot), "zone_id": str(lot.near), "plate": PLATE}
    anna = Caller(park.system, person())
    ok(anna.ask("POST", "/reservations", {**wish, **span(start, start + timedelta(hours=1))}))
