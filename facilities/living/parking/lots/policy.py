"""Who may see and do what with car parks.

Operators run them. What the sign of one says that is in use or was, and what it costs, is for everybody; its
parts by themselves are for everybody who is signed in; drafts for those who run or watch the park, devices
for those who run it.
"""

import sqlalchemy as sa

from facilities.living.parking.lots.model import Lot, LotState
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

RUNS = ("operator",)
READS = ("operator", "manager", "administrator", "auditor")

_NOT_OPERATOR = Text("只有设施运营人员可以这样办理", "Only those who run the park's facilities may do this")
_NOT_READER = Text("您无权查看", "You may not see this")


def runs_lots(actor: Actor) -> bool:
    """Whether they set up and run car parks."""
    return actor.has_role(*RUNS)


def reads_lots(actor: Actor) -> bool:
    """Whether they see what is not for everybody."""
    return actor.has_role(*READS)


def require_operator(actor: Actor) -> None:
    """They run car parks; Forbidden otherwise."""
    if not runs_lots(actor):
        raise Forbidden(_NOT_OPERATOR)


def require_reader(actor: Actor) -> None:
    """They run or watch car parks; Forbidden otherwise."""
    if not reads_lots(actor):
        raise Forbidden(_NOT_READER)


def visible_lot(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of a car park."""
    return sa.true() if reads_lots(reader) else Lot.state != LotState.DRAFT


def visible_device(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of a device."""
    return sa.true() if runs_lots(reader) else sa.false()
