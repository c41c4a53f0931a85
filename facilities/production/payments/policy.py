"""Who enters payments: those who run the park, as they see its account at the bank. Firms read their own."""

from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

ENTERS = ("manager",)

_NOT_THE_PARK = Text("收付款只由园区管理人员登记", "Only the park's managers enter payments")


def may_enter(actor: Actor) -> bool:
    """Whether somebody may enter payments and take them back."""
    return actor.has_role(*ENTERS)


def require_enters(actor: Actor) -> None:
    """They may; Forbidden otherwise."""
    if not may_enter(actor):
        raise Forbidden(_NOT_THE_PARK)
