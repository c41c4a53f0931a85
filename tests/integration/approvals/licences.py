"""Licences that organisations apply for: filed as their examples say, and taken through their offices."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from approvals.enterprise.demo.enterprises import enter_enterprises
from approvals.items.examples import load_examples
from approvals.items.loader import shipped_data
from shared.actor import Actor
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import member_of, official

HOLDER = "91990101MA0DEM0569"
"""A company of the demo park that makes and sells food."""
MEMBER = member_of(HOLDER)


@dataclass(frozen=True, slots=True)
class Office:
    """The three officials of a department who handle its cases."""

    window: Actor
    reviewer: Actor
    approver: Actor


def office(department: str) -> Office:
    """The officials of a department."""
    return Office(
        official("window", 31, department),
        official("reviewer", 32, department),
        official("approver", 33, department),
    )


MARKET = office("11990101MB0DEM236W")
EMERGENCY = office("11990101MB0DEM279A")


@cache
def sound(slug: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Answers and materials of the first example of an item, which is in order."""
    file = next(file for file in load_examples(shipped_data()) if file.item == slug)
    first = file.examples[0]
    return first.answers, tuple(sorted(first.materials or ()))


def enter_register(desk: Desk) -> None:
    """Have the demo enterprises in the register."""
    enter_enterprises(desk.system.runtime("enterprise"))


def drafted(desk: Desk, slug: str, **changes: Any) -> str:
    """A complete draft of the holder's; `changes` are sections said otherwise."""
    answers, materials = sound(slug)
    # What the register knows is not said again.
    holder = {key: answers["holder"][key] for key in ("contact_name", "contact_mobile")}
    return desk.draft_of(MEMBER, slug, {**answers, "holder": holder, **changes}, materials, HOLDER)


def handed_in(desk: Desk, case_id: str) -> str:
    """The draft, handed in."""
    answer = desk.act(MEMBER, case_id, "submit", {"declaration": True})
    assert answer.status_code == 200, answer.text
    return case_id


def accepted(desk: Desk, people: Office, case_id: str) -> str:
    """The case, accepted by the window."""
    desk.claim(people.window, case_id)
    answer = desk.act(people.window, case_id, "accept")
    assert answer.status_code == 200, answer.text
    return case_id


def reviewed(desk: Desk, people: Office, case_id: str, **inspection: Any) -> str:
    """The case with a favourable opinion; `inspection` is what is said of the visit otherwise."""
    item = desk.get(None, f"/items/{desk.case(MEMBER, case_id)['item']['slug']}").json
    today = desk.system.clock.today()
    visit = {"on": today.isoformat(), "inspectors": ["示范核查员甲", "示范核查员乙"], "findings": "符合"}
    checks = [{"key": check["key"], "result": "pass"} for check in item["review_checks"]]
    opinion = {
        "conclusion": "approve",
        "text": "符合条件",
        "checks": checks,
        "inspection": {**visit, **inspection},
    }
    answer = desk.on_task(people.reviewer, desk.claim(people.reviewer, case_id), "opinion", opinion)
    assert answer.status_code == 200, answer.text
    return case_id


def granted(desk: Desk, people: Office, case_id: str) -> dict[str, Any]:
    """The certificate of the case, decided by the approver."""
    desk.claim(people.approver, case_id)
    answer = desk.act(people.approver, case_id, "decide", {"granted": True})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = desk.case(MEMBER, case_id)["certificate"]
    return found


def licensed(desk: Desk, people: Office, slug: str) -> dict[str, Any]:
    """A licence of the holder's, from the draft to the grant; with the case it belongs to as `case_id`."""
    case_id = accepted(desk, people, handed_in(desk, drafted(desk, slug)))
    return {**granted(desk, people, reviewed(desk, people, case_id)), "case_id": case_id}
