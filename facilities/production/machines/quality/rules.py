"""The states of a quality result (质量结果), and who may do what in each. Pure."""

from enum import StrEnum

from facilities.capacity.lifecycle import Party
from shared.text import Text


class QualityState(StrEnum):
    """Where a quality result stands."""

    NONE = "none"
    """Nothing is recorded yet; never stored."""
    RECORDED = "recorded"
    """For the customer to accept."""
    PROPOSED = "proposed"
    """One side has proposed a concession, for the other to answer."""
    ACCEPTED = "accepted"
    CONCEDED = "conceded"
    """Accepted with deviations (让步接收) against a price reduction."""


STATE_NAMES: dict[QualityState, Text] = {
    QualityState.NONE: Text("未登记", "Not recorded"),
    QualityState.RECORDED: Text("待客户验收", "To be accepted by the customer"),
    QualityState.PROPOSED: Text("让步接收协商中", "A concession is proposed"),
    QualityState.ACCEPTED: Text("已验收", "Accepted"),
    QualityState.CONCEDED: Text("让步接收", "Accepted with deviations"),
}

_SIDES = (Party.CUSTOMER, Party.PROVIDER)
_VERBS: dict[str, tuple[tuple[QualityState, ...], tuple[Party, ...]]] = {
    "record": ((QualityState.NONE, QualityState.RECORDED), (Party.PROVIDER,)),
    "report": ((QualityState.RECORDED, QualityState.PROPOSED), (Party.PROVIDER,)),
    "accept": ((QualityState.RECORDED, QualityState.PROPOSED), (Party.CUSTOMER,)),
    "propose": ((QualityState.RECORDED, QualityState.PROPOSED), _SIDES),
    "agree": ((QualityState.PROPOSED,), _SIDES),
    "decline": ((QualityState.PROPOSED,), _SIDES),
}
VERBS = tuple(_VERBS)


def sides(verb: str) -> tuple[Party, ...]:
    """The sides that may use the verb."""
    return _VERBS[verb][1]


def allows(verb: str, state: QualityState, party: Party, proposer: Party | None) -> bool:
    """Whether a side may use the verb now; nobody agrees to their own proposal."""
    states, among = _VERBS[verb]
    return state in states and party in among and not (verb == "agree" and party is proposer)
