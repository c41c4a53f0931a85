"""Passes: bought, paid, shared by cars, renewed, suspended, expired; and the bays that they take."""

from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.bookings.model import Booking
from facilities.capacity.ledger.model import LedgerSlot
from facilities.capacity.lifecycle import State
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.rights.passes import commands
from facilities.living.service import service as living
from shared.actor import SYSTEM
from shared.clock import PARK_TZ, ManualClock
from shared.messaging.outbox import OutboxMessage
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.people import Caller, codes, ok, person, slug
from tests.integration.facilities.parking.test_rights import OTHER, PLATE, THIRD, sound


def used(system: SystemUnderTest, zone_id: UUID, day: date, hour: int = 12) -> int:
    """How many bays of a zone are taken at an hour of a local day."""
    at = datetime(day.year, day.month, day.day, hour, tzinfo=PARK_TZ)
    with system.runtime("living").read() as session:
        zone = session.get_one(Zone, zone_id)
        slot = int(at.timestamp()) // 1800
        taken = sa.select(LedgerSlot.used).where(
            LedgerSlot.ledger_id == zone.ledger_id, LedgerSlot.slot == slot
        )
        return session.scalar(taken) or 0


def said(system: SystemUnderTest, noun: str) -> list[str]:
    """What was told of, by the last word of each event of the noun."""
    with system.runtime("living").read() as session:
        types = session.scalars(sa.select(OutboxMessage.type).order_by(OutboxMessage.position))
        return [each.split(".")[3] for each in types if each.split(".")[2] == noun]


def tell(system: SystemUnderTest, period: str, *, is_paid: bool) -> bool:
    """What the money part says of a period."""
    with system.runtime("living").transaction(SYSTEM) as tx:
        if is_paid:
            return commands.paid(tx, UUID(period))
        commands.unpaid(tx, UUID(period))
        return False


def test_a_pass_takes_its_bays_from_the_order_to_the_last_day_of_grace_and_is_renewed_without_a_gap(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"), near=2, far=1, tariff="T5")
    anna, ben, operator = (Caller(system, who) for who in (person(), person(), OPERATOR))
    wish = {"lot_id": str(park.lot), "plates": [PLATE, OTHER], "bays": 2}

    ordered = ok(anna.ask("POST", "/passes", wish))
    assert (ordered["state"], ordered["zone_id"], ordered["since"]) == ("waiting", str(park.near), None)
    (period,) = ordered["periods"]
    assert (period["since"], period["until"]) == ("2026-11-23", "2026-12-22")
    assert period["price_fen"] == 2 * 36000
    assert used(system, park.near, date(2026, 12, 25)) == 2, "with three days of grace"
    assert used(system, park.near, date(2026, 12, 26)) == 0
    full = ben.ask("POST", "/passes", {**wish, "zone_id": str(park.near), "bays": 1})
    assert slug(full) == "capacity-full"

    path = f"/passes/{ordered['id']}"
    assert ben.act(f"{path}/give-up").status_code == 404
    assert anna.act(f"{path}/paid-at-booth").status_code == 403
    assert ok(operator.act(f"{path}/paid-at-booth"))["state"] == "active"
    assert slug(operator.act(f"{path}/paid-at-booth")) == "nothing-to-pay"
    assert tell(system, period["id"], is_paid=True), "told twice it is true again"
    assert slug(anna.act(f"{path}/renew")) == "not-renewable", "too early"
    sound(system)

    clock.set(datetime(2026, 12, 15, 9, 0, tzinfo=PARK_TZ))
    system.settle()
    assert said(system, "parking-pass") == ["bought", "ending"]
    clock.set(datetime(2026, 12, 24, 9, 0, tzinfo=PARK_TZ))  # in its grace
    renewed = ok(anna.act(f"{path}/renew"))
    assert renewed["until"] == "2026-12-22" and renewed["periods"][1]["since"] == "2026-12-23"
    assert used(system, park.near, date(2026, 12, 24)) == 2, "days of grace are not taken twice"
    assert used(system, park.near, date(2027, 1, 25)) == 2
    assert slug(anna.act(f"{path}/renew")) == "not-renewable", "one waits already"
    assert ok(anna.act(f"{path}/give-up"))["periods"][1]["state"] == "lapsed"
    assert used(system, park.near, date(2027, 1, 25)) == 0
    renewed = ok(anna.act(f"{path}/renew", {"months": 3}))
    assert renewed["periods"][2]["price_fen"] == 3 * 2 * 36000
    assert not tell(system, renewed["periods"][1]["id"], is_paid=True), "other months stand instead"
    assert tell(system, renewed["periods"][2]["id"], is_paid=True)
    after = anna.get(path)
    assert (after["since"], after["until"]) == ("2026-11-23", "2027-03-22")
    assert used(system, park.near, date(2027, 3, 25)) == 2
    sound(system)

    clock.set(datetime(2027, 3, 26, 0, 1, tzinfo=PARK_TZ))
    system.settle()
    assert anna.get(path)["state"] == "expired"
    assert said(system, "parking-pass")[-1] == "expired"
    assert slug(anna.act(f"{path}/renew")) == "not-renewable"
    assert len(operator.get("/passes?state=expired")["items"]) == 1
    assert ben.get("/passes")["items"] == []
    sound(system)


def test_what_is_not_paid_in_time_is_free_for_others_and_late_money_takes_what_is_left(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"), near=1, far=1, tariff="T5")
    anna, ben = Caller(system, person()), Caller(system, person())
    wish = {"lot_id": str(park.lot), "zone_id": str(park.near), "plates": [PLATE]}
    mine = ok(anna.ask("POST", "/passes", wish))
    clock.advance(timedelta(hours=2, minutes=1))
    system.settle()
    assert anna.get(f"/passes/{mine['id']}")["state"] == "lapsed"
    assert used(system, park.near, date(2026, 12, 1)) == 0

    late = mine["periods"][0]["id"]
    assert tell(system, late, is_paid=True), "nobody has taken the bay meanwhile"
    assert anna.get(f"/passes/{mine['id']}")["state"] == "active"
    tell(system, late, is_paid=False)
    assert anna.get(f"/passes/{mine['id']}")["state"] == "active", "what is paid stays"

    his = ok(ben.ask("POST", "/passes", {**wish, "zone_id": str(park.far), "plates": [THIRD]}))
    clock.advance(timedelta(hours=2))  # the appointment has not been kept yet
    other = ok(anna.ask("POST", "/passes", {**wish, "zone_id": str(park.far)}))
    assert other["state"] == "waiting", "whoever comes next gets what is overdue"
    assert not tell(system, his["periods"][0]["id"], is_paid=True), "the money goes back"
    assert ben.get(f"/passes/{his['id']}")["state"] == "lapsed"
    system.settle()
    with system.runtime("living").read() as session:
        held = sa.select(sa.func.count()).select_from(Booking).where(Booking.state == State.HELD)
        assert session.scalar(held) == 2, "the two pieces of one period"
    sound(system)


def test_a_pass_is_suspended_and_its_cars_are_changed_twice_a_month(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([living])
    park = car_park(system.runtime("living"), tariff="T5")
    free = car_park(system.runtime("living"), tariff="T1", code="P2")
    anna, operator = Caller(system, person()), Caller(system, OPERATOR)
    wish = {"lot_id": str(park.lot), "plates": [PLATE]}
    assert slug(anna.ask("POST", "/passes", {**wish, "lot_id": str(free.lot)})) == "no-passes"
    assert codes(anna.ask("POST", "/passes", {**wish, "since": "2026-11-22"})) == {("/since", "past")}
    wrong = anna.ask("POST", "/passes", {**wish, "plates": [PLATE, "苏a12345", "X"]})
    assert codes(wrong) == {("/plates/1", "twice"), ("/plates/2", "plate-province")}
    it = ok(anna.ask("POST", "/passes", {**wish, "since": "2026-12-01"}))
    path = f"/passes/{it['id']}"
    ok(operator.act(f"{path}/paid-at-booth"))
    assert used(system, park.near, date(2026, 11, 30)) == 0 and used(system, park.near, date(2026, 12, 1), 0)

    for plates in ([OTHER], [OTHER, THIRD]):
        ok(anna.act(f"{path}/cars", {"plates": plates}, "PUT"))
    same = ok(anna.act(f"{path}/cars", {"plates": [THIRD, OTHER]}, "PUT"))
    assert same["plates"] == ["京B·67890", "苏A·D12345"] and same["changes_left"] == 0
    assert slug(anna.act(f"{path}/cars", {"plates": [PLATE]}, "PUT")) == "too-many"
    clock.set(datetime(2026, 12, 1, 9, 0, tzinfo=PARK_TZ))
    ok(anna.act(f"{path}/cars", {"plates": [PLATE]}, "PUT"))

    assert anna.act(f"{path}/suspend", {"reason": "转借他人"}).status_code == 403
    assert operator.act(f"{path}/renew").status_code == 403
    assert ok(operator.act(f"{path}/suspend", {"reason": "转借他人"}))["suspended_for"] == "转借他人"
    assert ok(operator.act(f"{path}/resume"))["suspended_for"] is None
    assert said(system, "parking-pass") == ["bought", "suspended", "resumed"]
    stale = anna.ask("PUT", f"{path}/cars", {"plates": [OTHER]}, '"1"')
    assert stale.status_code == 412
    for each in (2, 3):
        ok(anna.ask("POST", "/passes", {**wish, "plates": [f"京B6789{each}"]}))
    assert slug(anna.ask("POST", "/passes", {**wish, "plates": [THIRD]})) == "too-many"
    sound(system)
