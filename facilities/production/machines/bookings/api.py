"""`…/machine-bookings`: a machine booked by a firm, from the hold to the end of the use."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import require_at
from facilities.capacity.refusals import CAPACITY_FULL, HOLD_EXPIRED, NOT_NOW, WRONG_STATE
from facilities.capacity.rules import Wish
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.bookings import commands, correcting, moving, queries, using
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.bookings.schemas import (
    BookingListArgs,
    BookingOut,
    BookingPage,
    CancellationPreview,
    Correction,
    Finish,
    Hold,
    MachineBookingsArgs,
    MayReason,
    MovePreview,
    MustReason,
    NewTime,
    NewTimeArgs,
    Side,
)
from facilities.production.machines.bookings.view import move_preview, preview, summaries, whole
from facilities.production.machines.model import MachineBooking
from facilities.production.machines.policy import (
    acting,
    firms_of,
    require_sees_orders,
    visible_booking,
    visible_machine,
)
from facilities.production.machines.queries import find_machine
from facilities.production.machines.refusals import FIRM_NOT_ACTIVE, NOT_OFFERED
from facilities.production.machines.schemas import Nothing
from facilities.production.machines.wishes import MachineWish
from facilities.production.statements.refusals import (
    POSTING_CORRECTED,
    POSTING_CORRECTS,
    POSTING_GIVEN_BACK,
)
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

_FAR = timedelta(days=1000)
"""Beyond every horizon, and within what calendars can count."""

blueprint = Blueprint(
    "machine_bookings",
    __name__,
    description="Bookings of shared machines (共享设备预订)",
    path_parameters={
        "booking_id": ("The id of the booking", EXAMPLE_ID),
        "machine_id": ("The id of the machine", EXAMPLE_ID),
    },
)


@blueprint.post("/machine-bookings")
@blueprint.arguments(Hold)
@blueprint.response(201, BookingOut, headers={**ETAG, **LOCATION})
@refuses(FORBIDDEN, NOT_FOUND, FIRM_NOT_ACTIVE, NOT_OFFERED, CAPACITY_FULL)
@command
def hold_machine(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Keep a machine for a firm for a quarter of an hour, at the price of now; then `confirm`.

    For members of the firm, which has to be registered and active. 422 names every rule that the wish
    breaks, 409 `capacity-full` what else would be free; 404 says that there is no such machine for you.
    """
    wish = Wish(data.pop("starts_at"), data.pop("ends_at"), data.pop("quantity"))
    wanted = MachineWish(wish, data.pop("with_operator"), data.pop("pieces"))
    return _reply(tx, commands.hold(tx, wanted=wanted, **data, ends=True), status=201)


@blueprint.get("/machine-bookings")
@blueprint.arguments(BookingListArgs, location="query")
@blueprint.response(200, BookingPage)
def list_machine_bookings(args: dict[str, Any]) -> Response:
    """The bookings of your firms and of your firms' machines, the one made last first.

    Those who watch the park see all.
    """
    reader = current_actor()
    where = [visible_booking(reader)]
    if args["side"] is not None:
        column = MachineBooking.customer if args["side"] is Side.CUSTOMER else MachineBooking.owner
        where.append(column.in_(firms_of(reader)))
    with current_runtime().read() as session:
        return _page(session, where, args)


@blueprint.get("/machines/<uuid:machine_id>/bookings")
@blueprint.arguments(MachineBookingsArgs, location="query")
@blueprint.response(200, BookingPage)
@refuses(FORBIDDEN)
def list_bookings_of_machine(args: dict[str, Any], machine_id: UUID) -> Response:
    """The bookings of one machine, the one made last first.

    For members of its owner, and for those who watch the park.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        machine = find_machine(session, machine_id, visible_machine(reader))
        require_sees_orders(reader, machine)
        return _page(session, [MachineBooking.machine_id == machine.id], args)


@blueprint.get("/machine-bookings/<uuid:booking_id>")
@blueprint.response(200, BookingOut, headers=ETAG)
def get_machine_booking(booking_id: UUID) -> Response:
    """One booking with its price, the lines of what is owed, the runs and its history.

    For its two sides, and for those who watch the park.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        it = Opened(*queries.find_booking(session, booking_id, visible_booking(reader)))
        shown = whole(session, it, reader, runtime.clock.now())
        return json_response(Reply(shown, version=it.booking.version))


@blueprint.get("/machine-bookings/<uuid:booking_id>/cancellation")
@blueprint.response(200, CancellationPreview)
@refuses(FORBIDDEN, WRONG_STATE)
def preview_cancellation(booking_id: UUID) -> Response:
    """What would come back if you cancelled now, and what later.

    For the two sides of the booking.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        it = Opened(*queries.find_booking(session, booking_id, visible_booking(reader)))
        party = acting(reader, it.kept, "cancel")
        require_at(runtime.clock.now(), "cancel", it.booking, party)
        return json_response(Reply(preview(session, it, party, runtime.clock.now())))


@blueprint.post("/machine-bookings/<uuid:booking_id>/confirm")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, HOLD_EXPIRED)
@command
def confirm_machine_booking(tx: Transaction, _data: dict[str, Any], booking_id: UUID) -> Reply:
    """Book what is held: for good, or for the owner to approve.

    For members of the firm that books.
    """
    return _reply(tx, commands.confirm(tx, _opened(tx, booking_id)))


@blueprint.post("/machine-bookings/<uuid:booking_id>/approve")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, HOLD_EXPIRED)
@command
def approve_machine_booking(tx: Transaction, _data: dict[str, Any], booking_id: UUID) -> Reply:
    """Agree to a booking that waits for it.

    For members of the machine's owner.
    """
    return _reply(tx, commands.approve(tx, _opened(tx, booking_id)))


@blueprint.post("/machine-bookings/<uuid:booking_id>/reject")
@blueprint.arguments(MustReason)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def reject_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Do not agree to a booking, and say why.

    For members of the machine's owner.
    """
    return _reply(tx, commands.reject(tx, _opened(tx, booking_id), data["reason"]))


@blueprint.post("/machine-bookings/<uuid:booking_id>/cancel")
@blueprint.arguments(MayReason, required=False)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def cancel_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Give a booking up before its use.

    For its two sides. What the customer gets back is what the rules agreed say; an owner who cancels gives
    everything back.
    """
    return _reply(tx, commands.cancel(tx, _opened(tx, booking_id), data.get("reason", "")))


@blueprint.get("/machine-bookings/<uuid:booking_id>/move")
@blueprint.arguments(NewTimeArgs, location="query")
@blueprint.response(200, MovePreview)
@refuses(FORBIDDEN, WRONG_STATE, HOLD_EXPIRED)
def preview_move(args: dict[str, Any], booking_id: UUID) -> Response:
    """What moving the booking to another time would bring: its price, what comes back, what else is free.

    For the two sides of the booking.
    """
    reader, runtime = current_actor(), current_runtime()
    now = runtime.clock.now()
    with runtime.read() as session:
        it = Opened(*queries.find_booking(session, booking_id, visible_booking(reader)))
        party = acting(reader, it.kept, "move")
        require_at(now, "move", it.booking, party)
        start = args["starts_at"] or it.booking.starts_at
        end = args["ends_at"] or min(start, now + _FAR) + it.booking.span.length
        found = moving.preview(session, it, party, start, end, now)
        return json_response(Reply(move_preview(session, it, party, found)))


@blueprint.post("/machine-bookings/<uuid:booking_id>/move")
@blueprint.arguments(NewTime)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, HOLD_EXPIRED, NOT_OFFERED, CAPACITY_FULL)
@command
def move_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Move a booking to another time, at the price and by the rules that were agreed.

    For its two sides. A customer gets for the old time what a cancellation now would give back, and all of it
    when the new time contains the old one; what the owner had approved waits for approval again. An owner who
    moves gives everything back, and the new time stands.
    """
    return _reply(tx, moving.move(tx, _opened(tx, booking_id), **data))


@blueprint.post("/machine-bookings/<uuid:booking_id>/start")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, NOT_NOW)
@command
def start_machine_booking(tx: Transaction, _data: dict[str, Any], booking_id: UUID) -> Reply:
    """Hand the machine over.

    For members of its owner, from the time that belongs to the booking until its end.
    """
    return _reply(tx, using.start(tx, _opened(tx, booking_id)))


@blueprint.post("/machine-bookings/<uuid:booking_id>/finish")
@blueprint.arguments(Finish, required=False)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def finish_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """End the use, with the machine's run log.

    For members of its owner. Running over the end costs what the agreed price says; the deposit is given
    back; what is left of the time is free for others.
    """
    return _reply(tx, using.finish(tx, _opened(tx, booking_id), data.get("runs", [])))


@blueprint.post("/machine-bookings/<uuid:booking_id>/no-show")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, NOT_NOW)
@command
def miss_machine_booking(tx: Transaction, _data: dict[str, Any], booking_id: UUID) -> Reply:
    """Say that nobody has come.

    For members of the machine's owner, once the booking has begun.
    """
    return _reply(tx, commands.missed(tx, _opened(tx, booking_id)))


@blueprint.post("/machine-bookings/<uuid:booking_id>/correct")
@blueprint.arguments(Correction)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, POSTING_CORRECTED, POSTING_CORRECTS, POSTING_GIVEN_BACK)
@command
def correct_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Undo a line of what is owed by a counter-entry on both sides, and enter the right amount.

    For members of the machine's owner, who may lower what they have charged; managers may correct what was
    given back too. Once a line, after the booking has ended; both sides are told why.
    """
    return _reply(tx, correcting.correct(tx, _opened(tx, booking_id), **data))


def _page(session: Session, where: list[sa.ColumnElement[bool]], args: dict[str, Any]) -> Response:
    if args["state"] is not None:
        where.append(Booking.state == args["state"])
    found, following = queries.list_bookings(session, where, args["cursor"], args["limit"])
    response = json_response(Reply({"items": summaries(session, found), "next": following}))
    link_next(response, following)
    return response


def _opened(tx: Transaction, booking_id: UUID) -> Opened:
    found = queries.find_booking(
        tx.session, booking_id, visible_booking(tx.actor), expected_version=expected_version()
    )
    return Opened(*found)


def _reply(tx: Transaction, it: Opened, status: int = 200) -> Reply:
    tx.session.flush()
    headers = {"Location": f"/api/v1/production/machine-bookings/{it.booking.id}"} if status == 201 else {}
    shown = whole(tx.session, it, tx.actor, tx.now)
    return Reply(shown, status=status, version=it.booking.version, headers=headers)
