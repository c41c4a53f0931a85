"""Bays of firms on the wire."""

from marshmallow import Schema, fields

from facilities.living.parking.rights.limits import DEFAULT_LIMITS
from facilities.living.parking.rights.quotas.model import QuotaState
from facilities.living.parking.rights.schemas import lot_filter, typed_plates, whole
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, following, instant, string

MOST_BAYS = 1000
_BAYS = "Bays for each registered and active firm; 0 for none"


class NewRule(Schema):
    """How many bays of a zone every firm gets."""

    zone_id = fields.UUID(required=True)
    bays = whole(0, MOST_BAYS, _BAYS, required=True)


class RuleChange(Schema):
    """Another number of bays."""

    bays = whole(0, MOST_BAYS, _BAYS, required=True)


class RuleOut(Answer):
    """How many bays of a zone every firm gets."""

    zone_id = fields.UUID(required=True)
    zone_name = bilingual()
    lot_id = fields.UUID(required=True)
    lot_name = bilingual()
    bays = fields.Integer(required=True)
    changed_at = instant()
    version = fields.Integer(required=True, metadata={"description": "To be named in If-Match"})


class RuleList(Answer):
    """All rules."""

    items = fields.List(fields.Nested(RuleOut), required=True)


class QuotaCars(Schema):
    """The cars that may stand on the firm's bays."""

    plates = typed_plates(DEFAULT_LIMITS.quota_cars, least=0)


class QuotaArgs(PageArgs):
    """Filters of the list."""

    lot = lot_filter()


class MonthOut(Answer):
    """What a firm has in a month."""

    month = string("Such as 2026-12")
    claimed = fields.Integer(required=True, metadata={"description": "Bays that are kept for the firm"})
    short = fields.Integer(
        required=True, metadata={"description": "Bays for which there is no room; tried again every day"}
    )


class QuotaOut(Answer):
    """The bays of a firm in a zone."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    lot_name = bilingual()
    zone_id = fields.UUID(required=True)
    zone_name = bilingual()
    firm = string("Unified social credit code")
    firm_name = string()
    bays = fields.Integer(required=True, metadata={"description": "How many it is to have"})
    inside = fields.Integer(required=True, metadata={"description": "How many cars are inside on them"})
    state = fields.Enum(QuotaState, by_value=True, required=True)
    state_name = bilingual()
    granted_at = instant()
    withdrawn_at = instant(null=True)
    plates = fields.List(fields.String(), required=True)
    months = fields.List(fields.Nested(MonthOut), required=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class QuotaPage(Answer):
    """A page of firms' bays, the one granted last first."""

    items = fields.List(fields.Nested(QuotaOut), required=True)
    next = following()
