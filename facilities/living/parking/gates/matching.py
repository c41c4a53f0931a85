"""Which plates a camera may have read so. Pure."""

from facilities.living.parking.gates.answers import Match
from shared.identifiers.plates import LOOK_ALIKES


def misreadings(read: str) -> list[str]:
    """All plates that differ from what was read in one character that looks alike: a few dozen at most."""
    alike = {each: group for group in LOOK_ALIKES for each in group}
    return [
        read[:place] + other + read[place + 1 :]
        for place, character in enumerate(read)
        for other in alike.get(character, "")
        if other != character
    ]


def match_of(near: int) -> Match:
    """How a stay was found among those that are near; with several a person has to say which it is."""
    return Match.NONE if near == 0 else Match.NEAR if near == 1 else Match.SEVERAL
