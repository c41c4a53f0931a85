"""Who may see which enterprises: those who run or watch the park all, members their own."""

import sqlalchemy as sa

from facilities.enterprises.model import EnterpriseCopy
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

SEES_ALL = ("operator", "manager", "administrator", "auditor")


def visible(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of an enterprise; used by every read path alike.

    Forbidden (403) for those who neither run the park nor belong to an enterprise: for them there is
    nothing to look for here.
    """
    if reader.has_role(*SEES_ALL):
        return sa.true()
    own = sorted(membership.uscc for membership in reader.memberships)
    if not own:
        raise Forbidden(
            Text(
                "只有园区工作人员和企业成员可以查看企业名册",
                "Only park staff and members of an enterprise may see the list of enterprises",
            )
        )
    return EnterpriseCopy.uscc.in_(own)
