"""`…/parking/coupons`: firms give them, whoever has one gives it to a car."""

from collections.abc import Sequence
from typing import Any

from flask import Response, g

from facilities.living.parking.payments.api import mark_of
from facilities.living.parking.payments.coupons import commands
from facilities.living.parking.payments.coupons.queries import find_coupon, list_coupons
from facilities.living.parking.payments.coupons.schemas import (
    CouponListArgs,
    NewParkingCoupons,
    ParkingCouponGiven,
    ParkingCouponPage,
    ParkingCouponsMade,
)
from facilities.living.parking.payments.model import ParkingCoupon
from facilities.living.parking.payments.policy import coupons_seen, require_active_member
from facilities.living.parking.payments.queries import find_lot, stay_of_car
from facilities.living.parking.payments.refusals import (
    COUPON_ELSEWHERE,
    COUPON_EXPIRED,
    COUPON_USED,
    FIRM_NOT_ACTIVE,
)
from facilities.living.parking.payments.schemas import Car
from shared.http.command import Reply, command, json_response
from shared.http.contract import public, refuses
from shared.http.description import Blueprint
from shared.http.paging import link_next
from shared.http.state import actor_or_anonymous, current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "parking_coupons",
    __name__,
    description="Merchant coupons for parking (商户减免券)",
    path_parameters={"code": ("The code of the coupon", "7K2M9QRS4TVW")},
)


@blueprint.post("/parking/coupons")
@blueprint.arguments(NewParkingCoupons)
@blueprint.response(201, ParkingCouponsMade)
@refuses(FORBIDDEN, NOT_FOUND, FIRM_NOT_ACTIVE)
@command
def make_parking_coupons(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Make coupons that give minutes or an amount to a stay, up to 100 at once.

    For members of an active firm.
    """
    require_active_member(tx.session, tx.actor, data["giver"])
    find_lot(tx.session, data["lot_id"])
    return Reply({"items": _coupons(commands.make_coupons(tx, **data))}, status=201)


@blueprint.get("/parking/coupons")
@blueprint.arguments(CouponListArgs, location="query")
@blueprint.response(200, ParkingCouponPage)
def list_parking_coupons(args: dict[str, Any]) -> Response:
    """The coupons of your firms and what has become of them, the newest first.

    Those who run or watch the park see all.
    """
    givers = coupons_seen(current_actor())
    with current_runtime().read() as session:
        found, following = list_coupons(session, givers, args["used"], args["cursor"], args["limit"])
    response = json_response(Reply({"items": _coupons(found), "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/parking/coupons/<code>/apply")
@blueprint.arguments(Car)
@blueprint.response(200, ParkingCouponGiven)
@public
@refuses(NOT_FOUND, COUPON_USED, COUPON_EXPIRED, COUPON_ELSEWHERE)
def apply_parking_coupon(data: dict[str, Any], code: str) -> Response:
    """Give a coupon to a car that is inside; it takes no more off than there is to pay.

    For whoever has its code and names the whole plate or the ticket. It is used once.
    """
    with current_runtime().transaction(actor_or_anonymous(), request_id=g.get("request_id")) as tx:
        coupon = find_coupon(tx.session, code)
        owed = commands.apply(tx, coupon, stay_of_car(tx.session, data["lot_id"], mark_of(data)))
        shown = {
            "code": coupon.code,
            "name": coupon.name,
            "due_fen": owed.due_fen,
            "overpaid_fen": owed.overpaid_fen,
        }
    return json_response(Reply(shown))


def _coupons(found: Sequence[ParkingCoupon]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(each.id),
            "code": each.code,
            "lot_id": str(each.lot_id),
            "giver": each.giver,
            "name": each.name,
            "minutes": each.minutes,
            "fen": each.fen,
            "valid_until": each.valid_until.isoformat(),
            "made_at": each.made_at.isoformat(),
            "used_at": each.used_at.isoformat() if each.used_at else None,
        }
        for each in found
    ]
