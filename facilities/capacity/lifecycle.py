"""The life of a booking (预订): its states, what may be done in each, by whom, what takes capacity. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from shared.text import Text


class State(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    """Kept for a short time until the customer confirms it."""
    PENDING = "pending"
    """Confirmed by the customer, to be approved by the provider."""
    CONFIRMED = "confirmed"
    IN_USE = "in_use"
    DONE = "done"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


STATE_NAMES: dict[State, Text] = {
    State.HELD: Text("已占位，待确认", "Held, to be confirmed"),
    State.PENDING: Text("待审批", "Waiting for approval"),
    State.CONFIRMED: Text("已预订", "Booked"),
    State.IN_USE: Text("使用中", "In use"),
    State.DONE: Text("已完成", "Done"),
    State.CANCELLED: Text("已取消", "Cancelled"),
    State.REJECTED: Text("未获批准", "Not approved"),
    State.EXPIRED: Text("逾期失效", "Expired"),
    State.NO_SHOW: Text("未到场", "Not shown up"),
}

WAITING = frozenset({State.HELD, State.PENDING})
"""They end by themselves when nobody acts in time."""
OPEN = frozenset({*WAITING, State.CONFIRMED, State.IN_USE})
"""They have not come to their end."""
CONSUMING = frozenset({*OPEN, State.DONE})
"""They take capacity: what was used stays taken, what was not is given back when it ends."""


class Party(StrEnum):
    """On whose side somebody acts: who has booked, whose the resource is, or nobody but the clock."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be done to a booking: from which states, to which, and by whom."""

    sources: frozenset[State]
    target: State | None
    """None where it depends on more than the state."""
    parties: frozenset[Party]


_ANYBODY = frozenset(Party)
_SIDES = frozenset({Party.CUSTOMER, Party.PROVIDER})
_NOT_CUSTOMER = frozenset({Party.PROVIDER, Party.SYSTEM})
_BEFORE_USE = frozenset({*WAITING, State.CONFIRMED})

VERBS: dict[str, Verb] = {
    "confirm": Verb(frozenset({State.HELD}), None, frozenset({Party.CUSTOMER})),
    "approve": Verb(frozenset({State.PENDING}), State.CONFIRMED, frozenset({Party.PROVIDER})),
    "reject": Verb(frozenset({State.PENDING}), State.REJECTED, frozenset({Party.PROVIDER})),
    "move": Verb(_BEFORE_USE, None, _SIDES),
    "cancel": Verb(_BEFORE_USE, State.CANCELLED, _ANYBODY),
    "expire": Verb(WAITING, State.EXPIRED, frozenset({Party.SYSTEM})),
    "start": Verb(frozenset({State.CONFIRMED}), State.IN_USE, _ANYBODY),
    "finish": Verb(frozenset({State.IN_USE}), State.DONE, _ANYBODY),
    "no-show": Verb(frozenset({State.CONFIRMED}), State.NO_SHOW, _NOT_CUSTOMER),
}
"""Every change of state there is."""


def allows(verb: str, state: State) -> bool:
    """Whether the verb can be used on a booking in this state."""
    return state in VERBS[verb].sources


def may(verb: str, party: Party) -> bool:
    """Whether somebody on this side may use the verb."""
    return party in VERBS[verb].parties


def confirmed(*, needs_approval: bool) -> State:
    """What a hold becomes when the customer confirms it."""
    return State.PENDING if needs_approval else State.CONFIRMED


def moved(state: State, party: Party, *, needs_approval: bool) -> State:
    """What a booking is at its new time: what was approved for another time has to be approved again.

    Unless the provider has moved it.
    """
    if state is State.CONFIRMED and needs_approval and party is not Party.PROVIDER:
        return State.PENDING
    return state
