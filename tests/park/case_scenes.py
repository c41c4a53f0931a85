"""Cases in the states that operations ask for."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from shared.testing.answers import A9, A9_ANSWERS, A9_MATERIALS
from tests.integration.approvals import fire, funds
from tests.integration.approvals.late import let_limits_pass
from tests.integration.approvals.people import AGENT, APPROVER, OTHER_AGENT, REVIEWER, WINDOW
from tests.park.park import Park
from tests.park.people import actor
from tests.park.scene import Scene
from tests.unit.material_samples import pdf

MATERIAL = "articles"


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


def of_oneself(make: Callable[[Park], Scene]) -> Callable[[Park], Scene]:
    """The same, applied for by the applicant as a person and not for the organisation."""

    def alone(park: Park) -> Scene:
        with park.for_nobody_else():
            return make(park)

    return alone


def _certificate(park: Park) -> Scene:
    granted = park.case(AGENT, park.decided())["certificate"]
    return Scene({"certificate_id": granted["id"]})


CASE_SCENES: Mapping[str, Callable[[Park], Scene]] = {
    "draft": _draft,
    "draft under an old version": _old_draft,
    "draft to be noticed": _to_be_noticed,
    "on notice": _on_notice,
    "draft for oneself": of_oneself(_draft),
    "received": _received,
    "received for oneself": of_oneself(_received),
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
}
