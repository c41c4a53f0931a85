"""What a case leaves behind: its events, its audit chain, and no personal data where it does not belong."""

import json
import re
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from approvals.cases.model import Case, CaseEntry, CorrectionNotice, Slip
from shared.actor import Actor, Membership
from shared.audit import AuditEntry, entry_hash
from shared.messaging.outbox import OutboxMessage
from shared.testing.answers import ID_NUMBERS, a1_answers
from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AGENT, APPROVER, AUDITOR, OTHER_WINDOW, REVIEWER, WINDOW
from tests.integration.approvals.refusals import dump, nothing_changes, refusal
from tests.unit.material_samples import pdf

MOBILES = ("13800000001", "13800000003", "13800000004", "13800000005")
PERSONAL = (*ID_NUMBERS, *MOBILES)
POINT = {"items": [{"target": "/answers/contacts/liaison_mobile", "requirement": "请核对"}]}


def _events(desk: Desk) -> list[OutboxMessage]:
    with desk.system.runtime("enterprise").read() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.position)))


def _types(desk: Desk) -> list[str]:
    return [event.type.removeprefix("yuanban.enterprise.").removesuffix(".v1") for event in _events(desk)]


def _whole_story(desk: Desk) -> str:
    """A case that sees every step but a refusal."""
    case_id = desk.submitted()
    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "request-correction", POINT).status_code == 200
    corrected = {"contacts": a1_answers(contacts={"liaison_mobile": MOBILES[-1]})["contacts"]}
    assert desk.save(AGENT, case_id, corrected).status_code == 200
    assert desk.act(AGENT, case_id, "answer-correction").status_code == 200
    desk.claim(OTHER_WINDOW, case_id)
    assert desk.act(OTHER_WINDOW, case_id, "accept").status_code == 200
    task = desk.claim(REVIEWER, case_id)
    body = {"conclusion": "approve", "text": "", "checks": desk.checks()}
    assert desk.on_task(REVIEWER, task, "opinion", body).status_code == 200
    desk.claim(APPROVER, case_id)
    assert desk.act(APPROVER, case_id, "decide", {"granted": True}).status_code == 200
    return case_id


STORY = [
    "case.submitted",
    "case.correction-requested",
    "case.correction-answered",
    "case.accepted",
    "case.reviewed",
    "enterprise.registered",
    "case.decided",
]


def test_each_step_says_one_event_with_the_next_number(enterprise_desk: Desk) -> None:
    case_id = _whole_story(enterprise_desk)
    assert _types(enterprise_desk) == STORY
    of_case = [event for event in _events(enterprise_desk) if event.aggregate_id == case_id]
    assert [event.sequence for event in of_case] == [1, 2, 3, 4, 5, 6]
    decided = json.loads(of_case[-1].body)["data"]
    assert decided["decision"]["granted"] and decided["decision"]["uscc"].startswith("91990101")
    assert decided["state"] == "granted" and decided["applicant_account_id"] == str(AGENT.id)


def test_declining_withdrawing_and_refusing_say_one_event_each(lasting_desk: Desk) -> None:
    start = len(_events(lasting_desk))
    case_id = lasting_desk.submitted()
    lasting_desk.claim(WINDOW, case_id)
    body = {"kind": "refused", "ground": "not_competent", "reason": "不属于本机关"}
    lasting_desk.act(WINDOW, case_id, "decline", body)
    other = lasting_desk.submitted()
    lasting_desk.act(AGENT, other, "withdraw", {})
    lasting_desk.decided(granted=False, reason="不符合条件")
    steps = [
        "submitted",
        "declined",
        "submitted",
        "withdrawn",
        "submitted",
        "accepted",
        "reviewed",
        "decided",
    ]
    assert _types(lasting_desk)[start:] == [f"case.{step}" for step in steps]


def test_events_appear_only_with_their_command(enterprise_desk: Desk) -> None:
    draft = enterprise_desk.draft(company={"trade_name": None})
    with nothing_changes(enterprise_desk.system):
        refusal(enterprise_desk.act(AGENT, draft, "submit", {"declaration": True}), 422)
    assert _events(enterprise_desk) == []
    company = a1_answers()["company"]
    enterprise_desk.save(AGENT, draft, {"company": company})
    assert _events(enterprise_desk) == [], "saving a draft is nobody else's business"
    key = {"Idempotency_Key": "once"}
    etag = enterprise_desk.get(AGENT, f"/cases/{draft}").headers["ETag"]
    for _attempt in range(2):
        answer = enterprise_desk.act(AGENT, draft, "submit", {"declaration": True}, If_Match=etag, **key)
        assert answer.status_code == 200
        assert _types(enterprise_desk) == ["case.submitted"]


def test_what_a_caller_says_of_its_trace_is_kept_in_events_only_where_it_is_well_formed(
    enterprise_desk: Desk,
) -> None:
    sound = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for trace, number in ((sound, "batch-7"), ("0" * 5000, "one two")):
        headers = {"traceparent": trace, "X_Request_Id": number}
        answer = enterprise_desk.act(
            AGENT, enterprise_desk.draft(), "submit", {"declaration": True}, **headers
        )
        assert answer.status_code == 200, answer.text

    kept, made = (json.loads(event.body) for event in _events(enterprise_desk))
    assert (kept["traceparent"], kept["correlationid"]) == (sound, "batch-7")
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", made["traceparent"])
    assert re.fullmatch(r"[0-9a-f-]{36}", made["correlationid"])


def test_no_personal_data_leaves_the_sealed_columns(desk: Desk, logs: list[Any]) -> None:
    _whole_story(desk)
    desk.system.settle()
    for service in ("enterprise", "living", "production", "notifications"):
        rows = dump(desk.system, service)
        assert any(rows.values())
        for table, lines in rows.items():
            for line in lines:
                assert not [value for value in PERSONAL if value in line], f"{service}.{table}: {line[:200]}"
    said = json.dumps(logs, ensure_ascii=False, default=str)
    assert logs and not [value for value in PERSONAL if value in said]


def test_what_is_sealed_can_be_opened_with_the_key_only(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    lasting_desk.claim(WINDOW, case_id)
    lasting_desk.act(WINDOW, case_id, "request-correction", POINT)
    runtime = lasting_desk.system.runtime("enterprise")
    with runtime.read() as session:
        case = session.get_one(Case, UUID(case_id))
        notice = session.scalars(sa.select(CorrectionNotice)).first()
        slip = session.scalars(sa.select(Slip)).first()
        assert notice is not None and slip is not None
        sealed = (case.answers_sealed, notice.seen_sealed, slip.facts_sealed)
    for column in sealed:
        assert not any(value.encode() in bytes(column) for value in PERSONAL)
    assert ID_NUMBERS[0] in json.dumps(runtime.context.cipher.open(sealed[0]))


def test_personal_data_is_masked_for_whoever_does_not_need_it(lasting_desk: Desk) -> None:
    desk = Desk(lasting_desk.system, company={"trade_name": "云栖密"})
    case_id = desk.submitted()

    def sees(actor: Actor) -> bool:
        case = desk.case(actor, case_id)
        text = json.dumps(case, ensure_ascii=False)
        seen = [value for value in PERSONAL if value in text]
        assert case["masked"] is (not seen)
        if case["masked"]:
            assert case["answers"]["company"]["trade_name"] == "云栖密"
            assert "*" in case["answers"]["people"]["legal_representative_id"]
            assert case["query_code"] is None
        return bool(seen)

    assert sees(AGENT)
    assert not any(sees(actor) for actor in (WINDOW, OTHER_WINDOW, REVIEWER, APPROVER, AUDITOR))
    desk.claim(WINDOW, case_id)
    assert sees(WINDOW) and not sees(OTHER_WINDOW) and not sees(AUDITOR)
    desk.act(WINDOW, case_id, "accept")
    assert not sees(WINDOW), "the task is done"
    desk.claim(REVIEWER, case_id)
    assert sees(REVIEWER) and not sees(APPROVER)


def test_every_hash_of_the_audit_chain_holds(enterprise_desk: Desk) -> None:
    case_id = _whole_story(enterprise_desk)
    enterprise_desk.act(AGENT, enterprise_desk.submitted(company={"trade_name": "云栖链"}), "withdraw", {})
    with enterprise_desk.system.runtime("enterprise").read() as session:
        entries = list(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.position)))
    chains: dict[tuple[str, str], list[AuditEntry]] = {}
    for entry in entries:
        chains.setdefault((entry.aggregate_type, entry.aggregate_id), []).append(entry)
    assert len(chains) == 3
    for chain in chains.values():
        assert [entry.number for entry in chain] == list(range(1, len(chain) + 1))
        before = ""
        for entry in chain:
            assert entry.previous_hash == before and entry.hash == entry_hash(entry)
            before = entry.hash
    actions = [entry.action for entry in chains[("case", case_id)]]
    for action in ("case.started", "case.answers-saved", "material.handed-in", "case.submitted"):
        assert action in actions
    tail = ["case.correction-requested", "case.answers-saved", "case.correction-answered"]
    tail += ["task.claimed", "case.accepted", "task.claimed", "case.reviewed", "task.claimed", "case.decided"]
    assert actions[-len(tail) :] == tail
    by = {entry.action: entry.actor_name for entry in chains[("case", case_id)]}
    assert by["case.decided"] == APPROVER.name and by["case.submitted"] == AGENT.name


def test_an_altered_entry_breaks_the_chain(lasting_desk: Desk) -> None:
    lasting_desk.submitted()
    with lasting_desk.system.runtime("enterprise").read() as session:
        entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.position)).first()
        assert entry is not None
        session.expunge(entry)
    entry.actor_name = "别人"
    assert entry.hash != entry_hash(entry)


def test_it_is_kept_for_whom_somebody_acted(lasting_desk: Desk) -> None:
    uscc = "91990101MA0DEM013U"
    member = Actor(
        kind="account",
        id=UUID(int=91),
        name="经办人",
        roles=frozenset({"enterprise_member"}),
        memberships=(Membership(UUID(int=9), uscc, "示范企业", "administrator"),),
        address="192.0.2.7",
    )
    body = {"item_code": ITEM, "on_behalf_of": uscc}
    case_id = lasting_desk.client(member).post("/cases", json=body).json["id"]
    lasting_desk.save(member, case_id, a1_answers(company={"trade_name": "云栖代"}))
    lasting_desk.upload(member, case_id, "articles", pdf())
    with lasting_desk.system.runtime("enterprise").read() as session:
        query = sa.select(AuditEntry).where(AuditEntry.aggregate_id == case_id)
        entries = list(session.scalars(query.order_by(AuditEntry.number)))
    assert [entry.action for entry in entries] == ["case.started", "case.answers-saved", "material.handed-in"]
    assert {entry.on_behalf_of for entry in entries} == {uscc}
    assert {(entry.actor_id, entry.address) for entry in entries} == {(member.id, "192.0.2.7")}
    assert all(entry.request_id for entry in entries)


def test_the_log_of_a_case_is_numbered_without_gaps(lasting_desk: Desk) -> None:
    case_id = Desk(lasting_desk.system, company={"trade_name": "云栖序"}).decided()
    with lasting_desk.system.runtime("enterprise").read() as session:
        query = sa.select(CaseEntry.number).where(CaseEntry.case_id == UUID(case_id))
        numbers = list(session.scalars(query.order_by(CaseEntry.number)))
    assert numbers == list(range(1, 7))
