"""The demo park behind its edge, in one process: who may ask, and the real things they may ask for."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from facilities.capacity.statements import Month
from gateway.accounts.demo import demo_usernames
from shared.config import DEMO_PASSWORD
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.service import installed_services
from shared.testing.answers import A1_MATERIALS
from shared.testing.contract import Json, resolve
from shared.testing.systems import SystemFactory, SystemUnderTest

ANONYMOUS = "anonymous"
ROLES = (ANONYMOUS, *sorted(demo_usernames()))
BODY = "11990101MB0DEM2282"
"""The department that handles most of what the demo park has."""
NOWHERE = "01890000-0000-7000-8000-00000000ffff"
"""The id of nothing."""
_STUCK_EVENTS = 40  # each is there until somebody discards it


class Park:
    """Everything installed, seeded, with events that are stuck; requests go through the edge."""

    def __init__(self, make: SystemFactory) -> None:
        self.system: SystemUnderTest = make(installed_services(), demo=True, parking_provider="sandbox")
        self.system.seed()
        self.http: FlaskClient = self.system.edge_app.test_client(use_cookies=False)
        self.tokens = {name: self._token(name) for name in ROLES if name != ANONYMOUS}
        self.document: Json = self.http.get("/api/v1/openapi.json").get_json()
        self.askers = [name for name in ROLES if self._stands_for_itself(name)]
        self._stuck = {name: list(self._get_stuck(name)) for name in self.system.runtimes}
        self._known = {name: self._things_of(name) for name in ROLES}

    def authorisation(self, role: str) -> dict[str, str]:
        """The header that says who asks."""
        return {} if role == ANONYMOUS else {"Authorization": f"Bearer {self.tokens[role]}"}

    def ask(self, role: str, method: str, path: str, **options: Any) -> TestResponse:
        """A request below `/api/v1` in the name of a role."""
        headers = {**self.authorisation(role), **options.pop("headers", {})}
        return self.http.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def things(self, role: str, path: str, name: str) -> list[Any]:
        """Real values for a placeholder of a path, such as this role may know of where there are any."""
        if name == "stuck_id":
            return self._stuck[path.split("/")[3]]
        if name == "year":
            return [2026, 2027, 2027]
        if name == "code":
            return ["company-establishment"] if "/items/" in path else list(A1_MATERIALS)
        return self._known[role].get(name) or self._known["manager"].get(name) or [NOWHERE]

    def present_version(self, role: str, path: str) -> str | None:
        """The version of what a verb or a change is about, as the role reads it now."""
        parts = path.removeprefix("/api/v1").split("/")
        parts_of_whole = 6 if "materials" in parts else 5 if {"quality", "parking"} & set(parts) else 4
        whole = "/".join(parts[:parts_of_whole])
        answer = self.ask(role, "GET", whole)
        return answer.headers.get("ETag") if answer.status_code == 200 else None

    def example_of(self, path: str, method: str) -> Any:
        """A copy of the example of what an operation is sent."""
        content = self.document["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]
        return deepcopy(resolve(self.document, content["examples"]["example"])["value"])

    def _stands_for_itself(self, role: str) -> bool:
        """Officials of further departments are answered as those of the first who hold no claim there."""
        if role == ANONYMOUS:
            return True
        positions = self.ask(role, "GET", "/me").get_json()["positions"]
        return all(each["department"]["code"] == BODY for each in positions)

    def _token(self, username: str) -> str:
        answer = self.http.post("/api/v1/auth/token", json={"username": username, "password": DEMO_PASSWORD})
        return str(answer.get_json()["access_token"])

    def _get_stuck(self, service: str) -> Iterator[str]:
        """Put events before a service that none of its handlers wants."""
        consumer = Consumer(self.system.runtime(service))
        for _ in range(_STUCK_EVENTS):
            event_id = str(new_id())
            sample = Path(__file__).with_name("samples") / "yuanban.enterprise.case.submitted.v1.json"
            body = sample.read_text().replace("case.submitted", "case.swallowed")
            consumer.receive(body.replace("0197a1c4-6b1e-7c3a-9a52-3f0a4f6c2001", event_id).encode())
            yield event_id

    def _things_of(self, role: str) -> dict[str, list[Any]]:
        if role == ANONYMOUS:
            return {}
        cases = self._items(role, "/enterprise/cases?limit=100")
        found = {
            "case_id": [each["id"] for each in cases],
            "task_id": [each["id"] for each in self._items(role, "/enterprise/tasks?limit=100")],
            "message_id": [each["id"] for each in self._items(role, "/notifications/messages?limit=100")],
            "uscc": [each["uscc"] for each in self._items(role, "/enterprise/enterprises?limit=100")],
            "number": [1, 1, 1, 2],
            "firm": [each["uscc"] for each in self._items(role, "/production/enterprises?limit=100")],
            "month": [str(Month.of(self.system.clock.now()))],
            "machine_id": [each["id"] for each in self._items(role, "/production/machines?limit=100")],
            "booking_id": [
                each["id"] for each in self._items(role, "/production/machine-bookings?limit=100")
            ],
            "series_id": [each["id"] for each in self._items(role, "/production/machine-series?limit=100")],
            "dispute_id": [
                each["id"] for each in self._items(role, "/production/machine-disputes?limit=100")
            ],
            "rating_id": [each["id"] for each in self._items(role, "/production/machine-ratings?limit=100")],
        }
        found |= self._parking_of(role)
        for each in cases:
            if each["state"] == "granted":
                whole = self.ask(role, "GET", f"/enterprise/cases/{each['id']}").get_json()
                found.setdefault("certificate_id", []).append(whole["certificate"]["id"])
        return found

    def _parking_of(self, role: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {"lot_id": [], "zone_id": [], "lane_id": [], "device_id": []}
        found |= {"listing_id": [], "bay_id": [], "charge_id": []}
        for lot in self._items(role, "/living/parking/lots"):
            path = f"/living/parking/lots/{lot['id']}"
            whole = self.ask(role, "GET", path).get_json()
            devices = [device for lane in whole["lanes"] for device in lane["devices"] or ()]
            listings, charges = (self._items(role, f"{path}/{name}") for name in ("listings", "charges"))
            charging = [f"/living/parking/zones/{z['id']}" for z in whole["zones"] if z["kind"] == "charging"]
            bays = [bay for zone in charging for bay in self._items(role, f"{zone}/bays")]
            found["lot_id"].append(lot["id"])
            for name, things in (
                ("zone_id", whole["zones"]),
                ("lane_id", whole["lanes"]),
                ("device_id", devices),
                ("listing_id", listings),
                ("bay_id", bays),
                ("charge_id", charges),
            ):
                found[name] += [each["id"] for each in things]
        return found

    def slips(self, role: str, case_id: str) -> list[str]:
        """The slips of one case."""
        return [each["id"] for each in self._items(role, f"/enterprise/cases/{case_id}/slips")]

    def _items(self, role: str, path: str) -> list[Json]:
        found: list[Json] = (self.ask(role, "GET", path).get_json() or {}).get("items", [])
        return found


def closed(document: Mapping[str, Any]) -> Json:
    """The description with every object closed: an answer with a member that is not described is wrong."""
    copied: Json = deepcopy(dict(document))
    for schema in copied["components"]["schemas"].values():
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
    return copied


def answers_of(document: Json, operation: Json) -> Iterator[tuple[int, Json]]:
    """The answers of an operation, references resolved."""
    for status, answer in operation["responses"].items():
        yield int(status), resolve(document, answer)
