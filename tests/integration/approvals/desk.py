"""Driving a case through its life by the API, one verb a method."""

from collections.abc import Iterable
from typing import Any

from shared.actor import Actor
from shared.testing.answers import A1_MATERIALS, a1_answers
from shared.testing.systems import SystemUnderTest
from tests.integration.approvals.people import AGENT, APPROVER, REVIEWER, WINDOW
from tests.unit.material_samples import pdf

ITEM = "00013112700401"


class Desk:
    """The API of `enterprise` as its users use it: reads the version, then acts.

    `answers` are what its applications say other than usual, section by section, unless a test says more;
    they are made for the organisation with the credit code `on_behalf_of`, if one is given.
    """

    def __init__(self, system: SystemUnderTest, on_behalf_of: str | None = None, **answers: Any) -> None:
        self.system = system
        self.on_behalf_of = on_behalf_of
        self._answers = answers

    def client(self, actor: Actor | None, service: str = "enterprise") -> Any:
        """Sends requests as `actor`; an `ApiClient` whose answers' JSON may be looked into freely."""
        return self.system.client(service, actor)

    def get(self, actor: Actor | None, path: str, **options: Any) -> Any:
        """GET as `actor`."""
        return self.client(actor).get(path, **options)

    def case(self, actor: Actor, case_id: str) -> dict[str, Any]:
        """The case file as `actor` sees it."""
        answer = self.get(actor, f"/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def act(self, actor: Actor, case_id: str, verb: str, body: Any = None, **headers: str) -> Any:
        """POST a verb on a case, at its present version unless `If_Match` says otherwise."""
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        if "If-Match" not in sent:
            sent["If-Match"] = self.get(actor, f"/cases/{case_id}").headers.get("ETag", '"0"')
        client = self.client(actor)
        return client.post(f"/cases/{case_id}/{verb}", json=body or {}, headers=sent)

    def save(self, actor: Actor, case_id: str, answers: Any) -> Any:
        """PATCH answers."""
        etag = self.get(actor, f"/cases/{case_id}").headers.get("ETag", '"0"')
        client = self.client(actor)
        return client.patch(f"/cases/{case_id}", json={"answers": answers}, headers={"If-Match": etag})

    def discard(self, actor: Actor, case_id: str, **headers: str) -> Any:
        """DELETE a draft, at its present version unless `If_Match` says otherwise."""
        etag = headers.get("If_Match") or self.get(actor, f"/cases/{case_id}").headers.get("ETag", '"0"')
        return self.client(actor).delete(f"/cases/{case_id}", headers={"If-Match": etag})

    def upload(self, actor: Actor, case_id: str, code: str, data: bytes | None = None, **headers: str) -> Any:
        """PUT a material; a first upload unless headers say otherwise."""
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        sent.setdefault("Content-Type", "application/pdf")
        sent.setdefault("Content-Disposition", f"attachment; filename={code}.pdf")
        if "If-Match" not in sent:
            sent.setdefault("If-None-Match", "*")
        client = self.client(actor)
        return client.put(f"/cases/{case_id}/materials/{code}", data=data or pdf(), headers=sent)

    def draft(self, actor: Actor = AGENT, **overrides: Any) -> str:
        """A complete draft."""
        answers = a1_answers(**{**self._answers, **overrides})
        return self.draft_of(actor, ITEM, answers, A1_MATERIALS, self.on_behalf_of)

    def start(self, actor: Actor, item: str, on_behalf_of: str | None = None) -> Any:
        """POST /cases for any item."""
        return self.client(actor).post("/cases", json={"item_code": item, "on_behalf_of": on_behalf_of})

    def draft_of(
        self, actor: Actor, item: str, answers: Any, materials: Iterable[str], on_behalf_of: str | None = None
    ) -> str:
        """A draft of any item with these answers and materials."""
        started = self.start(actor, item, on_behalf_of)
        assert started.status_code == 201, started.text
        case_id: str = started.json["id"]
        saved = self.save(actor, case_id, answers)
        assert saved.status_code == 200, saved.text
        for code in materials:
            handed_in = self.upload(actor, case_id, code)
            assert handed_in.status_code == 201, handed_in.text
        return case_id

    def submitted(self, actor: Actor = AGENT, **overrides: Any) -> str:
        """A case that was just handed in."""
        case_id = self.draft(actor, **overrides)
        answer = self.act(actor, case_id, "submit", {"declaration": True})
        assert answer.status_code == 200, answer.text
        return case_id

    def task(self, actor: Actor, case_id: str) -> dict[str, Any]:
        """The live task on a case."""
        found: dict[str, Any] = self.get(actor, f"/cases/{case_id}/task").json
        return found

    def on_task(self, actor: Actor, task: dict[str, Any], verb: str, body: Any = None) -> Any:
        """POST a verb on a task at the version it was read."""
        client = self.client(actor)
        headers = {"If-Match": f'"{task["version"]}"'}
        return client.post(f"/tasks/{task['id']}/{verb}", json=body or {}, headers=headers)

    def claim(self, actor: Actor, case_id: str) -> dict[str, Any]:
        """Claim the live task on a case; gives the task as it is then."""
        answer = self.on_task(actor, self.task(actor, case_id), "claim")
        assert answer.status_code == 200, answer.text
        claimed: dict[str, Any] = answer.json
        return claimed

    def accepted(self, **overrides: Any) -> str:
        """A case the window has accepted."""
        case_id = self.submitted(**overrides)
        self.claim(WINDOW, case_id)
        answer = self.act(WINDOW, case_id, "accept")
        assert answer.status_code == 200, answer.text
        return case_id

    def checks(self, result: str = "pass") -> list[dict[str, str]]:
        """The reviewer's check list, filled in alike."""
        item = self.get(None, f"/items/{ITEM}").json
        return [{"key": check["key"], "result": result, "note": "见材料"} for check in item["review_checks"]]

    def reviewed(self, conclusion: str = "approve", **overrides: Any) -> str:
        """A case with an opinion."""
        case_id = self.accepted(**overrides)
        task = self.claim(REVIEWER, case_id)
        body = {"conclusion": conclusion, "text": "材料齐全", "checks": self.checks()}
        answer = self.on_task(REVIEWER, task, "opinion", body)
        assert answer.status_code == 200, answer.text
        return case_id

    def decided(self, granted: bool = True, reason: str = "", **overrides: Any) -> str:
        """A case with its decision."""
        case_id = self.reviewed(**overrides)
        self.claim(APPROVER, case_id)
        answer = self.act(APPROVER, case_id, "decide", {"granted": granted, "reason": reason})
        assert answer.status_code == 200, answer.text
        return case_id
