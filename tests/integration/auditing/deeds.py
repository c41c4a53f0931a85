"""Everything that can be done to cases, to the calendar and beside them: what the trail has to know of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from approvals.cases.model import Case
from approvals.certificates.model import Certificate
from approvals.handovers.simulator.app import Simulator
from approvals.renewals.commands import REMIND_TIMER
from shared.actor import SYSTEM, Actor
from shared.testing.answers import A9, A9_ANSWERS, A9_MATERIALS, a1_answers
from shared.testing.systems import SystemUnderTest
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
    OTHER_WINDOW,
    REVIEWER,
    WINDOW,
    member_of,
)
from tests.integration.approvals.tax import PACKAGE, package, signed
from tests.park.park import OLD_VERSION

POINT = {"items": [{"target": "/answers/contacts/liaison_mobile", "requirement": "请核对"}]}


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


def suspend_and_resume(desk: Desk) -> None:
    """The business of a company."""
    founded = desk.case(AGENT, desk.decided(company={"trade_name": "云栖歇"}))
    path = f"/enterprises/{founded['certificate']['uscc']}"
    for verb in ("suspend", "resume"):
        headers = {"If-Match": desk.get(APPROVER, path).headers["ETag"]}
        ok(desk.client(APPROVER).post(f"{path}/{verb}", json={"reason": "受灾停产"}, headers=headers))


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
