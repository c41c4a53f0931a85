"""What a request may be about: objects in the states that operations ask for, each made by the API itself.

A scene is made anew at every call. Its name stands in the column "Object" of `docs/rights.md`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Event, encode
from tests.integration.approvals.desk import ITEM
from tests.integration.approvals.notices import prepare
from tests.integration.approvals.people import AGENT, APPROVER
from tests.integration.approvals.tax import PACKAGE, package, signed
from tests.park.case_scenes import CASE_SCENES, of_oneself
from tests.park.machine_scenes import MACHINE_SCENES
from tests.park.park import Park
from tests.park.parking_scenes import PARKING_SCENES
from tests.park.people import actor
from tests.park.scene import Scene


def _founded(park: Park, *verbs: str) -> Scene:
    """A company that was registered just now, nobody else's object."""
    uscc = park.case(AGENT, park.decided())["certificate"]["uscc"]
    path = f"/enterprises/{uscc}"
    for verb in verbs:
        etag = park.get(APPROVER, path).headers["ETag"]
        body = {"reason": "受灾停产"}
        entered = park.client(APPROVER).post(f"{path}/{verb}", json=body, headers={"If-Match": etag})
        assert entered.status_code == 200, entered.text
    return Scene({"uscc": uscc}, {"uscc": park.get(APPROVER, path).headers["ETag"]})


def _start_for_oneself(_park: Park) -> Scene:
    return Scene(bodies={"cases": {"item_code": ITEM}})


def _start_for_the_organisation(park: Park) -> Scene:
    return Scene(bodies={"cases": {"item_code": ITEM, "on_behalf_of": park.on_behalf_of}})


def _message(park: Park) -> Scene:
    park.submitted()
    park.system.settle()
    newest = park.client(AGENT, "notifications").get("/messages").get_json()["items"][0]
    return Scene({"message_id": newest["id"]})


def _notice(park: Park) -> Scene:
    """A year with a notice that is not in force yet."""
    prepared = prepare(park, actor("admin"))
    assert prepared.status_code == 200, prepared.text
    return Scene({"year": str(prepared.json["year"])}, {"year": prepared.headers["ETag"]})


def _credit_record(park: Park) -> Scene:
    """Of the organisation, or of the applicant while people apply for themselves."""
    subject = {"uscc": park.on_behalf_of}
    if park.on_behalf_of is None:
        subject = {"case_number": park.case(AGENT, park.submitted())["number"]}
    client = park.client(actor("manager"))
    body = {**subject, "source": "示范通报", "reason": "提供虚假材料"}
    entered = client.post("/credit-records", json=body)
    assert entered.status_code == 201, entered.text
    record_id = entered.json["id"]
    return Scene({"record_id": record_id}, {"record_id": entered.headers["ETag"]})


def _handed_over(park: Park) -> Scene:
    """An application that the tax authority is to execute; its system has signed what it says of it."""
    case_id = park.draft_of(AGENT, PACKAGE, package(), (), park.on_behalf_of)
    assert park.act(AGENT, case_id, "submit", {"declaration": True}).status_code == 200
    body, headers = signed({"reference": case_id, "steps": []})
    version = park.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    ids = {"case_id": case_id, "reference": case_id}
    return Scene(ids, {"case_id": version}, bodies={"reports": body}, headers=headers)


def _decided_outside(park: Park) -> Scene:
    scene = _handed_over(park)
    park.system.settle()
    case_id = scene.ids["case_id"]
    read = park.get(AGENT, f"/cases/{case_id}")
    document = read.json["handover"]["documents"][0]
    ids = {**scene.ids, "document_id": document["id"]}
    return replace(scene, ids=ids, versions={"case_id": read.headers["ETag"]})


def _stuck_outside(park: Park) -> Scene:
    """What the authority reports of it next contradicts what it has said before."""
    scene = _decided_outside(park)
    case_id = scene.ids["case_id"]
    step = {"number": 1, "kind": "received", "effective_on": "2026-11-22"}
    body, headers = signed({"reference": case_id, "steps": [step]})
    path = f"/handovers/{case_id}/reports"
    assert park.client(None).post(path, data=body, headers=headers).status_code == 200
    version = park.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    return replace(scene, versions={"case_id": version})


SECRET = "content of a stuck event"


def _stuck(park: Park) -> Scene:
    """An event that nobody handles, in every service."""
    event = Event(
        id=new_id(),
        type="yuanban.nobody.thing.happened.v1",
        source="nobody",
        subject="thing",
        sequence=1,
        time=park.system.clock.now(),
        data={"secret": SECRET},
    )
    for service in park.services:
        Consumer(park.system.runtime(service)).receive(encode(event))
    return Scene({"stuck_id": str(event.id)}, {"stuck_id": '"1"'})


SCENES: Mapping[str, Callable[[Park], Scene]] = {
    "–": lambda _park: Scene(),
    "an item": lambda _park: Scene({"code": ITEM}),
    "for oneself": _start_for_oneself,
    "for the organisation": _start_for_the_organisation,
    **CASE_SCENES,
    "the organisation": lambda park: Scene({"uscc": park.on_behalf_of or ""}),
    "a company just founded": _founded,
    "a company whose business is suspended": lambda park: _founded(park, "suspend"),
    "year with a draft": _notice,
    "credit record of the organisation": _credit_record,
    "credit record of a person": of_oneself(_credit_record),
    "message to the applicant": _message,
    "handed over": _handed_over,
    "decided by another authority": _decided_outside,
    "hand-over stuck": _stuck_outside,
    "stuck event": _stuck,
    **MACHINE_SCENES,
    **PARKING_SCENES,
}
