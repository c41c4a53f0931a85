"""Who runs car parks, and who looks on."""

from shared.actor import Actor
from shared.errors import Forbidden

RUNS = ("operator",)
WATCHES = ("operator", "manager", "administrator", "auditor")


def require_operator(actor: Actor) -> None:
    """They run the car parks; Forbidden otherwise."""
    if not actor.has_role(*RUNS):
        raise Forbidden


def require_watcher(actor: Actor) -> None:
    """They run or watch the car parks; Forbidden otherwise."""
    if not actor.has_role(*WATCHES):
        raise Forbidden
