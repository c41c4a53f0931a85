"""Machines that firms of the park offer one another, and bookings of them, for the scenes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from facilities.capacity.bookings.model import Booking
from shared.actor import SYSTEM, Actor
from tests.park.park import Park
from tests.park.people import actor

MEMBER, RIVAL = actor("head"), actor("rival")
LONG = timedelta(days=8)
"""How long the machines here are booked: by then every other test has looked at them."""


def described(**more: Any) -> dict[str, Any]:
    """A machine that anybody may book at once and for days."""
    return {
        "name": {"zh": "数控车床", "en": "CNC lathe"},
        "process": "turning",
        "materials": ["carbon_steel"],
        "accuracy_um": 10,
        "travel_mm": {"x": 300, "y": 250, "z": 500},
        "place": "3号楼",
        "operator": "none",
        "confidentiality": "open",
        "hours": [],
        "rules": {"longest_min": 20160, "start_grid_min": 60},
        "cancellation": {"tiers": [{"hours": 24, "price_percent": 100}]},
        **more,
    }


def to_list(owner: str, **more: Any) -> dict[str, Any]:
    """The same with its owner and its price, to be listed."""
    return described(owner=owner, price={"unit": "hour", "unit_fen": 12000}, **more)


def listed(park: Park, who: Actor, owner: str, *verbs: str, needs_approval: bool = False) -> tuple[str, str]:
    """A machine to which these verbs were applied; returns its id and its version."""
    body = to_list(owner)
    body["rules"] = {**body["rules"], "needs_approval": needs_approval}
    client = park.client(who, "production")
    answer = client.post("/machines", json=body)
    assert answer.status_code == 201, answer.text
    path = f"/machines/{answer.json['id']}"
    for verb in verbs:
        answer = client.post(f"{path}/{verb}", json={}, headers={"If-Match": answer.headers["ETag"]})
        assert answer.status_code == 200, answer.text
    return answer.json["id"], answer.headers["ETag"]


def closed(park: Park) -> tuple[str, str, str]:
    """A machine of the organisation that is closed for a time; its id, the closure's, its version."""
    machine_id, version = listed(park, MEMBER, park.on_behalf_of or "", "publish")
    later = park.system.clock.now() + timedelta(days=20)
    body = {
        "starts_at": later.isoformat(),
        "ends_at": (later + timedelta(hours=4)).isoformat(),
        "reason": "年度保养",
    }
    path = f"/machines/{machine_id}/closures"
    answer = park.client(MEMBER, "production").post(path, json=body, headers={"If-Match": version})
    assert answer.status_code == 201, answer.text
    return machine_id, answer.json["id"], answer.headers["ETag"]


def wish(park: Park, machine_id: str, ahead: timedelta = timedelta(0)) -> dict[str, Any]:
    """A wish of the organisation that begins so long after now."""
    start = park.system.clock.now().replace(minute=0, second=0, microsecond=0)
    start += ahead + timedelta(hours=1) * (start < park.system.clock.now())
    return {
        "machine_id": machine_id,
        "on_behalf_of": park.on_behalf_of,
        "starts_at": start.isoformat(),
        "ends_at": (start + LONG).isoformat(),
    }


def recurring(park: Park, machine_id: str) -> dict[str, Any]:
    """A wish of the organisation for an hour a week from the third week on, three times."""
    wanted = wish(park, machine_id, timedelta(days=20))
    start = datetime.fromisoformat(wanted["starts_at"])
    return {**wanted, "ends_at": (start + timedelta(hours=1)).isoformat(), "rule": "FREQ=WEEKLY;COUNT=3"}


def booked_again(park: Park, *, needs_approval: bool = False) -> tuple[str, str]:
    """A series of the organisation on a machine of the other one; what waits, waits for long."""
    machine_id, _ = listed(park, RIVAL, park.other_organisation, "publish", needs_approval=needs_approval)
    client = park.client(MEMBER, "production")
    answer = client.post("/machine-series", json=recurring(park, machine_id))
    assert answer.status_code == 201, answer.text
    with park.system.runtime("production").transaction(SYSTEM) as tx:
        for each in answer.json["occurrences"]:
            booking = tx.session.get_one(Booking, UUID(each["booking_id"]))
            if booking.expires_at is not None:
                booking.expires_at = tx.now + timedelta(days=365)
    return answer.json["id"], answer.headers["ETag"]


def full(park: Park) -> dict[str, Any]:
    """A wish of the organisation for a machine of the other one, at a time for which that is closed."""
    machine_id, version = listed(park, RIVAL, park.other_organisation, "publish")
    wanted = wish(park, machine_id, timedelta(days=20))
    closure = {"starts_at": wanted["starts_at"], "ends_at": wanted["ends_at"], "reason": "年度保养"}
    client = park.client(RIVAL, "production")
    path = f"/machines/{machine_id}/closures"
    answer = client.post(path, json=closure, headers={"If-Match": version})
    assert answer.status_code == 201, answer.text
    return wanted


def waiting(park: Park) -> tuple[str, str]:
    """An entry of the organisation on the waitlist of such a machine; its id and version."""
    answer = park.client(MEMBER, "production").post("/machine-waitlist", json=full(park))
    assert answer.status_code == 201, answer.text
    return answer.json["id"], answer.headers["ETag"]


def booked(park: Park, *verbs: str, needs_approval: bool = False) -> tuple[str, str]:
    """A booking by the organisation of a machine of the other one, after these verbs; its id and version.

    What waits, waits for a long time, so that time does not end it.
    """
    machine_id, _ = listed(park, RIVAL, park.other_organisation, "publish", needs_approval=needs_approval)
    answer = park.client(MEMBER, "production").post("/machine-bookings", json=wish(park, machine_id))
    assert answer.status_code == 201, answer.text
    path = f"/machine-bookings/{answer.json['id']}"
    for verb in verbs:
        who = MEMBER if verb == "confirm" else RIVAL
        client = park.client(who, "production")
        answer = client.post(f"{path}/{verb}", json={}, headers={"If-Match": answer.headers["ETag"]})
        assert answer.status_code == 200, answer.text
    booking_id: str = answer.json["id"]
    with park.system.runtime("production").transaction(SYSTEM) as tx:
        booking = tx.session.get_one(Booking, UUID(booking_id))
        if booking.expires_at is not None:
            booking.expires_at = tx.now + timedelta(days=365)
    read = park.client(MEMBER, "production").get(path)
    return booking_id, read.headers["ETag"]


def code(park: Park, machine_id: str, who: Actor = MEMBER) -> str:
    """What the code at a machine says."""
    answer = park.client(who, "production").get(f"/machines/{machine_id}/check-in-code")
    assert answer.status_code == 200, answer.text
    token: str = answer.json["token"]
    return token


def code_of_booking(park: Park, booking_id: str) -> str:
    """What the code at the machine of a booking says; the machine is the other firm's."""
    booking = park.client(MEMBER, "production").get(f"/machine-bookings/{booking_id}").json
    return code(park, booking["machine_id"], RIVAL)


def to_be_told_of(park: Park) -> dict[str, Any]:
    """What asks for the calendar feed of a machine of the organisation."""
    machine_id, _ = listed(park, MEMBER, park.on_behalf_of or "", "publish")
    return {"owner": park.on_behalf_of, "machine_id": machine_id}


def feed(park: Park) -> dict[str, Any]:
    """The calendar feed of a machine of the organisation."""
    answer = park.client(MEMBER, "production").post("/machine-feeds", json=to_be_told_of(park))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made
