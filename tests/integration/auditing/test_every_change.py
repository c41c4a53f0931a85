"""Every operation, event and timer that changes something leaves an entry in the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask, Response, request, request_finished, request_started

from approvals.calendar.redating import REDATE_TIMER
from approvals.cases.model import Case
from approvals.certificates.model import Certificate
from approvals.handovers.simulator.app import Simulator
from approvals.renewals.commands import REMIND_TIMER
from facilities.living.service import service as living
from facilities.production.service import service as production
from gateway.accounts.cli import accounts_command
from gateway.accounts.queries import find_by_username
from gateway.service import service as gateway
from notifications.service import service as notifications
from shared.actor import SYSTEM, Actor
from shared.audit import AuditEntry
from shared.auditing.cli import audit
from shared.clock import ManualClock
from shared.http.state import EXTENSION
from shared.messaging.inbox import InboxMessage
from shared.messaging.timers import Timer
from shared.service import Runtime, contracts_of, installed_services
from shared.testing.answers import A9, A9_ANSWERS, A9_MATERIALS, a1_answers
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.approvals import funds
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.fire import FireDesk
from tests.integration.approvals.licences import (
    MARKET,
    MEMBER,
    drafted,
    enter_register,
    handed_in,
    licensed,
)
from tests.integration.approvals.notices import PATH, prepare, publish
from tests.integration.approvals.people import (
    ADMIN,
    AGENT,
    APPROVER,
    MANAGER,
    OTHER_AGENT,
    OTHER_WINDOW,
    REVIEWER,
    WINDOW,
    member_of,
)
from tests.integration.approvals.services import enterprise
from tests.integration.approvals.tax import PACKAGE, package, signed
from tests.integration.auditing.trail import report
from tests.integration.gateway.conftest import GatewayClient
from tests.park.park import OLD_VERSION, with_an_old_version
from tests.watching import Watch, watched

# The watch must know how many rows a statement changed; SQLite does not say so soon enough.
pytestmark = pytest.mark.postgres

CHANGE_NOTHING = {"applications.check_case"}
"""Operations that are no GET and yet only look."""
POINT = {"items": [{"target": "/answers/contacts/liaison_mobile", "requirement": "请核对"}]}


@dataclass
class Performed:
    """Which operations were asked for and done, and which of these were silent."""

    done: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)


@contextmanager
def performing(watch: Watch) -> Iterator[Performed]:
    """Look at every request that changes something."""
    performed = Performed()
    before: list[int] = []

    def started(app: Flask, **_more: Any) -> None:
        if EXTENSION not in app.extensions:
            return  # the simulated system of another authority
        before.append(watch.entries)

    def finished(app: Flask, response: Response, **_more: Any) -> None:
        if EXTENSION not in app.extensions:
            return
        entries = before.pop()
        if request.method in {"GET", "HEAD"} or response.status_code >= 400 or request.endpoint is None:
            return
        performed.done.add(request.endpoint)
        if watch.entries == entries:
            performed.silent.add(request.endpoint)

    with request_started.connected_to(started), request_finished.connected_to(finished):
        yield performed


def operations(system: SystemUnderTest, *services: str) -> set[str]:
    """Every operation of these services that is no GET."""
    return {
        rule.endpoint
        for service in services
        for rule in system.app(service).url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"} and rule.rule.startswith("/api/")
    }


def ok(answer: Any) -> Any:
    assert answer.status_code < 400, answer.text
    return answer


def whole_life(desk: Desk) -> None:
    """Everything that can be done to cases."""
    case_id = desk.draft()
    ok(desk.act(AGENT, case_id, "check"))
    ok(desk.client(AGENT).delete(f"/cases/{case_id}/materials/articles", headers={"If-Match": '"1"'}))
    ok(desk.upload(AGENT, case_id, "articles"))
    ok(desk.act(AGENT, case_id, "submit", {"declaration": True}))
    claimed = ok(desk.client(WINDOW).post("/tasks/claim-next", json={"kind": "intake"})).json
    ok(desk.on_task(WINDOW, claimed, "release"))
    desk.claim(WINDOW, case_id)
    ok(desk.act(WINDOW, case_id, "request-correction", POINT))
    ok(
        desk.save(
            AGENT, case_id, {"contacts": a1_answers(contacts={"liaison_mobile": "13800000005"})["contacts"]}
        )
    )
    ok(desk.act(AGENT, case_id, "answer-correction"))
    desk.claim(OTHER_WINDOW, case_id)
    spot = {"changes": [{"target": "/answers/premises/room", "value": "502室"}], "consent": "phone"}
    ok(desk.act(OTHER_WINDOW, case_id, "correct-on-the-spot", spot))
    ok(desk.act(OTHER_WINDOW, case_id, "accept"))
    task = desk.claim(REVIEWER, case_id)
    testing = {"kind": "testing", "reason": "样品需要检测", "expected_days": 2}
    ok(desk.act(REVIEWER, case_id, "start-procedure", testing))
    ok(desk.act(REVIEWER, case_id, "end-procedure", {"kind": "testing"}))
    ok(desk.act(REVIEWER, case_id, "request-extension", {"reason": "情形复杂"}))
    desk.claim(APPROVER, case_id)
    ok(desk.act(APPROVER, case_id, "decide-extension", {"approved": True}))
    task = desk.task(REVIEWER, case_id)
    opinion = {"conclusion": "approve", "text": "", "checks": desk.checks()}
    ok(desk.on_task(REVIEWER, task, "opinion", opinion))
    desk.claim(APPROVER, case_id)
    ok(desk.act(APPROVER, case_id, "decide", {"granted": True}))
    desk.claim(WINDOW, case_id)
    ok(desk.act(WINDOW, case_id, "record-delivery", {"method": "in_person", "recipient": "企业经办人甲"}))
    revoke_it(desk, case_id)

    make_up_a_gap(desk)
    other = desk.submitted(company={"trade_name": "云栖退"})
    desk.claim(WINDOW, other)
    ok(
        desk.act(
            WINDOW, other, "decline", {"kind": "refused", "ground": "not_competent", "reason": "不属于本机关"}
        )
    )
    ok(desk.act(AGENT, desk.submitted(company={"trade_name": "云栖撤"}), "withdraw", {}))
    ok(desk.discard(AGENT, desk.draft(company={"trade_name": "云栖弃"})))


def with_a_gap(desk: Desk, name: str, by: Actor = AGENT) -> str:
    """A case accepted on the promise that a paper follows."""
    case_id = desk.draft(by, company={"trade_name": name})
    ok(desk.client(by).delete(f"/cases/{case_id}/materials/premises", headers={"If-Match": '"1"'}))
    promise = {"materials": ["premises"], "promise": True}
    ok(desk.act(by, case_id, "submit", {"declaration": True, "deferred": promise}))
    desk.claim(WINDOW, case_id)
    ok(desk.act(WINDOW, case_id, "accept", {"with_gaps": True}))
    return case_id


def make_up_a_gap(desk: Desk) -> None:
    """One gap is made up for, another will not be."""
    case_id = with_a_gap(desk, "云栖补")
    ok(desk.upload(AGENT, case_id, "premises"))
    ok(desk.act(AGENT, case_id, "make-up"))
    with_a_gap(desk, "云栖缺")


def revoke_it(desk: Desk, case_id: str) -> None:
    """Proposed and taken back, proposed and dropped, proposed and decided."""
    proposal = {"ground": "obtained_by_deceit", "facts": "住所证明系伪造"}
    ok(desk.act(REVIEWER, case_id, "propose-revocation", proposal))
    ok(desk.act(REVIEWER, case_id, "withdraw-revocation", {"reason": "已经查明"}))
    for decision in (
        {"revoked": False, "reason": "申辩成立", "dropped_for": "unfounded"},
        {"revoked": True, "reason": "查实"},
    ):
        ok(desk.act(REVIEWER, case_id, "propose-revocation", proposal))
        ok(desk.act(AGENT, case_id, "state-objection", {"text": "我方并不知情"}))
        desk.claim(APPROVER, case_id)
        ok(desk.act(APPROVER, case_id, "decide-revocation", decision))


def put_on_notice(desk: Desk) -> None:
    """One notice that somebody objects to, and one that nobody does and nobody follows up."""
    established = desk.decided(company={"trade_name": "云栖公"})
    uscc = desk.case(AGENT, established)["certificate"]["uscc"]
    member = member_of(uscc)
    objection = {"standing": "creditor", "name": "示范债权人", "reason": "尚有货款未结清"}
    for objected in (True, False):
        case_id = desk.draft_of(member, A9, A9_ANSWERS, A9_MATERIALS, uscc)
        notice = ok(desk.act(member, case_id, "publish-notice", {"declaration": True})).json["notice"]
        if objected:
            ok(desk.client(AGENT).post(f"/notices/{notice['id']}/objections", json=objection))


def pay_funds(desk: Desk) -> None:
    """One application for funds, from the window to the payment."""
    case_id = funds.examined(desk, funds.found(desk))
    funds.object_to(desk, AGENT, case_id)
    desk.claim(funds.ECONOMY, case_id)
    (objection,) = desk.get(funds.ECONOMY, f"/cases/{case_id}/objections").json["items"]
    answer = {"objection_id": objection["id"], "outcome": "dismissed", "text": "经核查不属实"}
    ok(desk.act(funds.ECONOMY, case_id, "answer-objection", answer))
    funds.let_the_notice_end(desk.system, case_id)
    ok(funds.decide(desk, case_id))
    desk.claim(funds.FINANCE, case_id)
    payment = {"amount_fen": funds.ASKED_FEN, "voucher": "拨付2026-0012"}
    ok(desk.act(funds.FINANCE, case_id, "record-payment", payment))


def keep_the_calendar(desk: Desk) -> None:
    """Everything that can be done to it; a notice given up, and one brought into force."""
    ok(prepare(desk))
    ok(desk.client(ADMIN).delete(f"{PATH}/draft", headers={"If-Match": '"1"'}))
    ok(prepare(desk))
    ok(publish(desk))


def file_on_a_promise(desk: Desk) -> tuple[FireDesk, str]:
    """One that is kept; and one that is to be corrected within the next days, which is returned."""
    fire = FireDesk(desk, company={"trade_name": "云栖消"})
    kept, wanting = fire.granted_on_promise(), fire.granted_on_promise()
    ok(fire.check(kept, True))
    ok(fire.check(wanting, False, "疏散通道被占用", correct_by="2026-11-27"))
    return fire, wanting


def keep_credit_records(desk: Desk) -> None:
    """One is entered and repaired."""
    body = {"uscc": "91990101MA0DEM013U", "source": "示范通报", "reason": "提供虚假材料"}
    entered = ok(desk.client(MANAGER).post("/credit-records", json=body))
    path = f"/credit-records/{entered.json['id']}/repair"
    headers = {"If-Match": entered.headers["ETag"]}
    ok(desk.client(MANAGER).post(path, json={"reason": "已核实"}, headers=headers))


def hand_over(desk: Desk) -> None:
    """Everything that is done about a case which another authority executes, by every errand there is."""
    uscc = desk.case(AGENT, desk.decided(company={"trade_name": "云栖转"}))["certificate"]["uscc"]
    member = member_of(uscc)
    simulator = desk.system.runtime("enterprise").context.resources.get(Simulator)
    simulator.clock = desk.system.clock
    odd = package(direct_debit={"account_number": "990100000000010000"})
    cases = [desk.draft_of(member, PACKAGE, answers, (), uscc) for answers in (odd, package())]
    simulator.fail("500")
    for case_id in cases:
        ok(desk.act(member, case_id, "submit", {"declaration": True}))
    desk.system.settle()
    desk.system.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined] # a test's own
    desk.system.settle()
    asked, decided = cases if desk.case(member, cases[0])["state"] == "correction" else cases[::-1]
    ok(desk.save(member, asked, {"direct_debit": package()["direct_debit"]}))
    ok(desk.act(member, asked, "answer-correction"))
    ok(desk.act(member, asked, "withdraw", {}))
    desk.system.settle()
    step = {"number": 1, "kind": "received", "effective_on": "2020-01-01"}
    body, headers = signed({"reference": decided, "steps": [step]})
    ok(desk.client(None).post(f"/handovers/{decided}/reports", data=body, headers=headers))
    ok(desk.act(MANAGER, decided, "retry-handover"))
    too_late = desk.draft_of(member, PACKAGE, package(), (), uscc)
    simulator.fail("lost")  # taken and decided there, which nobody knows here
    ok(desk.act(member, too_late, "submit", {"declaration": True}))
    desk.system.settle()
    ok(desk.act(member, too_late, "withdraw", {}))
    desk.system.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined] # as above
    desk.system.settle()


def under_an_old_version(desk: Desk) -> str:
    """A draft that was begun before the present version of its item came into force."""
    case_id = desk.draft(company={"trade_name": "云栖旧"})
    with desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        tx.session.get_one(Case, UUID(case_id)).item_version = OLD_VERSION
    return case_id


def about_to_end(desk: Desk) -> dict[str, Any]:
    """A food licence that is valid for forty days more, of which its holder is about to be reminded."""
    enter_register(desk)
    licence = licensed(desk, MARKET, "food-business-licence")
    with desk.system.runtime("enterprise").transaction(SYSTEM) as tx:
        found = tx.session.get_one(Certificate, licence["id"])
        found.valid_until = tx.today + timedelta(days=40)
        tx.schedule(REMIND_TIMER, licence["id"], tx.now, {"certificate_id": licence["id"]})
    return licence


def renew(desk: Desk, licence: dict[str, Any]) -> None:
    """Its renewal is handed in in time, and nobody decides on it; something is filed meanwhile."""
    body = {"item_code": "food-business-licence", "renews": licence["id"]}
    case_id = ok(desk.client(MEMBER).post("/cases", json=body)).json["id"]
    for material in ("application_form", "layout", "manager_proof", "safety_rules"):
        ok(desk.upload(MEMBER, case_id, material))
    handed_in(desk, case_id)
    handed_in(desk, drafted(desk, "prepackaged-food-filing"))


def settle_stuck(system: SystemUnderTest) -> None:
    """What operators do about what is stuck."""
    administrator = Actor(kind="account", id=AGENT.id, name="管理员", roles=frozenset({"administrator"}))
    client = system.client("notifications", administrator)
    with system.runtime("notifications").transaction(SYSTEM) as tx:
        tx.schedule("nobody", "1", tx.now, {})
    system.settle()
    (stuck,) = client.get("/stuck-events").get_json()["items"]
    for verb, body in (("replay", {}), ("discard", {"reason": "示范"})):
        version = client.get(f"/stuck-events/{stuck['id']}").headers["ETag"]
        path = f"/stuck-events/{stuck['id']}/{verb}"
        ok(client.post(path, json=body, headers={"If-Match": version}))


def test_every_operation_of_the_services_leaves_an_entry(
    make_postgres_system: SystemFactory, clock: ManualClock
) -> None:
    behind_the_edge = [with_an_old_version(enterprise), living, production, notifications]
    system = make_postgres_system(behind_the_edge, demo=True)
    desk = Desk(system)
    old_draft = under_an_old_version(desk)
    licence = about_to_end(desk)
    with watched() as watch, performing(watch) as performed:
        whole_life(desk)
        fire, wanting = file_on_a_promise(desk)
        keep_credit_records(desk)
        put_on_notice(desk)
        pay_funds(desk)
        kept = timers(system)
        system.settle()
        renew(desk, licence)
        ok(desk.act(AGENT, old_draft, "renew-version"))
        kept |= timers(system)
        system.settle()
        hand_over(desk)
        messages = desk.client(AGENT, "notifications")
        unread = messages.get("/messages").json["items"][0]["id"]
        ok(messages.post(f"/messages/{unread}/read", json={}))
        settle_stuck(system)

        late = desk.accepted(company={"trade_name": "云栖迟"})
        desk.claim(REVIEWER, late)
        kept |= timers(system)
        clock.advance(timedelta(days=38))
        system.settle()
        explained = {"reason": "申请量集中", "expected_on": "2027-02-26"}
        ok(desk.act(REVIEWER, late, "explain-overdue", explained))
        ok(fire.check(wanting, False, "仍被占用"))
        with_a_gap(desk, "云栖延", OTHER_AGENT)  # whose word has not been broken
        desk.submitted(company={"trade_name": "云栖默"})  # to be answered in a year without a calendar yet
        keep_the_calendar(desk)
        kept |= timers(system)
        system.settle()
        clock.advance(timedelta(days=30))  # nobody looks at it: it counts as accepted
        system.settle()

    turned_back_by_the_test = ["UPDATE case_fact", "UPDATE public_notice"]  # `let_the_notice_end`
    assert watch.silent == turned_back_by_the_test
    assert performed.silent == CHANGE_NOTHING
    assert performed.done == operations(system, *(service.name for service in behind_the_edge))
    for service in behind_the_edge:
        runtime = system.runtime(service.name)
        with runtime.read() as session:
            heard = set(session.scalars(sa.select(InboxMessage.type).where(InboxMessage.state == "done")))
        said_here = {type for type in service.handlers if type.split(".")[1] != gateway.name}
        assert heard == said_here, service.name
        assert set(service.timers) - {REDATE_TIMER} <= kept  # that one is made and kept by one settling
    with system.runtime("enterprise").read() as session:
        actions = set(session.scalars(sa.select(AuditEntry.action)))
    assert report(system.runtime("enterprise")).entries > len(actions)
    assert {"case.filed", "case.deemed-renewed"} <= actions
    assert {
        "case.discarded",
        "case.deemed-accepted",
        "case.redated",
        "case.warned",
        "enterprise.registered",
    } <= actions


def timers(system: SystemUnderTest) -> set[str]:
    """Names of the appointments there are."""
    with system.runtime("enterprise").read() as session:
        return set(session.scalars(sa.select(Timer.name)))


def test_the_demo_park_and_everything_that_is_done_to_accounts_leave_entries(
    make_postgres_system: SystemFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = make_postgres_system(installed_services(), demo=True, trusted_proxies=1)
    with watched() as watch, performing(watch) as performed:
        system.seed()
        system.settle()
        client = GatewayClient(system, system.edge_app.test_client(use_cookies=False)).sign_in("agent")
        from_there = {"X-Forwarded-For": "10.9.9.9, 198.51.100.7"}
        started = client.post(
            "/api/v1/enterprise/cases", json={"item_code": "00013112700401"}, headers=from_there
        )
        change_accounts(system)
    assert watch.silent == []
    own = {rule for rule in operations(system, "gateway") if rule.startswith("accounts.")}
    assert own and own <= performed.done - performed.silent

    case_id = ok(started).get_json()["id"]
    with system.runtime("enterprise").read() as session:
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.aggregate_id == case_id)).one()
    with system.runtime("gateway").read() as session:
        agent = find_by_username(session, "agent")
        by_account = sa.select(AuditEntry).where(AuditEntry.actor_kind == "account")
        issued = session.scalars(by_account.order_by(AuditEntry.position)).all()[-1]
    assert agent is not None
    assert (entry.actor_id, entry.actor_name, entry.address) == (agent.id, agent.name, "198.51.100.7")
    assert entry.request_id == started.headers["X-Request-Id"]
    assert (issued.action, issued.aggregate_id) == ("token.issued", str(agent.id))
    assert issued.address == "203.0.113.7"

    monkeypatch.setenv("YUANBAN_DATABASE_URL", system.settings.database_url)
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(system.settings.data_dir))
    verified = CliRunner().invoke(audit, ["verify"])
    assert verified.exit_code == 0, verified.output
    assert verified.output.count(": whole;") == len(installed_services())


DEPARTMENT = ("--department", "11990101MB0DEM2282")
RENAMED = ("--name-zh", "改名局", "--name-en", "Renamed")


def change_accounts(system: SystemUnderTest) -> None:
    """Everything that `yuanban accounts` does."""
    command = accounts_command(
        lambda: Runtime(gateway, system.settings, contracts_of(installed_services()), system.clock)
    )
    password = "a good long one\na good long one\n"
    for typed, *arguments in (
        (password, "add", "chief", "--role", "administrator"),
        (password, "set-password", "chief"),
        ("", "set-roles", "chief", "--role", "auditor"),
        ("", "appoint", "chief", *DEPARTMENT, "--position", "window"),
        ("", "appoint", "chief", *DEPARTMENT, *RENAMED, "--position", "window"),
        ("", "disable", "chief"),
        ("", "enable", "chief"),
        ("", "rotate-key"),
    ):
        result = CliRunner().invoke(command, arguments, input=typed)
        assert result.exit_code == 0, (arguments, result.output)


def test_the_watch_sees_what_is_changed_without_a_word(make_postgres_system: SystemFactory) -> None:
    """Otherwise the two above would prove nothing."""
    system = make_postgres_system([enterprise], demo=True)
    desk = Desk(system)
    runtime = system.runtime("enterprise")
    with watched() as watch:
        case_id = desk.draft()
        assert watch.silent == [] and watch.entries > 2
        with runtime.transaction(SYSTEM) as tx:
            tx.session.execute(sa.text("UPDATE approval_case SET subject_name = 'x'"))
        assert watch.silent.pop() == "UPDATE approval_case"
        with runtime.transaction(SYSTEM) as tx:
            tx.session.scalars(sa.select(Case)).one().subject_name = "y"
            tx.audit("something", "else", "1")
        assert watch.silent.pop() == f"Case {case_id}"
        with pytest.raises(RuntimeError), runtime.transaction(SYSTEM) as tx:
            tx.session.execute(sa.text("DELETE FROM case_material"))
            raise RuntimeError
        with runtime.transaction(SYSTEM) as tx:
            tx.session.execute(sa.text("DELETE FROM case_material WHERE code = 'none'"))
        assert watch.silent == []
