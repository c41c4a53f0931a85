"""What the register says of enterprises, on the wire."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import fields

from approvals.enterprise.model import ACTIVE, SUSPENDED, Enterprise
from approvals.enterprise.standing.policy import is_registrar
from approvals.items.catalogue import Catalogue
from shared.actor import Actor
from shared.http.schemas import Answer, following

_VERBS = {ACTIVE: "suspend", SUSPENDED: "resume"}


class EnterpriseOut(Answer):
    """The public facts of an enterprise."""

    uscc = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    company_type = fields.String(required=True)
    legal_representative = fields.String(required=True)
    region_code = fields.String(required=True)
    address = fields.String(required=True)
    industry_code = fields.String(required=True)
    business_scope = fields.String(required=True)
    registered_capital_fen = fields.Integer(required=True)
    established_on = fields.Date(required=True)
    status = fields.String(required=True)
    certificate_id = fields.String(required=True, allow_none=True)
    actions = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now: suspend, or resume"},
    )


class EnterprisePage(Answer):
    """A page of the register."""

    items = fields.List(fields.Nested(EnterpriseOut), required=True)
    next = following()


def enterprise_view(
    enterprise: Enterprise, reader: Actor, catalogue: Catalogue, today: date
) -> dict[str, Any]:
    """An enterprise with what the reader may do."""
    return views((enterprise,), reader, catalogue, today)[0]


def views(
    enterprises: Iterable[Enterprise], reader: Actor, catalogue: Catalogue, today: date
) -> list[dict[str, Any]]:
    """Enterprises with what the reader may do; the position is looked at once."""
    verbs = _VERBS if is_registrar(reader, catalogue, today) else {}
    dump = EnterpriseOut().dump
    return [
        dict(dump(each), actions=[verbs[each.status]] if each.status in verbs else []) for each in enterprises
    ]
