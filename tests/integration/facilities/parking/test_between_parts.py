"""Money, stays, stock-taking and messages where one part of parking meets another."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from facilities.living.parking.payments.model import ParkingPayment
from facilities.living.service import service as living
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.messaging.outbox import OutboxMessage
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import Gates, ok, verdicts
from tests.integration.facilities.parking.paying import at_once
from tests.integration.facilities.parking.people import Caller, person


def park(make_system: SystemFactory, clock: ManualClock, **more: Any) -> Gates:
    return Gates(make_system([living], parking_provider="sandbox"), clock, **more)


def pay(at: Gates, plate: str) -> Any:
    """Somebody pays what is due now; the order."""
    named = {"lot_id": str(at.park.lot), "plate": plate}
    made = ok(at.ask(None, "POST", "/parking/orders", json=named))
    ok(at.ask(None, "POST", "/parking/sandbox/pay", json={"code": made["pay_code"]}))
    return made


def money(at: Gates, plate: str) -> list[tuple[str, int | None, int]]:
    return [(each.state, each.fee_fen, each.paid_fen) for each in at.stays(plate)]


def test_who_comes_back_soon_pays_the_difference_and_gets_back_what_was_too_much(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at, car = park(make_system, clock, merge_minutes=30), "苏A00001"
    at.come(car)
    at.later(minutes=90)
    assert pay(at, car)["amount_fen"] == 600
    assert at.go(car)["reason"] == "paid"
    at.later(minutes=10)
    at.come(car)
    at.later(minutes=70)
    due = at.go(car)
    assert (due["verdict"], due["due_fen"]) == ("pay", 100), "the third hour, as if it had stayed"
    assert pay(at, car)["amount_fen"] == 100
    at.later(minutes=1)
    assert at.go(car)["verdict"] == "open"
    assert money(at, car) == [("left", 600, 600), ("left", 100, 100)]

    with at.runtime.read() as session:
        (paid, *_more) = session.scalars(sa.select(ParkingPayment).order_by(ParkingPayment.at)).all()
    back = {"amount_fen": 601, "reason": "投诉"}
    path = f"/parking/payments/{paid.id}/refund"
    assert at.ask(OPERATOR, "POST", path, json=back).status_code == 422
    for amount in (-1, 0, 10**30, True, 1.5, "600"):
        assert at.ask(OPERATOR, "POST", path, json=back | {"amount_fen": amount}).status_code == 422, amount
    calls = [partial(at.ask, OPERATOR, "POST", path, json=back | {"amount_fen": 400}) for _ in range(2)]
    assert sorted(each.status_code for each in at_once(*calls)) in ([201, 409], [201, 422])
    at.later(minutes=1)
    assert money(at, car)[0] == ("left", 600, 200)
    at.sound()


def test_a_lost_entry_that_is_told_after_it_was_paid_shows_what_was_too_much(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at, car = park(make_system, clock), "苏A00002"
    assert at.go(car)["reason"] == "lost_entry"
    assert pay(at, car)["amount_fen"] == 1000
    at.later(minutes=1)
    assert at.go(car)["verdict"] == "open"
    came = at.event(car, waiting=False, seen_at=(at.now - timedelta(minutes=80)).isoformat())
    for again in (False, True):
        assert ok(at.send(at.park.camera_in, came))["repeated"] is again
    assert money(at, car) == [("left", 600, 1000)]
    shown = at.operator("GET", f"/parking/stays/{at.stays(car)[0].id}")["cost"]
    assert (shown["due_fen"], shown["overpaid_fen"]) == (0, 400)
    at.sound()


def test_stays_that_turn_out_to_be_one_keep_what_goes_on_with_them(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at, car, start = park(make_system, clock, merge_minutes=30), "苏A00003", clock.now()
    clock.advance(timedelta(hours=2))
    for way, seconds in ((at.come, 0), (at.come, 15), (at.go, 3600), (at.come, 4000), (at.come, 8)):
        way(car, waiting=False, seen_at=(start + timedelta(seconds=seconds)).isoformat())
    first, second = at.stays(car)
    assert (first.state, second.state, second.continues) == ("left", "inside", first.id)
    assert at.go(car)["due_fen"] == 600
    at.sound()


def test_whose_stay_another_car_has_left_on_goes_out_by_what_it_paid_itself(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at, car, alike = park(make_system, clock, near=1, far=1), "苏A88000", "苏A8B000"
    at.come(car)
    at.later(minutes=90)
    pay(at, car)
    assert at.go(alike)["reason"] == "paid", "as far as anybody knows it is the same one"
    assert at.free() == [1, 1]
    at.later(minutes=1)
    assert verdicts([at.go(car)]) == ["open paid"]
    assert money(at, car) == [("left", 600, 600)]
    assert money(at, alike) == [("entry_missed", 1000, 0)]
    assert at.alarms() == ["misread", "entry_missed"] and at.free() == [1, 1]
    at.sound()
    at.later(minutes=5)
    assert at.go(car)["reason"] == "lost_entry", "it has left for good"
    at.sound()


def test_taking_stock_while_cars_pass_loses_and_doubles_none(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = park(make_system, clock, near=3, far=9)
    lot = f"/parking/lots/{at.park.lot}/stock-take"
    inside = [f"苏A0010{number}" for number in range(6)]
    for car in inside:
        at.come(car)
    at.later(minutes=5)
    for number in range(3):
        leaves, comes = inside.pop(), f"苏A0020{number}"
        there = {"json": {"plates": inside[:-1]}}
        done = at_once(
            partial(at.ask, OPERATOR, "POST", lot, **there),
            partial(at.go, leaves),
            partial(at.come, comes),
        )
        assert done[0].status_code == 200 and verdicts(done[2:]) == ["open drive_in"]
        inside.pop()
        at.later(minutes=1)
        at.sound()
        assert {each.state for each in at.stays(leaves)} <= {"left", "exit_missed", "entry_missed"}
        assert [each.state for each in at.stays(comes)][-1:] in (["inside"], ["exit_missed"])


def test_neither_events_nor_the_audit_trail_tell_a_whole_plate(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at, anna = park(make_system, clock, near=2, far=1, tariff="T5"), person()
    paid, misread, banned, held, guest = "苏A54321", "苏A88000", "苏AD54326", "京B98765", "京D22222"
    lot = {"lot_id": str(at.park.lot)}
    bought = ok(at.ask(anna, "POST", "/parking/passes", json=lot | {"plates": [held]}))
    ok(Caller(at.system, OPERATOR).act(f"/passes/{bought['id']}/paid-at-booth"))
    ok(at.ask(anna, "POST", "/parking/cars", json={"plate": paid}))
    times = {"starts_at": at.now.isoformat(), "ends_at": (at.now + timedelta(hours=6)).isoformat()}
    ok(at.ask(anna, "POST", "/parking/visits", json=lot | times | {"plate": guest, "minutes": 60}))
    listed = {"plate": banned, "kind": "banned", "why": "逃费"}
    ok(at.ask(OPERATOR, "POST", f"/parking/lots/{at.park.lot}/listings", json=listed))
    for car in (paid, misread, banned, held, guest):
        at.come(car)
    at.later(minutes=90)
    pay(at, paid)
    at.go(paid), at.go("苏A8B000", waiting=False), at.go("苏A99999")
    at.operator("POST", f"/parking/lanes/{at.park.way_out}/open", json={"reason": "试", "plate": guest})
    at.operator("POST", f"/parking/lots/{at.park.lot}/stock-take", json={"plates": [banned]})
    with at.runtime.read() as session:
        told = [str(bytes(each), "utf-8") for each in session.scalars(sa.select(OutboxMessage.body))]
        kept = [json.dumps(each) for each in session.scalars(sa.select(AuditEntry.details))]
    assert len(told) > 8 and len(kept) > 12
    said = json.dumps([told, kept]).encode().decode("unicode_escape")
    for car in (paid, misread, banned, held, guest, "苏A8B000", "苏A99999"):
        assert car[1:] not in said, car  # digits alone may stand in any id
