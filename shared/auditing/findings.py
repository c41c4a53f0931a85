"""What can be wrong with an audit trail, in words for whoever has to explain it."""

from dataclasses import dataclass
from enum import StrEnum


class Damage(StrEnum):
    """What was done to the trail."""

    EDITED = "edited"
    """An entry does not say what it said when it was written."""
    DROPPED = "dropped"
    """Entries are missing."""
    REORDERED = "reordered"
    """An entry stands where it was not written."""
    DUPLICATE = "duplicate"
    """Two entries have the same number."""
    FORGED = "forged"
    """An entry does not continue the one before it: one of the two was put there later."""
    ADDED = "added"
    """There are entries that an anchor did not count."""
    CHANGED = "changed"
    """Entries are other ones than those an anchor was made over."""
    NO_WITNESS = "contradicted"
    """An anchor that was kept outside says otherwise."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    damage: Damage
    text: str
    """A sentence in plain English."""
    aggregate_type: str = ""
    aggregate_id: str = ""
    """Both empty when an anchor found it, which knows entries by their positions only."""
    number: int | None = None
    """Of the entry within its aggregate, or of the anchor."""
    position: int | None = None
    """Of the entry within the whole trail."""

    @property
    def place(self) -> str:
        """Where it is."""
        if not self.aggregate_type:
            return f"anchor {self.number}" if self.number is not None else "anchors"
        return f"{self.aggregate_type} {self.aggregate_id} entry {self.number} (position {self.position})"
