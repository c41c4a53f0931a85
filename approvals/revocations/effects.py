"""What a revocation brings about in the service's own register; each service brings its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from approvals.cases.model import Case
from approvals.items.model import Item
from shared.transaction import Transaction


class RevokeEffect(Protocol):
    """Undoes what the grant of the case brought about, its certificate included."""

    def __call__(self, tx: Transaction, case: Case, item: Item) -> str | None:
        """Runs in the revocation's transaction; the id of the certificate that ended, if one did.

        Raises Conflict when the register cannot go back to what it was.
        """
        ...


@dataclass(frozen=True, slots=True)
class RevokeEffects:
    """The effect of a revocation by the item's slug."""

    by_item: Mapping[str, RevokeEffect]
    otherwise: RevokeEffect
    """Of items that are not named."""
