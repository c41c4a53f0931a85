"""The states of a dispute (争议), and who may do what in each. Pure."""

from datetime import datetime
from enum import StrEnum

from facilities.capacity.lifecycle import Party
from shared.text import Text


class Reason(StrEnum):
    """What a dispute is about."""

    QUALITY = "quality"
    DELAY = "delay"
    DAMAGE = "damage"
    BILLING = "billing"
    OTHER = "other"


REASON_NAMES: dict[Reason, Text] = {
    Reason.QUALITY: Text("加工质量", "Quality"),
    Reason.DELAY: Text("延误", "Delay"),
    Reason.DAMAGE: Text("设备或物料损坏", "Damage"),
    Reason.BILLING: Text("计费", "Billing"),
    Reason.OTHER: Text("其他", "Other"),
}


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    """The other side has not answered yet."""
    ANSWERED = "answered"
    SETTLED = "settled"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


STATE_NAMES: dict[DisputeState, Text] = {
    DisputeState.OPEN: Text("待对方答复", "The other side is to answer"),
    DisputeState.ANSWERED: Text("对方已答复", "Answered"),
    DisputeState.SETTLED: Text("已和解", "Settled"),
    DisputeState.DECIDED: Text("已裁定", "Decided by the park"),
    DisputeState.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
RUNNING = (DisputeState.OPEN, DisputeState.ANSWERED)
VERBS = ("state", "evidence", "offer", "agree", "decline", "withdraw")
"""What the two sides may do; deciding is the park's."""


def allows(verb: str, state: DisputeState, party: Party, opened_by: Party, proposer: Party | None) -> bool:
    """Whether a side may use the verb now."""
    if state not in RUNNING:
        return False
    if verb == "withdraw":
        return party is opened_by
    if verb == "decline":
        return proposer is not None
    if verb == "agree":
        return proposer is not None and party is not proposer
    return True


def ripe(state: DisputeState, answer_by: datetime, now: datetime) -> bool:
    """Whether the park may decide: the other side has answered, or has had its time."""
    return state is DisputeState.ANSWERED or (state is DisputeState.OPEN and now >= answer_by)


def moved_fen(opened_by: Party, amount_fen: int) -> int:
    """What an amount for whoever has opened the dispute adds to what the customer owes."""
    return -amount_fen if opened_by is Party.CUSTOMER else amount_fen
