"""The examples of the description: each fits its schema, and each request is accepted as it stands."""

from typing import Any

from werkzeug.test import TestResponse

from shared.testing.answers import A1_MATERIALS, A9, A9_ANSWERS, A9_MATERIALS, a1_answers
from shared.testing.contract import Json, Operation, operations, resolve
from tests.contract.park import Park
from tests.contract.parking import set_up_parking
from tests.contract.parking_charging import charge_cars
from tests.contract.parking_lanes import drive_through_lanes
from tests.contract.parking_money import pay_for_parking
from tests.contract.parking_rights import park_cars
from tests.contract.trading import trade_machines
from tests.integration.approvals import fire
from tests.integration.approvals.funds import FUNDS, MATERIALS, answers, let_the_notice_end
from tests.integration.approvals.late import let_limits_pass
from tests.unit.material_samples import pdf

JSON = "application/json"
NOT_TRIED = {
    "enterprise_renew_version": "each shipped item has one version; its own tests make a second",
    "enterprise_push_report": "it is signed by another system; its own tests sign",
    "enterprise_retry_handover": "nothing is stuck in the demo; its own tests let something be",
    "living_retry_parking_refund": "no refund has failed in the demo; its own tests let one fail",
}


class Reader:
    """Follows an approval by what the description says: paths, verbs and the examples of their bodies."""

    def __init__(self, park: Park) -> None:
        self.park = park
        self.operations = {each.id: each for each in operations(park.document)}
        self.used: set[str] = set()

    def do(self, role: str, operation_id: str, body: Any = None, **places: Any) -> TestResponse:
        """Carry out an operation with the example of its body, or another one, at the present version."""
        operation = self.operations[operation_id]
        path = operation.path.removeprefix("/api/v1").format(**places)
        headers = {}
        if operation.guarded:
            version = self.park.present_version(role, operation.path.format(**places))
            assert version is not None, operation_id
            headers["If-Match"] = version
        if body is None and "requestBody" in operation.described:
            body = example(self.park.document, operation.described["requestBody"]["content"][JSON])
            self.used.add(operation_id)
        answer = self.park.ask(role, operation.method, path, json=body, headers=headers)
        assert answer.status_code < 300, (operation_id, answer.text)
        return answer

    def example(self, operation_id: str) -> Any:
        """The example of the body of an operation, which counts as used."""
        self.used.add(operation_id)
        said = self.operations[operation_id].described["requestBody"]["content"][JSON]
        return example(self.park.document, said)

    def upload(self, case_id: str, code: str, data: bytes, if_match: str | None = None) -> None:
        """Hand a file in: the first one, or a replacement of the version named."""
        guard = {"If-None-Match": "*"} if if_match is None else {"If-Match": if_match}
        answer = self.park.ask(
            "agent",
            "PUT",
            f"/enterprise/cases/{case_id}/materials/{code}",
            data=data,
            headers={"Content-Type": "application/pdf", **guard},
        )
        assert answer.status_code in {200, 201}, answer.text

    def draft(self, name: str) -> str:
        """An application in which nothing is missing."""
        case_id: str = self.do("agent", "enterprise_start_case").get_json()["id"]
        self.do("agent", "enterprise_save_answers", case_id=case_id)
        self.do("agent", "enterprise_choose_route", case_id=case_id)
        answers = {"answers": a1_answers(company={"trade_name": name})}
        self.do("agent", "enterprise_save_answers", answers, case_id=case_id)
        for code in A1_MATERIALS:
            self.upload(case_id, code, pdf())
        return case_id

    def submitted(self, name: str) -> str:
        """An application that was handed in."""
        case_id = self.draft(name)
        self.do("agent", "enterprise_submit_case", case_id=case_id)
        return case_id

    def claimed(self, role: str, case_id: str) -> str:
        """The task on a case, claimed; returns its id."""
        task_id: str = self.do(role, "enterprise_get_live_task", case_id=case_id).get_json()["id"]
        self.do(role, "enterprise_claim_task", task_id=task_id)
        return task_id


def example(document: Json, content: Json) -> Any:
    """The example of a body."""
    return resolve(document, content["examples"]["example"])["value"]


def test_every_request_in_the_description_is_accepted(park: Park) -> None:
    """From the draft to the licence, and the other ways a case may end."""
    reader = Reader(park)
    reader.do("agent", "token")
    founded = _grant(reader, "云栖湾")
    _notice(reader)
    _funds(reader)
    _revoke(reader, founded)
    _end_otherwise(reader)
    message_id = park.ask("agent", "GET", "/notifications/messages").get_json()["items"][0]["id"]
    reader.do("agent", "notifications_read_message", message_id=message_id)
    record = reader.do("admin", "enterprise_enter_credit_record").get_json()
    reader.do("admin", "enterprise_repair_credit_record", record_id=record["id"])
    for operation in ("enterprise_suspend_enterprise", "enterprise_resume_enterprise"):
        reader.do("approver", operation, uscc="91990101MA0DEM013U")
    reader.do("admin", "enterprise_put_draft", year=2027)
    reader.do("admin", "enterprise_publish_draft", year=2027)
    trade_machines(reader)
    pay_for_parking(reader)
    set_up_parking(reader)
    park_cars(reader)
    drive_through_lanes(reader)
    charge_cars(reader)
    for service in park.system.runtimes:
        prefix = "" if service == "gateway" else f"{service}_"
        stuck = park.ask("admin", "GET", f"/{service}/stuck-events?state=parked").get_json()["items"]
        reader.do("admin", f"{prefix}replay_stuck_event", stuck_id=stuck[0]["id"])
        reader.do("admin", f"{prefix}discard_stuck_event", stuck_id=stuck[1]["id"])

    with_body = {each.id for each in reader.operations.values() if JSON in _bodies(each)}
    assert reader.used == with_body - NOT_TRIED.keys()


def _grant(reader: Reader, name: str) -> str:
    case_id = reader.submitted(name)
    reader.claimed("window", case_id)
    reader.do("window", "enterprise_request_correction", case_id=case_id)
    case = reader.do("agent", "enterprise_get_case", case_id=case_id).get_json()
    etags = {each["code"]: each["uploaded"]["etag"] for each in case["materials"] if each["uploaded"]}
    for point in case["correction"]["items"]:
        code = point["target"].rpartition("/")[2]
        reader.upload(case_id, code, pdf(2), if_match=etags[code])
    reader.do("agent", "enterprise_answer_correction", case_id=case_id)
    task_id = reader.claimed("window", case_id)
    reader.do("window", "enterprise_release_task", task_id=task_id)
    reader.claimed("window", case_id)
    reader.do("window", "enterprise_correct_on_the_spot", case_id=case_id)
    reader.do("window", "enterprise_accept_case", case_id=case_id)
    task_id = reader.claimed("reviewer", case_id)
    reader.do("reviewer", "enterprise_start_procedure", case_id=case_id)
    reader.do("reviewer", "enterprise_end_procedure", case_id=case_id)
    reader.do("reviewer", "enterprise_request_extension", case_id=case_id)
    reader.claimed("approver", case_id)
    reader.do("approver", "enterprise_decide_extension", case_id=case_id)
    reader.do("reviewer", "enterprise_give_opinion", task_id=task_id)
    reader.claimed("approver", case_id)
    let_limits_pass(reader.park.system, case_id)
    reader.do("approver", "enterprise_explain_overdue", case_id=case_id)
    reader.do("approver", "enterprise_decide_case", case_id=case_id)
    reader.claimed("window", case_id)
    reader.do("window", "enterprise_record_delivery", case_id=case_id)
    _promise(reader, case_id)
    return case_id


def _promise(reader: Reader, founded: str) -> None:
    """What the firm that a case has founded opens, on its word, and the later check."""
    reader.park.system.settle()
    whole = reader.do("agent", "enterprise_get_case", case_id=founded).get_json()
    uscc = whole["certificate"]["uscc"]
    wanted = {"item_code": fire.ITEM, "on_behalf_of": uscc}
    case_id = reader.do("agent", "enterprise_start_case", wanted).get_json()["id"]
    reader.do("agent", "enterprise_save_answers", {"answers": fire.ANSWERS}, case_id=case_id)
    reader.do("agent", "enterprise_choose_route", {"route": "promise"}, case_id=case_id)
    for code in fire.BOTH_WAYS:
        reader.upload(case_id, code, pdf())
    reader.do("agent", "enterprise_submit_case", {"declaration": True, "promise": True}, case_id=case_id)
    reader.claimed("firewindow", case_id)
    reader.do("firewindow", "enterprise_accept_case", case_id=case_id)
    reader.claimed("fireapprover", case_id)
    reader.do("fireapprover", "enterprise_decide_case", case_id=case_id)
    reader.claimed("fireinspector", case_id)
    reader.do("fireinspector", "enterprise_record_check", case_id=case_id)


def _notice(reader: Reader) -> None:
    """The company that was just set up is put on notice, and somebody objects."""
    reader.park.system.settle()
    (membership,) = reader.park.ask("agent", "GET", "/me").get_json()["memberships"][-1:]
    started = {"item_code": A9, "on_behalf_of": membership["organisation"]["uscc"]}
    case_id: str = reader.do("agent", "enterprise_start_case", started).get_json()["id"]
    reader.do("agent", "enterprise_save_answers", {"answers": A9_ANSWERS}, case_id=case_id)
    for code in A9_MATERIALS:
        reader.upload(case_id, code, pdf())
    notice = reader.do("agent", "enterprise_publish_notice", case_id=case_id).get_json()["notice"]
    reader.do("reviewer", "enterprise_lodge_objection", notice_id=notice["id"])


def _funds(reader: Reader) -> None:
    """The company asks for funds, somebody objects, and what is granted is paid."""
    park = reader.park
    (membership,) = park.ask("agent", "GET", "/me").get_json()["memberships"][-1:]
    started = {"item_code": FUNDS, "on_behalf_of": membership["organisation"]["uscc"]}
    case_id: str = reader.do("agent", "enterprise_start_case", started).get_json()["id"]
    # As much as the example of the payment pays.
    reader.do(
        "agent",
        "enterprise_save_answers",
        {"answers": answers(amount="61728.39", rd_expense="1234568")},
        case_id=case_id,
    )
    for code in MATERIALS:
        reader.upload(case_id, code, pdf())
    reader.do("agent", "enterprise_submit_case", case_id=case_id)
    reader.claimed("window", case_id)
    reader.do("window", "enterprise_accept_case", case_id=case_id)
    for role in ("economy", "finance", "tax", "market"):
        task = park.ask(role, "GET", f"/enterprise/tasks/{reader.claimed(role, case_id)}").get_json()
        checks = [{"key": key, "result": "pass", "note": ""} for key in task["checks"]]
        opinion = {"conclusion": "approve", "text": "", "checks": checks}
        reader.do(role, "enterprise_give_opinion", opinion, task_id=task["id"])
    notice = park.ask("agent", "GET", f"/enterprise/cases/{case_id}").get_json()["notice"]
    reader.do("reviewer", "enterprise_lodge_objection", notice_id=notice["id"])
    reader.claimed("economy", case_id)
    (objection,) = park.ask("economy", "GET", f"/enterprise/cases/{case_id}/objections").get_json()["items"]
    said = reader.operations["enterprise_answer_objection"].described["requestBody"]["content"][JSON]
    answer = {**example(park.document, said), "objection_id": objection["id"]}
    reader.do("economy", "enterprise_answer_objection", answer, case_id=case_id)
    reader.used.add("enterprise_answer_objection")
    let_the_notice_end(park.system, case_id)
    reader.claimed("approver", case_id)
    reader.do("approver", "enterprise_decide_case", {"granted": True}, case_id=case_id)
    reader.claimed("finance", case_id)
    payment = reader.operations["enterprise_record_payment"].described["requestBody"]["content"][JSON]
    today = park.system.clock.today().isoformat()
    body = {**example(park.document, payment), "paid_on": today}
    reader.do("finance", "enterprise_record_payment", body, case_id=case_id)
    reader.used.add("enterprise_record_payment")


def _revoke(reader: Reader, case_id: str) -> None:
    """The company falls with the decision that founded it."""
    reader.do("reviewer", "enterprise_propose_revocation", case_id=case_id)
    reader.do("reviewer", "enterprise_withdraw_revocation", case_id=case_id)
    reader.do("reviewer", "enterprise_propose_revocation", case_id=case_id)
    reader.do("agent", "enterprise_state_objection", case_id=case_id)
    reader.claimed("approver", case_id)
    reader.do("approver", "enterprise_decide_revocation", case_id=case_id)


def _end_otherwise(reader: Reader) -> None:
    reader.do("window", "enterprise_claim_next_task")
    case_id = reader.submitted("清渚湾")
    reader.claimed("window", case_id)
    reader.do("window", "enterprise_decline_case", case_id=case_id)
    reader.do("agent", "enterprise_withdraw_case", case_id=reader.submitted("汐岚湾"))
    _make_up(reader)


def _make_up(reader: Reader) -> None:
    case_id, gap = reader.draft("浔溪湾"), "premises"
    reader.do("agent", "enterprise_delete_material", case_id=case_id, code=gap)
    promise = {"declaration": True, "deferred": {"materials": [gap], "promise": True}}
    reader.do("agent", "enterprise_submit_case", promise, case_id=case_id)
    reader.claimed("window", case_id)
    reader.do("window", "enterprise_accept_case", {"with_gaps": True}, case_id=case_id)
    reader.upload(case_id, gap, pdf())
    reader.do("agent", "enterprise_make_up", case_id=case_id)


def _bodies(operation: Operation) -> Json:
    found: Json = operation.described.get("requestBody", {}).get("content", {})
    return found
