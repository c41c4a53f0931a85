"""Versions and keys: nobody overwrites what he has not seen, and a repeated request has one effect."""

from typing import Any

import pytest

from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, OTHER_AGENT, REVIEWER, WINDOW
from tests.integration.approvals.refusals import dump, nothing_changes, refusal

VERBS: dict[str, dict[str, Any]] = {
    "submit": {"declaration": True},
    "publish-notice": {"declaration": True},
    "withdraw": {},
    "accept": {},
    "decline": {"kind": "refused", "ground": "not_competent", "reason": "不属于本机关职权"},
    "request-correction": {"items": [{"target": "/answers/company", "requirement": "请更正"}]},
    "answer-correction": {},
    "renew-version": {},
    "decide": {"granted": True},
    "start-procedure": {"kind": "expert_review", "reason": "需由专家评审", "expected_days": 5},
    "end-procedure": {"kind": "expert_review"},
    "request-extension": {"reason": "情形复杂"},
    "decide-extension": {"approved": True},
    "explain-overdue": {"reason": "申请量集中", "expected_on": "2027-12-31"},
    "propose-revocation": {"ground": "obtained_by_deceit", "facts": "住所证明系伪造"},
    "state-objection": {"text": "我方并不知情"},
    "decide-revocation": {"revoked": True, "reason": "申辩不能成立"},
    "withdraw-revocation": {"reason": "已经查明"},
    "make-up": {},
    "correct-on-the-spot": {
        "changes": [{"target": "/answers/premises/room", "value": "502室"}],
        "consent": "present",
        "note": "",
    },
    "choose-route": {"route": "ordinary"},
    "record-check": {"fulfilled": True, "findings": "与承诺一致"},
    "retry-handover": {},
    "answer-objection": {
        "objection_id": "00000000-0000-7000-8000-000000000000",
        "outcome": "dismissed",
        "text": "与事实不符",
    },
    "record-payment": {"amount_fen": 1, "paid_on": "2026-11-23", "voucher": "示拨〔2026〕1号"},
    "record-delivery": {"method": "in_person", "recipient": "企业经办人甲"},
}
"""Every verb on a case with a body that its schema takes."""

STALE = ['"0"', '"999999999"', "*", 'W/"1"', "1", '"one"', '"1", "2"', ""]


def _headers(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_on_a_case_needs_the_version_that_was_seen(lasting_desk: Desk, verb: str) -> None:
    draft = lasting_desk.draft()
    client = lasting_desk.client(AGENT)
    with nothing_changes(lasting_desk.system):
        missing = client.post(f"/cases/{draft}/{verb}", json=VERBS[verb])
        refusal(missing, 428, "version-required")
        for etag in STALE:
            stale = client.post(f"/cases/{draft}/{verb}", json=VERBS[verb], headers=_headers(etag))
            refusal(stale, 412, "stale-version")


def test_saving_answers_needs_the_version_that_was_seen(enterprise_desk: Desk) -> None:
    draft = enterprise_desk.draft()
    client = enterprise_desk.client(AGENT)
    body = {"answers": {"agent": {"has_agent": "false"}}}
    seen = enterprise_desk.get(AGENT, f"/cases/{draft}").headers["ETag"]
    with nothing_changes(enterprise_desk.system):
        refusal(client.patch(f"/cases/{draft}", json=body), 428, "version-required")
        for etag in STALE:
            refusal(client.patch(f"/cases/{draft}", json=body, headers=_headers(etag)), 412)
    saved = client.patch(f"/cases/{draft}", json=body, headers=_headers(seen))
    assert saved.status_code == 200 and saved.headers["ETag"] != seen
    with nothing_changes(enterprise_desk.system):
        refusal(client.patch(f"/cases/{draft}", json=body, headers=_headers(seen)), 412, "stale-version")


@pytest.mark.parametrize("verb", ["claim", "release", "opinion"])
def test_every_verb_on_a_task_needs_the_version_that_was_seen(lasting_desk: Desk, verb: str) -> None:
    case_id = lasting_desk.accepted()
    task = lasting_desk.task(REVIEWER, case_id)
    client = lasting_desk.client(REVIEWER)
    body = {"conclusion": "approve", "text": "", "checks": []} if verb == "opinion" else {}
    with nothing_changes(lasting_desk.system):
        refusal(client.post(f"/tasks/{task['id']}/{verb}", json=body), 428, "version-required")
        for etag in STALE:
            answer = client.post(f"/tasks/{task['id']}/{verb}", json=body, headers=_headers(etag))
            refusal(answer, 412, "stale-version")


def test_two_changes_from_the_same_reading_leave_the_first(enterprise_desk: Desk) -> None:
    draft = enterprise_desk.draft()
    seen = _headers(enterprise_desk.get(AGENT, f"/cases/{draft}").headers["ETag"])
    client = enterprise_desk.client(AGENT)
    for number, status in ((1, 200), (2, 412)):
        body = {"answers": {"company": {"trade_name": f"第{number}"}}}
        assert client.patch(f"/cases/{draft}", json=body, headers=seen).status_code == status
    assert enterprise_desk.case(AGENT, draft)["answers"]["company"]["trade_name"] == "第1"


def test_a_repeated_submit_with_its_key_gets_the_same_answer_and_has_one_effect(
    enterprise_desk: Desk,
) -> None:
    draft = enterprise_desk.draft()
    headers = {
        "If-Match": enterprise_desk.get(AGENT, f"/cases/{draft}").headers["ETag"],
        "Idempotency-Key": "a-key-of-the-browser",
    }
    client = enterprise_desk.client(AGENT)
    first = client.post(f"/cases/{draft}/submit", json={"declaration": True}, headers=headers)
    assert first.status_code == 200, first.text
    with nothing_changes(enterprise_desk.system):
        second = client.post(f"/cases/{draft}/submit", json={"declaration": True}, headers=headers)
    assert (second.status_code, second.data) == (first.status_code, first.data)
    for name in ("ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    tables = dump(enterprise_desk.system)
    assert len(tables["outbox_message"]) == len(tables["slip"]) == len(tables["task"]) == 1

    with nothing_changes(enterprise_desk.system):
        other = client.post(f"/cases/{draft}/submit", json={"declaration": False}, headers=headers)
        refusal(other, 422, "idempotency-key-reused")


def test_a_repeated_submit_without_a_key_is_refused_and_has_one_effect(enterprise_desk: Desk) -> None:
    draft = enterprise_desk.draft()
    seen = _headers(enterprise_desk.get(AGENT, f"/cases/{draft}").headers["ETag"])
    client = enterprise_desk.client(AGENT)
    first = client.post(f"/cases/{draft}/submit", json={"declaration": True}, headers=seen)
    assert first.status_code == 200
    with nothing_changes(enterprise_desk.system):
        again = client.post(f"/cases/{draft}/submit", json={"declaration": True}, headers=seen)
        refusal(again, 412, "stale-version")
        now = _headers(first.headers["ETag"])
        again = client.post(f"/cases/{draft}/submit", json={"declaration": True}, headers=now)
        refusal(again, 409, "wrong-state")


def test_a_key_counts_for_its_owner_and_its_address_alone(lasting_desk: Desk) -> None:
    mine, theirs = lasting_desk.draft(), lasting_desk.draft(OTHER_AGENT)
    key = {"Idempotency_Key": "shared-by-chance"}
    for actor, case_id, verb, body in (
        (AGENT, mine, "submit", {"declaration": True}),
        (OTHER_AGENT, theirs, "submit", {"declaration": True}),
        (AGENT, mine, "withdraw", {"reason": "不办了"}),
    ):
        answer = lasting_desk.act(actor, case_id, verb, body, **key)
        assert answer.status_code == 200 and "Idempotent-Replayed" not in answer.headers


def test_starting_twice_with_one_key_makes_one_draft(lasting_desk: Desk) -> None:
    body = {"item_code": "company-establishment"}
    started = [
        lasting_desk.client(AGENT).post("/cases", json=body, headers={"Idempotency-Key": "start-once"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in started] == [201, 201]
    assert started[0].json["id"] == started[1].json["id"]
    assert started[0].headers["Location"] == started[1].headers["Location"]


def test_a_refused_request_does_not_use_its_key_up(lasting_desk: Desk) -> None:
    draft = lasting_desk.draft(company={"trade_name": None})
    key = {"Idempotency_Key": "try-again"}
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.act(AGENT, draft, "submit", {"declaration": True}, **key), 422)
    company = lasting_desk.case(AGENT, draft)["answers"]["company"] | {"trade_name": "澜川"}
    assert lasting_desk.save(AGENT, draft, {"company": company}).status_code == 200
    assert lasting_desk.act(AGENT, draft, "submit", {"declaration": True}, **key).status_code == 200


@pytest.mark.parametrize("key", ["", " ", "with space", "长", "x" * 129])
def test_a_malformed_key_is_refused(lasting_desk: Desk, key: str) -> None:
    draft = lasting_desk.draft()
    with nothing_changes(lasting_desk.system):
        answer = lasting_desk.act(AGENT, draft, "submit", {"declaration": True}, Idempotency_Key=key)
        refusal(answer, 400, "bad-request")


def test_claiming_with_a_key_is_claiming_once(lasting_desk: Desk) -> None:
    task = lasting_desk.task(WINDOW, lasting_desk.submitted())
    headers = {"If-Match": f'"{task["version"]}"', "Idempotency-Key": "claim"}
    client = lasting_desk.client(WINDOW)
    answers = [client.post(f"/tasks/{task['id']}/claim", json={}, headers=headers) for _ in range(2)]
    assert answers[0].status_code == 200 and answers[0].data == answers[1].data
