"""The code at a lane: a signed address, by which a car without a number plate gets its ticket.

What it proves is the place. Whoever has it is let through only while the camera of the lane tells of a car
whose plate it cannot read.
"""

from uuid import UUID

from facilities.capacity.addresses import Feed
from facilities.signing import fits, signed
from shared.config import Settings
from shared.errors import Forbidden
from shared.text import Text

_KIND = "parking-lane"
_WRONG_CODE = Text("二维码无效，或属于另一条车道", "The code is void, or it is the one of another lane")


def code_of(settings: Settings, lane_id: UUID) -> str:
    """The token of a lane's code."""
    return signed(settings, Feed(_KIND, str(lane_id)))


def require_code(settings: Settings, lane_id: UUID, token: str) -> None:
    """The token is the one of this lane; Forbidden otherwise."""
    if not fits(settings, Feed(_KIND, str(lane_id)), token):
        raise Forbidden(_WRONG_CODE)
