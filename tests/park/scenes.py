"""What a request may be about: objects in the states that operations ask for, each made by the API itself.

A scene is made anew at every call. Its name stands in the column "Object" of `docs/rights.md`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from facilities.capacity.statements import Month
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Event, encode
from shared.testing.answers import A9, A9_ANSWERS, A9_MATERIALS
from tests.integration.approvals import fire, funds
from tests.integration.approvals.desk import ITEM
from tests.integration.approvals.late import let_limits_pass
from tests.integration.approvals.notices import prepare
from tests.integration.approvals.people import AGENT, APPROVER, OTHER_AGENT, REVIEWER, WINDOW
from tests.integration.approvals.tax import PACKAGE, package, signed
from tests.park import after_use, machines, parking
from tests.park.park import Park
from tests.park.people import actor
from tests.unit.material_samples import pdf

MATERIAL = "articles"


@dataclass(frozen=True)
class Scene:
    """An object: what fills the variables of paths, its versions, and who holds the claim on it."""

    ids: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    """ETag by the last variable of the path that names the thing."""
    holder: str | None = None
    bodies: Mapping[str, Any] = field(default_factory=dict)
    """Bodies that only fit this object, by the last part of the path; the others are in `requests.BODIES`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that go with its body."""


def _case(park: Park, case_id: str, holder: str | None = None) -> Scene:
    """The case with its live task, one of its materials and its first slip."""
    file = f"/cases/{case_id}"
    read = park.get(AGENT, file)
    ids = {"case_id": case_id, "code": MATERIAL, "number": "1"}
    material = next(each for each in read.json["materials"] if each["code"] == MATERIAL)
    versions = {"case_id": read.headers["ETag"], "code": material["uploaded"]["etag"]}
    for slip in park.get(AGENT, f"{file}/slips").json["items"][:1]:
        ids["slip_id"] = slip["id"]
    for official in (WINDOW, REVIEWER, APPROVER):
        task = park.get(official, f"{file}/task")
        if task.status_code == 200:
            ids["task_id"], versions["task_id"] = task.json["id"], task.headers["ETag"]
    return Scene(ids, versions, holder)


def _draft(park: Park) -> Scene:
    return _case(park, park.draft())


def _old_draft(park: Park) -> Scene:
    case_id = park.draft()
    park.file_under_old_version(case_id)
    return _case(park, case_id)


def _to_be_noticed(park: Park) -> Scene:
    """A complete draft of A9 for the organisation, which has nothing else on notice."""
    for other in park.get(AGENT, "/cases?state=on_notice").json["items"]:
        if other["on_behalf_of"] == park.on_behalf_of:
            answer = park.act(AGENT, other["id"], "withdraw", {"reason": "重新公示"})
            assert answer.status_code == 200, answer.text
    return _noticed(park, park.on_behalf_of or "")


def _on_notice(park: Park) -> Scene:
    """For another organisation of the same people: of each only one thing is on notice at a time."""
    with park.for_nobody_else():
        founded = park.case(actor("head"), park.decided(actor=actor("head")))["certificate"]["uscc"]
    park.system.settle()
    park.registry.join(founded, "applicant", "member")
    case_id = _noticed(park, founded).ids["case_id"]
    answer = park.act(AGENT, case_id, "publish-notice", {"declaration": True})
    assert answer.status_code == 200, answer.text
    ids = {"case_id": case_id, "notice_id": answer.json["notice"]["id"]}
    return Scene(ids, {"case_id": answer.headers["ETag"]})


def _noticed(park: Park, uscc: str) -> Scene:
    case_id = park.draft_of(AGENT, A9, A9_ANSWERS, A9_MATERIALS, uscc)
    return Scene({"case_id": case_id}, {"case_id": park.get(AGENT, f"/cases/{case_id}").headers["ETag"]})


def _received(park: Park) -> Scene:
    return _case(park, park.submitted())


def _received_claimed(park: Park) -> Scene:
    case_id = park.submitted()
    park.claim(WINDOW, case_id)
    return _case(park, case_id, "holder of intake")


def _correction(park: Park) -> Scene:
    """The applicant has handed in another file for the one point that was returned."""
    case_id = park.submitted()
    park.claim(WINDOW, case_id)
    points = {"items": [{"target": f"/materials/{MATERIAL}", "requirement": "请重新上传"}]}
    assert park.act(WINDOW, case_id, "request-correction", points).status_code == 200
    seen = _case(park, case_id).versions["code"]
    assert park.upload(AGENT, case_id, MATERIAL, pdf(2), If_Match=seen).status_code == 200
    return _case(park, case_id)


def _accepted(park: Park) -> Scene:
    opinion = {"conclusion": "approve", "text": "材料齐全", "checks": park.checks()}
    return replace(_case(park, park.accepted()), bodies={"opinion": opinion})


def _to_make_up(park: Park) -> Scene:
    """Accepted with a gap; the file that was missing is there and not handed in yet."""
    case_id, gap = park.draft(), "premises"
    path = f"/cases/{case_id}/materials/{gap}"
    assert park.client(AGENT).delete(path, headers={"If-Match": '"1"'}).status_code == 200
    promise = {"declaration": True, "deferred": {"materials": [gap], "promise": True}}
    with park.for_somebody_without_record(case_id):
        assert park.act(AGENT, case_id, "submit", promise).status_code == 200
        park.claim(WINDOW, case_id)
        accepted = park.act(WINDOW, case_id, "accept", {"with_gaps": True})
        assert accepted.status_code == 200, accepted.text
    handed_in = park.upload(AGENT, case_id, gap)
    assert handed_in.status_code == 201
    scene = _case(park, case_id)
    versions = {**scene.versions, "code": handed_in.headers["ETag"]}
    return replace(scene, ids={**scene.ids, "code": gap}, versions=versions)


def _review_claimed(park: Park) -> Scene:
    case_id = park.accepted()
    park.claim(REVIEWER, case_id)
    opinion = {"conclusion": "approve", "text": "材料齐全", "checks": park.checks()}
    return replace(_case(park, case_id, "holder of review"), bodies={"opinion": opinion})


def _reviewed(park: Park) -> Scene:
    return _case(park, park.reviewed())


def _decision_claimed(park: Park) -> Scene:
    case_id = park.reviewed()
    park.claim(APPROVER, case_id)
    return _case(park, case_id, "holder of decision")


def _procedure(park: Park) -> Scene:
    """A special procedure runs, and nobody holds the review."""
    scene = _procedure_claimed(park)
    case_id = scene.ids["case_id"]
    assert park.on_task(REVIEWER, park.task(REVIEWER, case_id), "release").status_code == 200
    return _case(park, case_id)


def _procedure_claimed(park: Park) -> Scene:
    case_id = park.accepted()
    park.claim(REVIEWER, case_id)
    body = {"kind": "testing", "reason": "样品需要检测", "expected_days": 2}
    assert park.act(REVIEWER, case_id, "start-procedure", body).status_code == 200
    return _case(park, case_id, "holder of review")


def _extension(park: Park) -> Scene:
    """Asked for while the clock stands still, so that the limit does not pass meanwhile."""
    case_id = _procedure_claimed(park).ids["case_id"]
    assert park.act(REVIEWER, case_id, "request-extension", {"reason": "情形复杂"}).status_code == 200
    return _case(park, case_id)


def _extension_claimed(park: Park) -> Scene:
    case_id = _extension(park).ids["case_id"]
    park.claim(APPROVER, case_id)
    return _case(park, case_id, "holder of decision")


def _overdue(park: Park) -> Scene:
    """Under review, and every limit has passed."""
    case_id = park.accepted()
    let_limits_pass(park.system, case_id)
    return _case(park, case_id)


def _overdue_claimed(park: Park) -> Scene:
    case_id = park.accepted()
    park.claim(REVIEWER, case_id)
    let_limits_pass(park.system, case_id)
    return _case(park, case_id, "holder of review")


def _granted(park: Park) -> Scene:
    """The applicant has opened the certificate, which was its delivery."""
    case_id = park.decided()
    assert park.get(AGENT, f"/cases/{case_id}/certificate").status_code == 200
    return _case(park, case_id)


def _not_delivered(park: Park) -> Scene:
    return _case(park, park.decided())


def _delivery_claimed(park: Park) -> Scene:
    case_id = park.decided()
    park.claim(WINDOW, case_id)
    return _case(park, case_id, "holder of intake")


def _on_promise(park: Park) -> Scene:
    """Granted by the fire authority on the word of a firm that is the applicant's alone; not checked yet."""
    with park.for_nobody_else():
        uscc = park.case(AGENT, park.decided())["certificate"]["uscc"]
    park.system.settle()
    case_id = park.draft_of(AGENT, fire.ITEM, fire.ANSWERS, fire.BOTH_WAYS, uscc)
    assert park.act(AGENT, case_id, "choose-route", {"route": "promise"}).status_code == 200
    handed_in = park.act(AGENT, case_id, "submit", {"declaration": True, "promise": True})
    assert handed_in.status_code == 200, handed_in.text
    for official, verb, body in (
        (fire.WINDOW, "accept", {}),
        (fire.APPROVER, "decide", {"granted": True}),
    ):
        park.claim(official, case_id)
        assert park.act(official, case_id, verb, body).status_code == 200
    return Scene({"case_id": case_id}, {"case_id": park.get(AGENT, f"/cases/{case_id}").headers["ETag"]})


def _check_claimed(park: Park) -> Scene:
    scene = _on_promise(park)
    park.claim(fire.INSPECTOR, scene.ids["case_id"])
    return replace(scene, holder="holder of check")


def _revocation(park: Park) -> Scene:
    case_id = _granted(park).ids["case_id"]
    body = {"ground": "obtained_by_deceit", "facts": "住所证明系伪造"}
    assert park.act(REVIEWER, case_id, "propose-revocation", body).status_code == 200
    return _case(park, case_id, "holder of review")


def _revocation_claimed(park: Park) -> Scene:
    """The holder has spoken."""
    case_id = _revocation(park).ids["case_id"]
    assert park.act(AGENT, case_id, "state-objection", {"text": "我方并不知情"}).status_code == 200
    park.claim(APPROVER, case_id)
    return _case(park, case_id, "holder of decision")


def _funds_first(park: Park) -> Scene:
    """Accepted; the departments of the joint review have not had their turn."""
    funds.forget_applications(park)
    return _plain(park, funds.taken_up(park, AGENT, park.on_behalf_of))


def _funds_joint(park: Park) -> Scene:
    case_id = _funds_first(park).ids["case_id"]
    funds.opine(park, funds.ECONOMY, case_id)
    return _plain(park, case_id)


def _funds_noticed(park: Park) -> str:
    funds.forget_applications(park)
    return funds.examined(park, AGENT, park.on_behalf_of)


def _objection_claimed(park: Park) -> Scene:
    case_id = _funds_noticed(park)
    funds.object_to(park, OTHER_AGENT, case_id)
    park.claim(funds.ECONOMY, case_id)
    (objection,) = park.get(funds.ECONOMY, f"/cases/{case_id}/objections").json["items"]
    answer = {"objection_id": objection["id"], "outcome": "dismissed", "text": "经核查不属实"}
    scene = _plain(park, case_id, "holder of first review")
    return replace(scene, bodies={"answer-objection": answer})


def _funds_granted(park: Park) -> Scene:
    case_id = _funds_noticed(park)
    funds.let_the_notice_end(park.system, case_id)
    assert funds.decide(park, case_id).status_code == 200
    return _plain(park, case_id)


def _payment_claimed(park: Park) -> Scene:
    case_id = _funds_granted(park).ids["case_id"]
    park.claim(funds.FINANCE, case_id)
    return _plain(park, case_id, "holder of payment")


def _plain(park: Park, case_id: str, holder: str | None = None) -> Scene:
    """The case alone, of an item with other papers."""
    etag = park.get(AGENT, f"/cases/{case_id}").headers["ETag"]
    return Scene({"case_id": case_id}, {"case_id": etag}, holder)


def _of_oneself(make: Callable[[Park], Scene]) -> Callable[[Park], Scene]:
    """The same, applied for by the applicant as a person and not for the organisation."""

    def alone(park: Park) -> Scene:
        with park.for_nobody_else():
            return make(park)

    return alone


def _certificate(park: Park) -> Scene:
    granted = park.case(AGENT, park.decided())["certificate"]
    return Scene({"certificate_id": granted["id"]})


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


def _parked(name: str, make: Callable[[Park], tuple[str, str]]) -> Callable[[Park], Scene]:
    """A right to park, by the name of its variable."""

    def made(park: Park) -> Scene:
        thing, version = make(park)
        return Scene({name: thing}, {name: version})

    return made


def _invited(park: Park) -> Scene:
    visit_id, version, token = parking.invited(park)
    return Scene({"visit_id": visit_id, "token": token}, {"visit_id": version})


SCENES: Mapping[str, Callable[[Park], Scene]] = {
    "–": lambda _park: Scene(),
    "an item": lambda _park: Scene({"code": ITEM}),
    "for oneself": _start_for_oneself,
    "for the organisation": _start_for_the_organisation,
    "draft": _draft,
    "draft under an old version": _old_draft,
    "draft to be noticed": _to_be_noticed,
    "on notice": _on_notice,
    "draft for oneself": _of_oneself(_draft),
    "received": _received,
    "received for oneself": _of_oneself(_received),
    "received, claimed": _received_claimed,
    "correction asked for": _correction,
    "accepted": _accepted,
    "gaps to make up": _to_make_up,
    "review claimed": _review_claimed,
    "reviewed": _reviewed,
    "decision claimed": _decision_claimed,
    "special procedure": _procedure,
    "special procedure, claimed": _procedure_claimed,
    "extension asked for": _extension,
    "extension asked for, claimed": _extension_claimed,
    "overdue": _overdue,
    "overdue, claimed": _overdue_claimed,
    "granted": _granted,
    "granted, not delivered": _not_delivered,
    "granted, delivery claimed": _delivery_claimed,
    "granted on a promise": _on_promise,
    "granted on a promise, check claimed": _check_claimed,
    "revocation proposed": _revocation,
    "revocation to decide on": _revocation_claimed,
    "its certificate": _certificate,
    "funds, first review": _funds_first,
    "funds, joint review": _funds_joint,
    "funds, objection claimed": _objection_claimed,
    "funds granted": _funds_granted,
    "funds granted, payment claimed": _payment_claimed,
    "the organisation": lambda park: Scene({"uscc": park.on_behalf_of or ""}),
    "a company just founded": _founded,
    "a company whose business is suspended": lambda park: _founded(park, "suspend"),
    "year with a draft": _notice,
    "credit record of the organisation": _credit_record,
    "credit record of a person": _of_oneself(_credit_record),
    "message to the applicant": _message,
    "handed over": _handed_over,
    "decided by another authority": _decided_outside,
    "hand-over stuck": _stuck_outside,
    "stuck event": _stuck,
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
    "car to be registered": lambda park: Scene(bodies={"cars": parking.new_car(park)}),
    "car registered": lambda park: Scene({"car_id": parking.car(park)}),
    "bay to be reserved": lambda park: Scene(bodies={"reservations": parking.wish(park)}),
    "bay reserved": _parked("reservation_id", parking.reserved),
    "pass to be bought": lambda park: Scene(bodies={"passes": parking.new_pass(park)}),
    "pass to be paid": _parked("pass_id", parking.kept_waiting),
    "pass bought": _parked("pass_id", lambda park: parking.bought(park, "P5", "paid-at-booth")),
    "pass suspended": _parked("pass_id", lambda park: parking.bought(park, "P6", "paid-at-booth", "suspend")),
    "pass that ends soon": _parked("pass_id", parking.ending),
    "zone without a rule": lambda park: Scene(
        bodies={"quota-rules": {"zone_id": parking.another_lot(park, "Q3").near, "bays": 1}}
    ),
    "zone with a rule": _parked("zone_id", parking.rule),
    "bays of the organisation": _parked("quota_id", parking.quota),
    "visitor to be invited": lambda park: Scene(bodies={"visits": parking.visit(park)}),
    "visitor invited": _invited,
}
