"""Who may enter in the register that an enterprise has suspended its business."""

from datetime import date

from approvals.enterprise.register import ESTABLISHMENT
from approvals.items.catalogue import Catalogue
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

_NOT_REGISTRAR = Text(
    "只有登记机关的审批人员可以登记停业、恢复营业",
    "Only those who decide for the registration authority may enter that business is suspended or resumed",
)


def is_registrar(actor: Actor, catalogue: Catalogue, today: date) -> bool:
    """Whether the actor decides for the department that registers companies."""
    return actor.holds("approver", catalogue.item(ESTABLISHMENT, today).department.code)


def require_registrar(actor: Actor, catalogue: Catalogue, today: date) -> None:
    """Forbidden for everybody who does not decide for the department that registers companies."""
    if not is_registrar(actor, catalogue, today):
        raise Forbidden(_NOT_REGISTRAR)
