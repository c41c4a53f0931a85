"""Delivery over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import CLAIM_REQUIRED, WRONG_STATE
from approvals.cases.schemas import PLACES, CaseOut
from approvals.delivery import commands
from approvals.delivery.model import DeliveryMethod
from approvals.delivery.schemas import RecordDelivery
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("delivery", __name__, description="Delivery (送达)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/record-delivery")
@blueprint.arguments(RecordDelivery)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE)
@command
def record_delivery(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Record that the certificate was handed over or posted (送达回证).

    For the official at the window who has claimed the task of delivery.
    """
    case, item = opened(tx, case_id)
    data["method"] = DeliveryMethod(data["method"])
    commands.hand_over(tx, case, item, **data)
    return reply_with_case(tx, case)
