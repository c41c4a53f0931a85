"""What the two sides of a machine booking do after the use, for the scenes."""

from typing import Any

from shared.actor import Actor
from tests.park.machines import MEMBER, RIVAL, booked
from tests.park.park import Park
from tests.unit.material_samples import pdf

_PDF = {"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename=a.pdf"}


def used(park: Park) -> tuple[str, str]:
    """A booking that is over; its id and its version."""
    return booked(park, "confirm", "start", "finish")


def quality(park: Park, *, recorded: bool = False, proposed: bool = False) -> tuple[str, str]:
    """A booking that is over, and the version of its quality result."""
    booking_id, _ = used(park)
    path = f"/machine-bookings/{booking_id}/quality"
    version = '"0"'
    if recorded or proposed:
        body: dict[str, Any] = {"accepted_pieces": 96, "rejected_pieces": 4}
        version = _ask(park, RIVAL, "PUT", path, json=body, headers={"If-Match": version}).headers["ETag"]
        headers = {"If-Match": version, **_PDF}
        version = _ask(park, RIVAL, "PUT", f"{path}/report", data=pdf(), headers=headers).headers["ETag"]
    if proposed:
        body = {"reduction_fen": 500, "text": "四件超差"}
        asked = _ask(park, MEMBER, "POST", f"{path}/propose", json=body, headers={"If-Match": version})
        version = asked.headers["ETag"]
    return booking_id, version


def disputed(park: Park) -> tuple[str, str]:
    """A dispute of the organisation with a file of its own, an answer and an offer; its id and version."""
    booking_id, version = used(park)
    body: Any = {"reason": "quality", "text": "四件超差", "claimed_fen": 500}
    path = f"/machine-bookings/{booking_id}/disputes"
    opened = _ask(park, MEMBER, "POST", path, json=body, headers={"If-Match": version})
    dispute_id: str = opened.json["id"]
    path = f"/machine-disputes/{dispute_id}"
    headers = {"If-Match": opened.headers["ETag"], **_PDF}
    asked = _ask(park, MEMBER, "PUT", f"{path}/evidence/1", data=pdf(), headers=headers)
    for who, verb, said in (
        (RIVAL, "statements", {"text": "来料硬度不符"}),
        (MEMBER, "offers", {"amount_fen": 300}),
    ):
        headers = {"If-Match": asked.headers["ETag"]}
        asked = _ask(park, who, "POST", f"{path}/{verb}", json=said, headers=headers)
    return dispute_id, asked.headers["ETag"]


def rated(park: Park) -> tuple[str, str]:
    """What the organisation says of the other firm, which has rated it too; its id and version."""
    booking_id, version = used(park)
    path = f"/machine-bookings/{booking_id}/ratings"
    for who in (MEMBER, RIVAL):
        body = {"stars": 4, "text": "精度好"}
        asked = _ask(park, who, "POST", path, json=body, headers={"If-Match": version})
    found = next(each for each in asked.json["items"] if each["by"] == "customer")
    return found["id"], f'"{found["version"]}"'


def _ask(park: Park, who: Actor, method: str, path: str, **options: Any) -> Any:
    answer = park.client(who, "production").send(method, path, **options)
    assert answer.status_code < 300, answer.text
    return answer
