"""Who may read ratings, and who may hide what they say."""

import sqlalchemy as sa

from facilities.production.machines.disputes.policy import DECIDES
from facilities.production.machines.policy import firms_of
from facilities.production.machines.ratings.model import Rating
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

_NOT_YOURS = Text("只有园区运营人员可以隐藏评价", "Only the park's operator may hide the text of a rating")


def visible_rating(reader: Actor) -> sa.ColumnElement[bool]:
    """What is shown is for everybody who is signed in; what is not yet, for whoever has said it."""
    return sa.or_(Rating.shown_at.is_not(None), Rating.firm.in_(firms_of(reader)))


def may_hide(actor: Actor, rating: Rating) -> bool:
    """Whether somebody may hide the text: they run the park and stand on neither side."""
    return actor.has_role(*DECIDES) and not {rating.firm, rating.rated}.intersection(firms_of(actor))


def require_hides(actor: Actor, rating: Rating) -> None:
    """Forbidden for whoever may not hide it."""
    if not may_hide(actor, rating):
        raise Forbidden(_NOT_YOURS)
