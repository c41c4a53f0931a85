"""Our account of a day beside the provider's own. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from facilities.living.parking.payments.model import DifferenceKind
from facilities.living.parking.payments.provider import Entry


@dataclass(frozen=True, slots=True)
class Difference:
    """A transaction of which the two accounts do not say the same; what an account has not, is None."""

    reference: str
    kind: DifferenceKind
    ours_fen: int | None
    theirs_fen: int | None


def differences(ours: Iterable[Entry], theirs: Iterable[Entry]) -> list[Difference]:
    """Where the accounts differ, by reference."""
    here = {each.reference: each.fen for each in ours}
    there = {each.reference: each.fen for each in theirs}
    pairs = [(each, here.get(each), there.get(each)) for each in sorted(here.keys() | there.keys())]
    return [Difference(each, _kind(mine, their), mine, their) for each, mine, their in pairs if mine != their]


def sums(entries: Iterable[Entry]) -> dict[str, int]:
    """How many transactions there are each way, and what they come to in fen."""
    amounts = [each.fen for each in entries]
    came, went = [fen for fen in amounts if fen > 0], [-fen for fen in amounts if fen < 0]
    return {
        "received": len(came),
        "received_fen": sum(came),
        "refunds": len(went),
        "refunded_fen": sum(went),
    }


def _kind(ours: int | None, theirs: int | None) -> DifferenceKind:
    if theirs is None:
        return DifferenceKind.OURS_ONLY
    return DifferenceKind.THEIRS_ONLY if ours is None else DifferenceKind.AMOUNTS_DIFFER
