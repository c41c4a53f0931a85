"""Cases that another authority executes: handed over once, followed to their end, whatever fails between."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from approvals.enterprise.service import service as enterprise
from notifications.messages.model import Manager
from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, AUDITOR, MANAGER, OTHER_AGENT, WINDOW, member_of
from tests.integration.approvals.refusals import refusal
from tests.integration.approvals.tax import DEFERRAL, PACKAGE, TaxDesk, package


@pytest.fixture
def desk(make_system: SystemFactory, clock: ManualClock, tmp_path: Path) -> TaxDesk:
    """On each kind of database."""
    return TaxDesk(make_system, clock, tmp_path)


@pytest.fixture
def sqlite_desk(make_sqlite_system: SystemFactory, clock: ManualClock, tmp_path: Path) -> TaxDesk:
    """On SQLite alone."""
    return TaxDesk(make_sqlite_system, clock, tmp_path)


@pytest.fixture(scope="module")
def lasting_tax_desk(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TaxDesk]:
    """One for a whole module: its tests bring their own cases and leave the clock alone."""
    folder, clock = tmp_path_factory.mktemp("lasting-tax"), ManualClock(MONDAY_MORNING)
    factory = SystemFactory(sqlite_databases, folder, clock)
    yield TaxDesk(factory, clock, folder)
    factory.close()


def test_an_application_is_handed_over_followed_and_ends_with_the_authoritys_document(desk: TaxDesk) -> None:
    case_id = desk.filed()
    case = desk.mine(case_id)
    assert (case["state"], case["handover"]["state"], case["due"]) == ("submitted", "pending", None)
    assert case["number"] and desk.get(desk.member, f"/cases/{case_id}/slips").json["items"] == []

    desk.system.settle()
    case = desk.mine(case_id)
    assert case["state"] == "received" and case["handover"]["receipt_number"]
    # 20 days by the law, from receipt; the park's own aim is nearer.
    assert case["due"]["kind"] == "promised" and desk.keys(case_id) == ["handed_in", "received"]
    clocks = desk.get(desk.member, f"/cases/{case_id}/deadline").json["clocks"]
    assert {clock["kind"]: clock["limit"]["unit"] for clock in clocks} == {
        "promised": "working_day",
        "statutory": "calendar_day",
    }

    for _ in range(4):
        desk.wait()
    case = desk.mine(case_id)
    assert (case["state"], case["handover"]["state"]) == ("granted", "ended")
    assert desk.keys(case_id) == ["handed_in", "received", "accepted", "granted"]
    assert case["decision"]["official"] == "税务机关业务系统" and case["certificate"] is None
    entries = desk.get(desk.member, f"/cases/{case_id}/timeline").json["items"]
    assert {entry["actor"]["zh"] for entry in entries[1:]} == {"主管机关（业务系统）"}
    document = case["handover"]["documents"][0]
    content = desk.get(desk.member, document["url"].removeprefix("/api/v1/enterprise"))
    assert content.status_code == 200 and content.data.startswith(b"%PDF-")
    assert desk.get(OTHER_AGENT, document["url"].removeprefix("/api/v1/enterprise")).status_code == 404
    told = desk.client(desk.member, "notifications").get("/messages").json["items"]
    assert [message["kind"] for message in told] == [
        "case-granted-outside",
        "case-accepted-outside",
        "case-handed-over",
        "case-submitted-outside",
    ]
    # Nothing of it comes to our own desk.
    assert desk.get(MANAGER, f"/cases/{case_id}/task").status_code == 204


def test_a_correction_is_answered_here_and_the_answer_is_handed_over(desk: TaxDesk) -> None:
    case_id = desk.filed(PACKAGE, direct_debit={"account_number": "990100000000010000"})
    desk.system.settle()
    desk.wait()
    case = desk.mine(case_id)
    assert case["state"] == "correction" and case["correction"]["official"] == "税务机关业务系统"
    [point] = case["correction"]["items"]
    assert point["target"] == "/answers/direct_debit/account_number"
    refusal(desk.act(desk.member, case_id, "answer-correction"), 422, "invalid-input")

    mended = {**case["answers"]["direct_debit"], "account_number": "990100000000012345"}
    assert desk.save(desk.member, case_id, {"direct_debit": mended}).status_code == 200
    assert desk.act(desk.member, case_id, "answer-correction").json["state"] == "submitted"
    desk.system.settle()
    for _ in range(3):
        desk.wait()
    assert desk.mine(case_id)["state"] == "granted"
    assert desk.keys(case_id) == [
        "handed_in",
        "received",
        "correction_requested",
        "answer_handed_in",
        "correction_answered",
        "accepted",
        "granted",
    ]


def test_while_the_applicant_corrects_no_limit_runs_against_the_authority(sqlite_desk: TaxDesk) -> None:
    """E1 is done on the day of its receipt: that of the complete materials."""
    desk = sqlite_desk
    case_id = desk.filed(PACKAGE, direct_debit={"account_number": "990100000000010000"})
    desk.system.settle()
    desk.wait()
    assert desk.mine(case_id)["state"] == "correction"
    desk.wait(timedelta(days=3))
    assert desk.get(MANAGER, "/supervision-records").json["items"] == []
    clocks = desk.get(desk.member, f"/cases/{case_id}/deadline").json["clocks"]
    assert {clock["state"] for clock in clocks} == {"met"}

    mended = package()["direct_debit"]
    assert desk.save(desk.member, case_id, {"direct_debit": mended}).status_code == 200
    assert desk.act(desk.member, case_id, "answer-correction").status_code == 200
    desk.system.settle()
    desk.wait()
    clocks = desk.get(desk.member, f"/cases/{case_id}/deadline").json["clocks"]
    assert {clock["start_on"] for clock in clocks} == {clock["due_on"] for clock in clocks} == {"2026-11-26"}
    assert "办理期限重新计算" in clocks[0]["lines"][0]["text"]["zh"]


def test_a_refusal_and_a_special_procedure_come_with_their_dates_and_reasons(sqlite_desk: TaxDesk) -> None:
    desk = sqlite_desk
    refused = desk.filed(difficulty={"cash_balance": "900000"})
    reviewed = desk.filed(tax={"amount": "1000000"}, difficulty={"reason": "force_majeure"})
    desk.system.settle()
    desk.wait()
    desk.wait()
    case = desk.mine(reviewed)
    assert [each["kind"] for each in case["procedures"]] == ["expert_review"] and case["due"] is None
    desk.wait()
    case = desk.mine(refused)
    assert case["state"] == "refused" and "足以缴纳税款" in case["decision"]["reason"]
    desk.wait()
    desk.wait()
    assert desk.mine(reviewed)["state"] == "granted"
    assert desk.keys(reviewed)[-3:] == ["procedure_started", "procedure_ended", "granted"]


def test_a_withdrawal_is_asked_of_the_authority_which_may_have_decided(desk: TaxDesk) -> None:
    at_once, later, too_late = desk.filed(), desk.filed(), desk.filed()
    gone = desk.act(desk.member, at_once, "withdraw", {"reason": "不需要了"})
    assert gone.json["state"] == "withdrawn" and gone.json["handover"]["state"] == "ended"
    desk.system.settle()
    assert desk.simulator.store.count() == 2

    asked = desk.act(desk.member, later, "withdraw")
    assert asked.json["state"] == "received" and "withdraw" not in asked.json["actions"]
    refusal(desk.act(desk.member, later, "withdraw"), 409, "withdrawal-waits")
    desk.system.settle()
    assert desk.mine(later)["state"] == "withdrawn"
    assert desk.keys(later) == ["handed_in", "received", "withdrawal_asked", "withdrawn_early"]

    desk.clock.advance(timedelta(hours=5))
    desk.simulator.fail("500")  # so that the decision over there is not known here yet
    desk.act(desk.member, too_late, "withdraw")
    desk.system.settle()
    assert desk.mine(too_late)["state"] == "granted"
    assert desk.keys(too_late)[-1] == "granted" and "withdrawal_refused" in desk.keys(too_late)
    refusal(desk.act(desk.member, too_late, "withdraw"), 409, "wrong-state")


@pytest.mark.parametrize("fault", ["500", "lost", "garbage"])
def test_a_fault_outside_is_tried_again_and_the_application_arrives_once(
    sqlite_desk: TaxDesk, fault: Any
) -> None:
    desk = sqlite_desk
    desk.simulator.fail(fault, 6)
    case_id = desk.filed()
    desk.system.settle()
    seen = desk.get(AUDITOR, f"/cases/{case_id}").json["handover"]
    assert seen["state"] == "pending" and seen["tries"] == 1 and seen["last_error"]
    assert desk.mine(case_id)["handover"]["last_error"] is None
    for _ in range(8):
        desk.wait(timedelta(minutes=20))
    case = desk.mine(case_id)
    assert case["handover"]["state"] == "filed" and desk.keys(case_id).count("received") == 1
    assert desk.simulator.store.count() == 1


def test_what_fails_for_long_is_given_up_shown_and_retried_by_the_manager(desk: TaxDesk) -> None:
    with desk.system.runtime("notifications").database.write() as session:
        session.add(Manager(account_id=MANAGER.id, sequence=1, manages=True))
    desk.simulator.fail("500", 12)
    case_id = desk.filed()
    for _ in range(14):
        desk.wait(timedelta(hours=2))
    (told,) = desk.client(MANAGER, "notifications").get("/messages").json["items"]
    assert (told["kind"], told["link"]) == ("managed-case-handover-stuck", "/handovers?state=stuck")
    case = desk.get(MANAGER, f"/cases/{case_id}").json
    assert case["handover"]["state"] == "stuck" and case["handover"]["trouble"]["kind"] == "unreachable"
    assert case["actions"] == ["retry-handover"]
    listed = desk.get(MANAGER, "/handovers?state=stuck").json
    assert [each["id"] for each in listed["items"]] == [case_id] and listed["stuck"] == 1
    assert desk.get(MANAGER, "/handovers?state=filed").json["items"] == []
    refusal(desk.get(desk.member, "/handovers"), 403, "forbidden")
    assert desk.get(WINDOW, "/handovers").json["items"] == []  # of another department
    refusal(desk.act(AUDITOR, case_id, "retry-handover"), 403, "forbidden")

    again = desk.act(MANAGER, case_id, "retry-handover")
    assert again.status_code == 200 and again.json["handover"]["state"] == "pending"
    refusal(desk.act(MANAGER, case_id, "retry-handover"), 409, "handover-not-stuck")
    desk.system.settle()
    assert desk.mine(case_id)["state"] == "received"


def test_reports_that_are_repeated_late_or_early_change_nothing_and_a_contradiction_is_parked(
    desk: TaxDesk,
) -> None:
    case_id = desk.filed()
    desk.system.settle()
    today = desk.clock.today().isoformat()
    received = {"number": 1, "kind": "received", "effective_on": today}
    accepted = {"number": 2, "kind": "accepted", "effective_on": today}
    granted = {"number": 3, "kind": "granted", "effective_on": today}

    refusal(desk.push(case_id, [received], secret="x" * 40), 401, "unauthenticated")
    assert desk.push(case_id, [received]).json == {"steps_taken": 1}
    assert desk.push(case_id, [granted]).json == {"steps_taken": 1}  # what lies between is still to come
    assert desk.push(case_id, [accepted, received]).json == {"steps_taken": 2}
    assert desk.push(case_id, [received]).json == {"steps_taken": 2}
    assert desk.keys(case_id) == ["handed_in", "received", "accepted"]

    other = {**accepted, "effective_on": (desk.clock.today() - timedelta(days=1)).isoformat()}
    assert desk.push(case_id, [received, other, granted]).json == {"steps_taken": 2}
    trouble = desk.get(MANAGER, f"/cases/{case_id}").json["handover"]["trouble"]
    assert trouble["kind"] == "contradiction" and "2" in trouble["reason"]["zh"]
    assert desk.push(case_id, [received, accepted, granted]).json == {"steps_taken": 2}  # a person first
    desk.act(MANAGER, case_id, "retry-handover")
    assert desk.push(case_id, [received, accepted, granted]).json == {"steps_taken": 3}
    assert desk.mine(case_id)["state"] == "granted"
    refusal(desk.push("00000000-0000-4000-8000-000000000000", [received]), 404, "not-found")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"kind": "granted"}, "不应有此步骤"),
        ({"kind": "accepted", "effective_on": "2099-01-01"}, "在今天之后"),
        ({"kind": "accepted", "effective_on": "2020-01-01"}, "早于收到"),
        ({"kind": "correction_requested"}, "没有列明"),
        (
            {"kind": "correction_requested", "points": [{"target": "/answers/x/y", "requirement": "?"}]},
            "没有",
        ),
    ],
)
def test_what_cannot_be_true_of_the_case_goes_to_a_person_with_its_reason(
    lasting_tax_desk: TaxDesk, step: dict[str, Any], why: str
) -> None:
    desk = lasting_tax_desk
    case_id = desk.filed()
    desk.system.settle()
    desk.push(case_id, [{"number": 2, "effective_on": desk.clock.today().isoformat(), **step}])
    handover = desk.get(MANAGER, f"/cases/{case_id}").json["handover"]
    assert why in handover["trouble"]["reason"]["zh"]
    assert desk.keys(case_id) == ["handed_in", "received"]


def test_without_a_connection_nothing_is_taken(make_sqlite_system: SystemFactory) -> None:
    desk = Desk(make_sqlite_system([enterprise]))
    uscc = desk.case(AGENT, desk.decided())["certificate"]["uscc"]
    refusal(desk.start(member_of(uscc), DEFERRAL, uscc), 409, "not-connected")
