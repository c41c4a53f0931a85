"""`…/firm-payments`: money that came from firms and went to them, as the park has entered it."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.production.payments import commands, queries
from facilities.production.payments.queries import Entry
from facilities.production.payments.refusals import MORE_THAN_OWED, PAYMENT_ENTERED
from facilities.production.payments.schemas import (
    FirmPaymentOut,
    FirmPaymentPage,
    NewFirmPayment,
    TakeBack,
)
from facilities.production.payments.view import payments_out
from facilities.production.statements.policy import readable
from facilities.production.statements.refusals import POSTING_CORRECTED
from shared.http.command import Reply, command, json_response
from shared.http.contract import refuses
from shared.http.description import LOCATION, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "firm_payments",
    __name__,
    description="Payments of firms and to firms (收付款)",
    path_parameters={"payment_id": ("The id of the payment", "01939f6e-3a4b-7c21-9d5e-8f0a1b2c4000")},
)


@blueprint.get("/firm-payments")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, FirmPaymentPage)
def list_firm_payments(args: dict[str, Any]) -> Response:
    """The payments, the one entered last first.

    Of your firms; of all for those who watch the park.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        found, following = queries.list_payments(session, readable(reader), args["cursor"], args["limit"])
        page = {"items": payments_out(session, found, reader), "next": following}
    response = json_response(Reply(page))
    link_next(response, following)
    return response


@blueprint.post("/firm-payments")
@blueprint.arguments(NewFirmPayment)
@blueprint.response(201, FirmPaymentOut, headers=LOCATION)
@refuses(FORBIDDEN, PAYMENT_ENTERED, MORE_THAN_OWED)
@command
def enter_firm_payment(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Enter money that has come from a firm, or has gone to it: a line of its statement of the open month.

    For managers. What came may be more than the firm owes; what went is owed to it. A reference is entered
    once for a firm and a direction, and again when the payment was taken back.
    """
    entry = commands.enter(tx, **data)
    headers = {"Location": f"/api/v1/production/firm-payments/{entry.payment.id}"}
    return _reply(tx, entry, status=201, headers=headers)


@blueprint.get("/firm-payments/<uuid:payment_id>")
@blueprint.response(200, FirmPaymentOut)
def get_firm_payment(payment_id: UUID) -> Response:
    """One payment.

    For members of its firm, and for those who watch the park.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        found = queries.find_payment(session, payment_id, readable(reader))
        (out,) = payments_out(session, [found], reader)
    return json_response(Reply(out))


@blueprint.post("/firm-payments/<uuid:payment_id>/take-back")
@blueprint.arguments(TakeBack)
@blueprint.response(200, FirmPaymentOut)
@refuses(FORBIDDEN, NOT_FOUND, POSTING_CORRECTED)
@command
def take_back_firm_payment(tx: Transaction, data: dict[str, Any], payment_id: UUID) -> Reply:
    """Undo a payment that was entered wrongly by a counter-entry in the month that is open, and say why.

    For managers. Once; the reference may then be entered anew.
    """
    return _reply(tx, commands.take_back(tx, payment_id, data["reason"]))


def _reply(tx: Transaction, entry: Entry, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    (out,) = payments_out(tx.session, [entry], tx.actor)
    return Reply(out, status=status, headers=headers or {})
