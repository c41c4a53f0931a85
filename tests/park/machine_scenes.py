"""Scenes of shared machines: listed, booked, used, waited for, argued about."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from facilities.capacity.statements import Month
from shared.ids import new_id
from tests.park import after_use, machines
from tests.park.park import Park
from tests.park.people import actor
from tests.park.scene import Scene


def _machine(*verbs: str) -> Callable[[Park], Scene]:
    """One that the organisation has listed."""

    def listed(park: Park) -> Scene:
        machine_id, version = machines.listed(park, actor("head"), park.on_behalf_of or "", *verbs)
        return Scene({"machine_id": machine_id}, {"machine_id": version})

    return listed


def _machine_closed(park: Park) -> Scene:
    machine_id, closure_id, version = machines.closed(park)
    return Scene({"machine_id": machine_id, "closure_id": closure_id}, {"closure_id": version})


def _for_the_firm(park: Park) -> Scene:
    owner = park.on_behalf_of or ""
    crew = {"owner": owner, "name": {"zh": "班组", "en": "Crew"}, "people": 2}
    return Scene(bodies={"machines": machines.to_list(owner), "machine-crews": crew})


def _machine_of_another(park: Park) -> Scene:
    machine_id, _ = machines.listed(park, actor("rival"), park.other_organisation, "publish")
    wanted = machines.wish(park, machine_id, timedelta(days=20))
    return Scene(bodies={"machine-bookings": wanted, "machine-series": machines.recurring(park, machine_id)})


def _machine_full(park: Park) -> Scene:
    return Scene(bodies={"machine-waitlist": machines.full(park)})


def _waiting(park: Park) -> Scene:
    entry_id, version = machines.waiting(park)
    return Scene({"entry_id": entry_id}, {"entry_id": version})


def _machine_booking(*verbs: str, needs_approval: bool = False) -> Callable[[Park], Scene]:
    def booked(park: Park) -> Scene:
        booking_id, version = machines.booked(park, *verbs, needs_approval=needs_approval)
        return Scene({"booking_id": booking_id}, {"booking_id": version})

    return booked


def _machine_series(*, needs_approval: bool = False) -> Callable[[Park], Scene]:
    def booked(park: Park) -> Scene:
        series_id, version = machines.booked_again(park, needs_approval=needs_approval)
        return Scene({"series_id": series_id}, {"series_id": version})

    return booked


def _use_that_has_ended(park: Park) -> Scene:
    """With the line of its price, which is to be corrected."""
    scene = _machine_booking("confirm", "start", "finish")(park)
    path = f"/machine-bookings/{scene.ids['booking_id']}"
    (charge,) = park.client(actor("head"), "production").get(path).json["charges"]
    return replace(scene, bodies={"correct": {"charge_id": charge["id"], "reason": "单价录入有误"}})


def _statement(park: Park) -> Scene:
    """Of the month that is open, with a line in it."""
    machines.booked(park, "confirm")
    month = str(Month.of(park.system.clock.now()))
    return Scene({"firm": park.on_behalf_of or "", "month": month})


def _payment(park: Park) -> Scene:
    """From the organisation, entered by the park."""
    body = _paid(park.on_behalf_of or "")
    made = park.client(actor("manager"), "production").post("/firm-payments", json=body)
    assert made.status_code == 201, made.text
    return Scene({"payment_id": made.json["id"]}, bodies={"take-back": {"reason": "金额录入有误"}})


def _paid(firm: str) -> dict[str, object]:
    paid = {"direction": "received", "amount_fen": 500, "paid_on": "2026-11-20"}
    return {"firm": firm, **paid, "reference": str(new_id())}


def _to_pay(park: Park) -> Scene:
    return Scene(bodies={"firm-payments": _paid(park.on_behalf_of or "")})


def _machine_with_code(park: Park) -> Scene:
    machine_id, _ = machines.listed(park, actor("head"), park.on_behalf_of or "", "publish")
    return Scene({"machine_id": machine_id, "token": machines.code(park, machine_id)})


def _at_the_machine(*verbs: str) -> Callable[[Park], Scene]:
    """A booking, and what the code at its machine says."""

    def standing(park: Park) -> Scene:
        scene = _machine_booking("confirm", *verbs)(park)
        token = {"token": machines.code_of_booking(park, scene.ids["booking_id"])}
        return replace(scene, bodies={"check-in": token, "check-out": token})

    return standing


def _to_be_told_of(park: Park) -> Scene:
    return Scene(bodies={"machine-feeds": machines.to_be_told_of(park)})


def _feed(park: Park) -> Scene:
    feed = machines.feed(park)
    ids = {"feed_id": feed["id"], "token": feed["url"].rpartition("/")[2]}
    return Scene(ids, {"feed_id": f'"{feed["version"]}"'})


def _machine_used(park: Park) -> Scene:
    booking_id, version = after_use.used(park)
    return Scene({"booking_id": booking_id}, {"booking_id": version})


def _quality(**more: bool) -> Callable[[Park], Scene]:
    """A use that has ended; the version is that of its quality result."""

    def judged(park: Park) -> Scene:
        booking_id, version = after_use.quality(park, **more)
        return Scene({"booking_id": booking_id}, {"booking_id": version})

    return judged


def _machine_dispute(number: str) -> Callable[[Park], Scene]:
    def disputed(park: Park) -> Scene:
        dispute_id, version = after_use.disputed(park)
        versions = {"dispute_id": version, "number": version}
        return Scene({"dispute_id": dispute_id, "number": number}, versions)

    return disputed


def _firm_rated(park: Park) -> Scene:
    rating_id, version = after_use.rated(park)
    return Scene({"rating_id": rating_id}, {"rating_id": version})


MACHINE_SCENES: Mapping[str, Callable[[Park], Scene]] = {
    "for the firm": _for_the_firm,
    "machine listed as a draft": _machine(),
    "machine of the organisation": _machine("publish"),
    "machine withdrawn": _machine("publish", "withdraw"),
    "machine closed for a time": _machine_closed,
    "machine of another firm": _machine_of_another,
    "machine of another firm that is full": _machine_full,
    "waiting for a machine": _waiting,
    "machine held": _machine_booking(),
    "machine booking to approve": _machine_booking("confirm", needs_approval=True),
    "machine booked": _machine_booking("confirm"),
    "machine use that has ended": _use_that_has_ended,
    "statement of the organisation": _statement,
    "money of the organisation": _to_pay,
    "payment of the organisation": _payment,
    "machine in use": _machine_booking("confirm", "start"),
    "machine series to approve": _machine_series(needs_approval=True),
    "machine series booked": _machine_series(),
    "machine with its code": _machine_with_code,
    "machine to be told of": _to_be_told_of,
    "calendar feed of a machine": _feed,
    "machine booked, with its code": _at_the_machine(),
    "machine in use, with its code": _at_the_machine("start"),
    "machine used": _machine_used,
    "machine used, quality open": _quality(),
    "quality recorded": _quality(recorded=True),
    "concession proposed": _quality(proposed=True),
    "machine booking in dispute": _machine_dispute("1"),
    "machine booking in dispute, next file": _machine_dispute("3"),
    "firm rated": _firm_rated,
}
