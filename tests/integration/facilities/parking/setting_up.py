"""Setting up car parks over HTTP, and who asks."""

from copy import deepcopy
from typing import Any

from shared.actor import Actor
from shared.ids import new_id
from shared.testing.systems import SystemUnderTest

LOT: dict[str, Any] = {
    "code": "P1",
    "name": {"zh": "一号停车场", "en": "Car park 1"},
    "place": "园区东门",
    "operator_name": "示范园区物业",
    "complaint_phone": "0990-1234567",
    "hours": [],
    "drive_in": True,
    "rules": {"horizon_days": 30, "longest_min": 4320},
}
TARIFF: dict[str, Any] = {
    "name": {"zh": "首小时5元", "en": "5 yuan the first hour"},
    "rates": [
        {
            "classes": ["small"],
            "free_minutes": 30,
            "free_included": True,
            "first": {"minutes": 60, "fen": 500},
            "unit": {"minutes": 60, "fen": 100},
            "period": {"window": "calendar_day", "caps_fen": [1000], "shared": True},
        }
    ],
}


def person(*roles: str) -> Actor:
    """Somebody with these roles."""
    return Actor(kind="account", id=new_id(), name="停车管理员", roles=frozenset(roles))


OPERATOR, MANAGER, RESIDENT = person("operator"), person("manager"), person("resident")


class SettingUp:
    """Asks the living service, about each thing at its present version."""

    def __init__(self, system: SystemUnderTest) -> None:
        self.system = system

    def ask(self, actor: Actor, method: str, path: str, **options: Any) -> Any:
        """A request below `/parking`."""
        return self.system.client("living", actor).send(method, f"/parking{path}", **options)

    def get(self, path: str, actor: Actor = OPERATOR, **query: Any) -> Any:
        """What is read at a path."""
        return self.ok(self.ask(actor, "GET", path, query_string=query))

    def ok(self, answer: Any) -> Any:
        """The body of an answer that is no refusal."""
        assert answer.status_code < 300, answer.text
        return answer.get_json()

    def create(self, **changes: Any) -> Any:
        """The answer to somebody who sets up a car park."""
        return self.ask(OPERATOR, "POST", "/lots", json={**deepcopy(LOT), **changes})

    def on(
        self, thing: str, verb: str = "", body: Any = None, method: str = "POST", actor: Actor = OPERATOR
    ) -> Any:
        """A change of `/lots/…`, `/zones/…`, `/lanes/…` or `/devices/…` at its present version."""
        version = self.ask(OPERATOR, "GET", thing).headers.get("ETag", '"1"')
        path = f"{thing}/{verb}".rstrip("/")
        return self.ask(actor, method, path, json=body or {}, headers={"If-Match": version})

    def put(self, thing: str, body: Any) -> Any:
        """Describe something anew."""
        return self.on(thing, body=body, method="PUT")

    def zone(self, lot: str, code: str = "A", capacity: int = 4, **more: Any) -> str:
        """The id of a zone that is added to a car park."""
        body = {"code": code, "name": {"zh": code, "en": code}, "kind": "general", **more}
        made: str = self.ok(self.on(lot, "zones", {**body, "capacity": capacity}))["id"]
        return made

    def lane(self, lot: str, direction: str, **metres: int) -> str:
        """The id of a lane that is added to a car park."""
        body = {
            "code": direction,
            "name": {"zh": direction, "en": direction},
            "direction": direction,
            "metres": [{"zone_id": zone, "metres": far} for zone, far in metres.items()],
        }
        made: str = self.ok(self.on(lot, "lanes", body))["id"]
        return made


def refusal(answer: Any) -> tuple[int, str, set[tuple[str, str]]]:
    """Status, kind, and what is wrong where, in a refusal."""
    problem = answer.get_json()
    wrong = {(each["pointer"], each["code"]) for each in problem.get("errors", ())}
    return answer.status_code, problem["type"].rpartition(":")[2], wrong
