"""Business that is suspended and resumed: entered by the registration authority, heard by others."""

from typing import Any

import pytest

from shared.actor import Actor
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER, MANAGER, REVIEWER, WINDOW, member_of, official

ELSEWHERE = official("approver", 31, department="11990101MB0DEM3363")


def founded(desk: Desk) -> str:
    """The credit code of a company that was registered just now."""
    uscc: str = desk.case(AGENT, desk.decided())["certificate"]["uscc"]
    return uscc


def enter(desk: Desk, actor: Actor, uscc: str, verb: str, reason: str = "受灾停产", **headers: str) -> Any:
    """Suspend or resume, at the present version unless `If_Match` says otherwise."""
    path = f"/enterprises/{uscc}"
    etag = headers.get("If_Match") or desk.get(actor, path).headers["ETag"]
    return desk.client(actor).post(f"{path}/{verb}", json={"reason": reason}, headers={"If-Match": etag})


def test_a_suspension_and_its_end_reach_whoever_keeps_a_copy(desk: Desk) -> None:
    uscc = founded(desk)
    assert desk.get(APPROVER, f"/enterprises/{uscc}").json["actions"] == ["suspend"]

    suspended = enter(desk, APPROVER, uscc, "suspend")
    desk.system.settle()

    assert (suspended.json["status"], suspended.json["actions"]) == ("suspended", ["resume"])
    copy = f"/enterprises/{uscc}"
    member = member_of(uscc)
    assert desk.client(member, "production").get(copy).json["status"] == "suspended"
    assert enter(desk, APPROVER, uscc, "resume", "复工").json["status"] == "active"
    desk.system.settle()
    assert desk.client(member, "living").get(copy).json["status"] == "active"
    entries = desk.get(member, f"{copy}/standing").json["items"]
    assert [(each["status"], each["reason"]) for each in entries] == [
        ("active", "复工"),
        ("suspended", "受灾停产"),
    ]


@pytest.mark.parametrize("actor", [AGENT, WINDOW, REVIEWER, MANAGER, ELSEWHERE])
def test_only_deciders_of_the_registration_authority_enter_it(sqlite_desk: Desk, actor: Actor) -> None:
    uscc = founded(sqlite_desk)
    assert sqlite_desk.get(actor, f"/enterprises/{uscc}").json["actions"] == []
    assert enter(sqlite_desk, actor, uscc, "suspend").status_code == 403
    assert sqlite_desk.get(AGENT, f"/enterprises/{uscc}").json["status"] == "active"


def test_it_needs_a_reason_a_known_enterprise_and_the_version_seen(sqlite_desk: Desk) -> None:
    uscc = founded(sqlite_desk)
    blank = enter(sqlite_desk, APPROVER, uscc, "suspend", "  ")
    assert [each["pointer"] for each in blank.json["errors"]] == ["/reason"]
    assert enter(sqlite_desk, APPROVER, uscc, "suspend", "x" * 1001).status_code == 422
    assert enter(sqlite_desk, APPROVER, uscc, "suspend", If_Match='"99"').status_code == 412
    assert enter(sqlite_desk, APPROVER, "91990101MA19YYYYXD", "suspend", If_Match='"1"').status_code == 404
    assert sqlite_desk.get(AGENT, f"/enterprises/{uscc}/standing").json["items"] == []


def test_what_does_not_fit_the_standing_is_refused(sqlite_desk: Desk) -> None:
    uscc = founded(sqlite_desk)
    assert enter(sqlite_desk, APPROVER, uscc, "resume").json["type"].endswith("not-suspended")
    assert enter(sqlite_desk, APPROVER, uscc, "suspend").status_code == 200
    assert enter(sqlite_desk, APPROVER, uscc, "suspend").json["type"].endswith("not-active")


def test_a_suspended_enterprise_applies_for_nothing_until_it_resumes(sqlite_desk: Desk) -> None:
    uscc = founded(sqlite_desk)
    assert enter(sqlite_desk, APPROVER, uscc, "suspend").status_code == 200
    member = member_of(uscc)
    refused = sqlite_desk.start(member, "simple-deregistration", uscc)
    assert (refused.status_code, refused.json["type"].rpartition(":")[2]) == (
        409,
        "organisation-not-registered",
    )
