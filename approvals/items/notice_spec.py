"""What an item says of its public notice (公示)."""

from dataclasses import dataclass
from typing import Literal

from approvals.items.limits import Limit
from approvals.items.statements import Grounds, Note
from shared.text import Text

NoticeTiming = Literal["before_filing", "before_decision"]


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A public notice (公示): before the application, which follows within `filing`, or before the decision.

    The limits run on unless a provision says otherwise (`stops_clocks`; 行政许可法 art. 45 does not). `facts`
    are the paths of the answers that it shows; an objection ends the case or is weighed.
    """

    kind: str
    timing: NoticeTiming
    name: Text
    days: Limit
    filing: Limit | None
    stops_clocks: Grounds | None
    facts: tuple[str, ...]
    promise: Note | None
    objections: Note
    objection_ends: bool
    advice: Text | None
    opens_itself: bool = False
    """It is put up with the last opinion, and not by an official."""
    answered_in: str | None = None
    """The stage whose first department answers objections; without one the decision weighs them."""
