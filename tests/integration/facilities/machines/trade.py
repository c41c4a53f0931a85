"""Two registered firms, one that offers machines and one that books them, and requests in their names."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from shared.actor import Actor, Membership
from shared.clock import ManualClock
from shared.ids import new_id
from tests.integration.assembly import REGISTERED, Assembly

OWNER, CUSTOMER, THIRD = "91990101MA0DEM013U", "91990101MA0DEM048E", "91990101MA0DEM021N"
NAMES = {
    OWNER: "示范市云栖湾精密传动有限公司",
    CUSTOMER: "示范市岚桥机器人有限公司",
    THIRD: "示范市澜川新能源材料有限公司",
}
MACHINE: dict[str, Any] = {
    "owner": OWNER,
    "name": {"zh": "五轴加工中心", "en": "Five-axis machining centre"},
    "note": "",
    "process": "five_axis",
    "materials": ["titanium", "alloy_steel"],
    "accuracy_um": 5,
    "travel_mm": {"x": 800, "y": 650, "z": 500},
    "place": "1号楼 精密车间",
    "units": 1,
    "operator": "extra",
    "crew_id": None,
    "confidentiality": "agreement",
    "qualification": "精度检定报告",
    "qualified_until": "2027-06-30",
    "hours": [{"weekday": day, "since": "08:00", "until": "20:00"} for day in range(1, 6)],
    "rules": {
        "notice_min": 60,
        "horizon_days": 30,
        "shortest_min": 60,
        "longest_min": 480,
        "start_grid_min": 30,
        "before_min": 0,
        "set_up_min": 30,
        "after_min": 0,
        "needs_approval": True,
    },
    "cancellation": {
        "tiers": [{"hours": 24, "price_percent": 100}, {"hours": 4, "price_percent": 50}],
        "late_deposit_percent": 100,
        "no_show_deposit_percent": 50,
        "no_show_fee_fen": 0,
    },
    "price": {
        "unit": "hour",
        "unit_fen": 28000,
        "steps": 4,
        "operator_fen": 6000,
        "set_up_fen": 15000,
        "deposit_fen": 100000,
        "overtime": {"hour_fen": 42000, "grace_min": 10, "steps": 4},
    },
}


def member(*firms: str, roles: tuple[str, ...] = ("applicant",)) -> Actor:
    """Somebody who acts for these firms."""
    memberships = tuple(Membership(new_id(), uscc, NAMES.get(uscc, ""), "member") for uscc in firms)
    return Actor(
        kind="account", id=new_id(), name="企业经办人", roles=frozenset(roles), memberships=memberships
    )


LENDER, BORROWER, OTHER = member(OWNER), member(CUSTOMER), member(THIRD)


class Trade:
    """Sends requests and moves the clock. It begins on a Monday at 09:00 in the park."""

    def __init__(self, assembly: Assembly, clock: ManualClock) -> None:
        self.assembly = assembly
        self.clock = clock
        self.begin = clock.now()
        for uscc in NAMES:
            self.register(uscc)

    def register(self, uscc: str, status: str = "active", sequence: int = 1) -> None:
        """The register says how a firm stands."""
        event = self.assembly.event(REGISTERED, uscc=uscc, name=NAMES[uscc], status=status, sequence=sequence)
        self.assembly.hear("production", event)

    def at(self, hours: float) -> str:
        """An instant so many hours after the beginning."""
        return self.instant(hours).isoformat()

    def instant(self, hours: float) -> datetime:
        return self.begin + timedelta(hours=hours)

    def go_to(self, hours: float) -> None:
        """Let it be so many hours after the beginning."""
        self.clock.set(self.instant(hours))

    def ask(self, actor: Actor, method: str, path: str, **options: Any) -> Any:
        """Any request to the service."""
        return self.assembly.system.client("production", actor).send(method, path, **options)

    def get(self, actor: Actor, path: str, **query: Any) -> Any:
        return self.ask(actor, "GET", path, query_string=query)

    def ok(self, answer: Any) -> Any:
        """The body of an answer that is no refusal."""
        assert answer.status_code < 400, answer.text
        return answer.get_json()

    def draft(self, actor: Actor = LENDER, **changes: Any) -> Any:
        """A machine that is listed; `rules` and `price` are merged into those of the usual one."""
        return self.ok(self.ask(actor, "POST", "/machines", json=described(**changes)))

    def machine(self, actor: Actor = LENDER, **changes: Any) -> str:
        """The id of a machine that is offered."""
        machine_id: str = self.draft(actor, **changes)["id"]
        self.ok(self.on_machine(actor, machine_id, "publish", {}))
        return machine_id

    def on_machine(
        self, actor: Actor, machine_id: str, verb: str, body: Any = None, method: str = "POST"
    ) -> Any:
        """A request about a machine at its present version."""
        path = f"/machines/{machine_id}"
        version = self.get(actor, path).headers.get("ETag", '"1"')
        return self.ask(actor, method, f"{path}/{verb}".rstrip("/"), json=body, headers={"If-Match": version})

    def hold(self, machine_id: str, start: float, end: float, actor: Actor = BORROWER, **more: Any) -> Any:
        """Ask for a machine."""
        body = {
            "machine_id": machine_id,
            "on_behalf_of": CUSTOMER,
            "starts_at": self.at(start),
            "ends_at": self.at(end),
            **more,
        }
        return self.ask(actor, "POST", "/machine-bookings", json=body)

    def booked(self, machine_id: str, start: float, end: float, **more: Any) -> str:
        """A booking that is held, confirmed, and approved where that is needed."""
        booking_id: str = self.ok(self.hold(machine_id, start, end, **more))["id"]
        if self.ok(self.act(BORROWER, booking_id, "confirm"))["state"] == "pending":
            self.ok(self.act(LENDER, booking_id, "approve"))
        return booking_id

    def act(self, actor: Actor, booking_id: str, verb: str, body: Any = None) -> Any:
        """A verb on a booking at its present version."""
        path = f"/machine-bookings/{booking_id}"
        version = self.get(actor, path).headers.get("ETag", '"1"')
        return self.ask(actor, "POST", f"{path}/{verb}", json=body or {}, headers={"If-Match": version})

    def booking(self, booking_id: str, actor: Actor = BORROWER) -> Any:
        return self.ok(self.get(actor, f"/machine-bookings/{booking_id}"))

    def lines(self, booking_id: str) -> list[tuple[str, int]]:
        """The lines of what is owed."""
        return [(each["reason"], each["amount_fen"]) for each in self.booking(booking_id)["charges"]]

    def inbox(self, actor: Actor) -> list[str]:
        """The English titles in somebody's inbox, the newest first."""
        answer = self.assembly.system.client("notifications", actor).get("/messages")
        return [each["title"]["en"] for each in answer.get_json()["items"]]


def described(**changes: Any) -> dict[str, Any]:
    """A machine to be listed, with changes."""
    body = deepcopy(MACHINE)
    for name, value in changes.items():
        body[name] = {**body[name], **value} if name in {"rules", "price"} else value
    return body


def codes(answer: Any) -> set[tuple[str, str]]:
    """Where something is wrong, and what, in a refusal."""
    assert answer.status_code in {409, 422}, answer.text
    return {(each["pointer"], each["code"]) for each in answer.get_json()["errors"]}
