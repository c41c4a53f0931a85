"""Why the system itself has ended a booking or a series, for readers of either language.

A booking, its history and its events keep one text as the reason: mostly what somebody has written. What is
the system's own is kept as both wordings in one, and known again by that, so that readers get theirs alone.
"""

from shared.text import Text

REPLACED = Text("系列预订更改", "The series was changed")
NOT_ACTIVE = Text("企业已停业或注销", "The firm is not active any more")

IN_WORDS = "The reason to be shown: what somebody has written, or one of the system's own in both languages"


def as_kept(reason: Text) -> str:
    """A reason of the system's own as it is kept. Bookings and histories have it: it stays as it is."""
    return f"{reason.zh} · {reason.en}"


_OWN = {as_kept(each): each for each in (REPLACED, NOT_ACTIVE)}


def in_words(kept: str | None) -> dict[str, str] | None:
    """What is kept, in both languages; what a person has written is the same in both."""
    return None if kept is None else _OWN.get(kept, Text.same(kept)).to_dict()
