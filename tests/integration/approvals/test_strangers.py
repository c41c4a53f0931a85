"""Whoever may not know of a case learns nothing of it, on any route; nobody gets in with a wrong token."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.actor import Actor, Membership
from shared.clock import ManualClock
from shared.testing.edge import StandInEdge
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import (
    AGENT,
    APPROVER,
    AUDITOR,
    OTHER_AGENT,
    REVIEWER,
    WINDOW,
    official,
)
from tests.integration.approvals.refusals import nothing_changes, refusal
from tests.integration.approvals.test_versions import VERBS
from tests.unit.material_samples import pdf

ELSEWHERE = "11990101MB0DEM3399"
OF_ANOTHER_DEPARTMENT = official("window", 31, ELSEWHERE)
MEMBER_ELSEWHERE = Actor(
    kind="account",
    id=UUID(int=41),
    name="别家企业成员",
    roles=frozenset({"applicant", "enterprise_member"}),
    memberships=(Membership(UUID(int=5), "91990101MA0DEM013U", "别家企业", "administrator"),),
)
WITHOUT_POSITION = Actor(kind="account", id=UUID(int=42), name="园区工作人员", roles=frozenset({"official"}))
STRANGERS = [OTHER_AGENT, OF_ANOTHER_DEPARTMENT, MEMBER_ELSEWHERE, WITHOUT_POSITION]


def _requests(case_id: str, slip_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every route that names a case, with a request that would be sound for its owner."""
    at = {"headers": {"If-Match": '"1"'}}
    case = f"/cases/{case_id}"
    upload = {"data": pdf(), "headers": {"If-None-Match": "*", "Content-Type": "application/pdf"}}
    return [
        ("GET", case, {}),
        ("PATCH", case, {"json": {"answers": {}}, **at}),
        ("DELETE", case, at),
        ("POST", f"{case}/check", {}),
        ("POST", f"{case}/check?section=company", {}),
        ("GET", f"{case}/timeline", {}),
        ("GET", f"{case}/deadline", {}),
        ("GET", f"{case}/slips", {}),
        ("GET", f"{case}/slips/{slip_id}", {}),
        ("GET", f"{case}/certificate", {}),
        ("GET", f"{case}/materials/articles", {}),
        ("GET", f"{case}/materials/articles/pages/1", {}),
        ("PUT", f"{case}/materials/articles", upload),
        ("DELETE", f"{case}/materials/articles", at),
        *[("POST", f"{case}/{verb}", {"json": body, **at}) for verb, body in VERBS.items()],
    ]


def test_a_draft_is_known_to_its_owner_alone(lasting_desk: Desk) -> None:
    case_id = lasting_desk.draft()
    for reader in (WINDOW, REVIEWER, APPROVER, AUDITOR, *STRANGERS):
        for method, path, options in _requests(case_id, str(uuid4())):
            refusal(lasting_desk.client(reader).send(method, path, **options), 404, "not-found")
        listed = lasting_desk.get(reader, "/cases?limit=100").json["items"]
        assert case_id not in [case["id"] for case in listed]


def test_a_slip_is_found_under_its_own_case_only(lasting_desk: Desk) -> None:
    one, other = lasting_desk.submitted(), lasting_desk.submitted()
    slip = lasting_desk.get(AGENT, f"/cases/{one}/slips").json["items"][0]["id"]
    assert lasting_desk.get(AGENT, f"/cases/{one}/slips/{slip}").status_code == 200
    refusal(lasting_desk.get(AGENT, f"/cases/{other}/slips/{slip}"), 404)


def test_officials_and_strangers_cannot_apply_for_others(lasting_desk: Desk) -> None:
    body = {"item_code": "company-establishment"}
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.client(WINDOW).post("/cases", json=body), 403)
        for_others = {**body, "on_behalf_of": "91990101MA0DEM013U"}
        refusal(lasting_desk.client(AGENT).post("/cases", json=for_others), 403)
        refusal(lasting_desk.client(AGENT).post("/cases", json={"item_code": "nothing"}), 404)


def _forged(token: str, **changes: Any) -> str:
    """The token with other claims under the old signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    body = base64.urlsafe_b64encode(json.dumps({**claims, **changes}).encode()).decode().rstrip("=")
    return f"{header}.{body}.{signature}"


def _unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."


def test_no_wrong_token_gets_in(sqlite_desk: Desk, clock: ManualClock) -> None:
    case_id = sqlite_desk.submitted()
    genuine = sqlite_desk.system.token(AGENT, "enterprise")
    clock.advance(timedelta(days=1))
    of_tomorrow = sqlite_desk.system.token(AGENT, "enterprise")
    clock.advance(timedelta(days=-1))
    wrong = {
        "nobody": None,
        "empty": "",
        "words": "let me in",
        "parts": "a.b.c",
        "cut": genuine[:-4],
        "unsigned": _unsigned(genuine),
        "another person": _forged(genuine, sub=str(UUID(int=11))),
        "another role": _forged(genuine, roles=["administrator"]),
        "longer life": _forged(genuine, exp=4_000_000_000),
        "another service": sqlite_desk.system.token(AGENT, "living"),
        "another edge": StandInEdge().token(AGENT, "enterprise", clock),
        "tomorrow": of_tomorrow,
    }
    anonymous = sqlite_desk.client(None)

    def refused(tokens: dict[str, str | None]) -> None:
        for meaning, token in tokens.items():
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            for method, path, options in _requests(case_id, str(uuid4())):
                sent = {**options, "headers": {**options.get("headers", {}), **headers}}
                answer = anonymous.send(method, path, **sent)
                assert answer.status_code == 401, f"{meaning}: {method} {path} {answer.text}"
                assert refusal(answer, 401, "unauthenticated") and answer.headers["WWW-Authenticate"]

    with nothing_changes(sqlite_desk.system):
        refused(wrong)
        header = {"Authorization": f"Bearer {genuine}"}
        assert anonymous.get(f"/cases/{case_id}", headers=header).status_code == 200
        clock.advance(timedelta(minutes=2))
        refused({"expired": genuine})


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_another_scheme_than_bearer_is_nobody(lasting_desk: Desk, scheme: str) -> None:
    token = lasting_desk.system.token(AGENT, "enterprise")
    headers = {"Authorization": f"{scheme} {token}".strip()}
    refusal(lasting_desk.client(None).get("/cases", headers=headers), 401, "unauthenticated")
