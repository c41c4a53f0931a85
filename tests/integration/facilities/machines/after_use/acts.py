"""What the two sides of a machine booking do after the use, as requests at the present versions."""

from typing import Any

from shared.actor import Actor
from tests.integration.facilities.machines.trade import BORROWER, LENDER, Trade, member
from tests.unit.material_samples import pdf

OPERATOR = member(roles=("operator",))
HOURS_PAID = 3 * 28000 + 15000
"""What the customer has paid for the use that `used` makes, in fen."""


def used(trade: Trade, hours_after: float = 1) -> str:
    """A booking of three hours that is over; the clock stands so many hours after its end."""
    booking = trade.booked(trade.machine(rules={"needs_approval": False}), 24, 27)
    trade.go_to(24)
    trade.ok(trade.act(LENDER, booking, "start"))
    trade.go_to(27)
    trade.ok(trade.act(LENDER, booking, "finish"))
    trade.go_to(27 + hours_after)
    return booking


def quality(trade: Trade, actor: Actor, booking: str, verb: str = "", body: Any = None) -> Any:
    """A verb on the quality result; without one it is recorded."""
    path = f"/machine-bookings/{booking}/quality"
    headers = {"If-Match": trade.get(actor, path).headers.get("ETag", '"0"')}
    if not verb:
        return trade.ask(actor, "PUT", path, json=body, headers=headers)
    return trade.ask(actor, "POST", f"{path}/{verb}", json=body or {}, headers=headers)


def recorded(trade: Trade, booking: str, **more: Any) -> Any:
    body = {"accepted_pieces": 96, "rejected_pieces": 4, "measured": "φ20 +0.02", **more}
    return trade.ok(quality(trade, LENDER, booking, body=body))


def report(trade: Trade, booking: str, data: bytes, kind: str = "application/pdf") -> Any:
    path = f"/machine-bookings/{booking}/quality"
    headers = {"If-Match": trade.get(LENDER, path).headers["ETag"], "Content-Type": kind}
    return trade.ask(LENDER, "PUT", f"{path}/report", data=data, headers=headers)


def dispute(trade: Trade, booking: str, actor: Actor = BORROWER, **more: Any) -> Any:
    """Open one."""
    body = {"reason": "quality", "text": "四件超差", "claimed_fen": 20000, **more}
    return trade.act(actor, booking, "disputes", body)


def argue(trade: Trade, actor: Actor, dispute_id: str, verb: str, body: Any = None) -> Any:
    path = f"/machine-disputes/{dispute_id}"
    headers = {"If-Match": trade.get(actor, path).headers.get("ETag", '"1"')}
    return trade.ask(actor, "POST", f"{path}/{verb}", json=body or {}, headers=headers)


def evidence(trade: Trade, actor: Actor, dispute_id: str, number: int, data: bytes | None = None) -> Any:
    version = trade.get(actor, f"/machine-disputes/{dispute_id}").headers.get("ETag", '"1"')
    headers = {
        "If-Match": version,
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename=report.pdf",
    }
    path = f"/machine-disputes/{dispute_id}/evidence/{number}"
    return trade.ask(actor, "PUT", path, data=data or pdf(), headers=headers)


def on_rating(trade: Trade, actor: Actor, rating_id: str, verb: str, body: Any) -> Any:
    path = f"/machine-ratings/{rating_id}"
    headers = {"If-Match": trade.get(actor, path).headers.get("ETag", '"1"')}
    return trade.ask(actor, "POST", f"{path}/{verb}", json=body, headers=headers)


def back(trade: Trade, booking: str) -> list[tuple[str, int]]:
    """The lines that were entered after the use."""
    return [line for line in trade.lines(booking) if line[0] in {"concession", "dispute"}]


def slug(answer: Any) -> str:
    """The kind of a refusal."""
    kind: str = answer.get_json()["type"]
    return kind.rpartition(":")[2]


def days(number: float) -> float:
    """In hours after the beginning, counted from the end of the use that `used` makes."""
    return 27 + 24 * number
