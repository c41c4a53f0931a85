"""Car parks of the park, for the scenes."""

from dataclasses import dataclass
from typing import Any

from shared.ids import new_id
from tests.park.park import Park
from tests.park.people import actor

NAME = {"zh": "东区", "en": "East"}
RATE = {"classes": ["small"], "unit": {"minutes": 60, "fen": 300}, "free_minutes": 30}
TARIFF = {"name": {"zh": "每小时3元", "en": "3 yuan an hour"}, "rates": [RATE]}
STAY = {
    "vehicle": "small",
    "entered_at": "2026-12-24T01:00:00+00:00",
    "left_at": "2026-12-24T03:10:00+00:00",
}
LISTING = {"plate": "苏A·12345", "kind": "banned", "why": "占用消防通道"}
ZONE = {"code": "A", "name": NAME, "kind": "general", "capacity": 4}


def described(**more: Any) -> dict[str, Any]:
    """A car park that is open always."""
    return {
        "name": {"zh": "停车场", "en": "Car park"},
        "place": "园区东门",
        "operator_name": "示范园区物业",
        "complaint_phone": "0990-1234567",
        "hours": [],
        "drive_in": True,
        "rules": {},
        **more,
    }


def to_set_up() -> dict[str, Any]:
    """The same with a code that no other has."""
    return described(code=f"T-{new_id().hex[-12:]}")


def lane(direction: str) -> dict[str, Any]:
    """A way in or out, with no zone near it."""
    return {"code": direction, "name": NAME, "direction": direction, "metres": []}


def device() -> dict[str, Any]:
    """A camera with a code that no other has."""
    return {"code": f"CAM-{new_id().hex[-12:]}", "kind": "camera"}


@dataclass(frozen=True, slots=True)
class Made:
    """Ids of a car park and of one of each thing in it, and the versions by the names of these ids."""

    ids: dict[str, str]
    versions: dict[str, str]


def made(park: Park, *verbs: str, of_device: str = "") -> Made:
    """A car park with all that it needs, to which these verbs were applied; and its device, too."""
    client = park.client(actor("operator"), "living")

    def sent(path: str, body: Any, version: str | None = None) -> Any:
        headers = {} if version is None else {"If-Match": version}
        answer = client.post(f"/parking{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer

    answer = sent("/lots", to_set_up())
    ids = {"lot_id": answer.json["id"]}
    lot = f"/lots/{ids['lot_id']}"
    answer = sent(f"{lot}/zones", {**ZONE, "code": "Z"}, answer.headers["ETag"])
    ids["zone_id"] = answer.json["id"]
    near = [{"zone_id": ids["zone_id"], "metres": 40}]
    for direction in ("in", "out"):
        body = {**lane(direction), "code": direction * 2, "metres": near}
        answer = sent(f"{lot}/lanes", body, answer.headers["ETag"])
    ids["lane_id"] = answer.json["id"]
    answer = sent(f"{lot}/tariffs", TARIFF, answer.headers["ETag"])
    machine = sent(f"/lanes/{ids['lane_id']}/devices", device(), answer.headers["ETag"])
    ids["device_id"] = machine.json["id"]
    if of_device:
        machine = sent(f"/devices/{ids['device_id']}/{of_device}", {}, machine.headers["ETag"])
    ids["listing_id"] = sent(f"{lot}/listings", {**LISTING, "plate": "苏A·99999"}).json["id"]
    for verb in verbs:
        sent(f"{lot}/{verb}", {}, client.get(f"/parking{lot}").headers["ETag"])
    version = client.get(f"/parking{lot}").headers["ETag"]
    versions = dict.fromkeys(("lot_id", "zone_id", "lane_id"), version)
    return Made(ids, {**versions, "device_id": machine.headers["ETag"]})
