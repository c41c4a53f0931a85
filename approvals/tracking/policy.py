"""Who follows hand-overs, and who may push what."""

import hashlib
import hmac

import sqlalchemy as sa

from approvals.cases.model import Case
from approvals.cases.policy import visible
from approvals.handovers.port import Connections
from shared.actor import Actor
from shared.errors import Forbidden, Unauthenticated
from shared.text import Text

FOLLOWERS = ("official", "manager", "administrator", "auditor")
SIGNATURE = "Handover-Signature"
"""The header that carries the HMAC-SHA256 of the body, in hex, keyed by the secret both sides know."""


def require_follower(actor: Actor) -> None:
    """The list is for those who look after hand-overs; applicants see their own on the case."""
    if not actor.has_role(*FOLLOWERS):
        raise Forbidden(Text("只有工作人员可以查看转办跟踪", "Only officials follow hand-overs"))


def followed(actor: Actor) -> sa.ColumnElement[bool]:
    """The hand-overs of the cases that the reader may see, whoever applied."""
    return sa.and_(visible(actor), Case.submitted_at.is_not(None))


def require_signature(connections: Connections, body: bytes, given: str) -> None:
    """Refuse a report that no connected system has signed; without a secret none may push."""
    secrets = [each.callback_secret for each in connections.by_name.values() if each.callback_secret]
    signed = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(each.encode(), given.strip().lower().encode()) for each in signed):
        raise Unauthenticated(Text("签名不正确", "The signature is not right"))
