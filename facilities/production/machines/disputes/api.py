"""`…/machine-disputes`: opened by one side of a booking, argued by both, settled or decided by the park."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, g

from facilities.capacity.refusals import WRONG_STATE
from facilities.production.machines.after_use import files
from facilities.production.machines.after_use.opening import open_in_turn, side_of, take_turn
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.bookings.schemas import MayReason
from facilities.production.machines.disputes import commands
from facilities.production.machines.disputes.model import Dispute, Evidence
from facilities.production.machines.disputes.policy import visible_dispute
from facilities.production.machines.disputes.queries import find_dispute, list_disputes
from facilities.production.machines.disputes.rules import RUNNING
from facilities.production.machines.disputes.schemas import (
    Decision,
    DisputeListArgs,
    DisputeOut,
    DisputePage,
    NewDispute,
    Settlement,
    Statement,
)
from facilities.production.machines.disputes.view import dispute_out, disputes_out
from facilities.production.machines.model import MachineBooking
from facilities.production.machines.policy import visible_booking
from facilities.production.machines.quality.model import QualityResult
from facilities.production.machines.refusals import DISPUTE_OPEN, NOT_ANSWERED, TOO_LATE
from facilities.production.machines.schemas import Nothing
from shared.errors import NotFound, Problem
from shared.http.app import takes_files
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses, uploads
from shared.http.description import CONTENT, ETAG, FILE, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.files import file_response
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction
from shared.uploads.inspection import InspectedUpload

_NO_FILE = Text("没有这份证据文件", "There is no such file")

blueprint = Blueprint(
    "machine_disputes",
    __name__,
    description="Disputes about machine bookings (争议)",
    path_parameters={
        "booking_id": ("The id of the booking", EXAMPLE_ID),
        "dispute_id": ("The id of the dispute", EXAMPLE_ID),
        "number": ("The number of the statement or file within the dispute", 1),
    },
)


@blueprint.get("/machine-disputes")
@blueprint.arguments(DisputeListArgs, location="query")
@blueprint.response(200, DisputePage)
def list_machine_disputes(args: dict[str, Any]) -> Response:
    """The disputes of your firms, the one opened last first.

    The park's operators and managers, who decide them, see all.
    """
    where = [visible_dispute(current_actor())]
    if args["running"] is not None:
        running = Dispute.state.in_(RUNNING)
        where.append(running if args["running"] else ~running)
    with current_runtime().read() as session:
        found, following = list_disputes(session, where, args["cursor"], args["limit"])
        response = json_response(Reply({"items": disputes_out(session, found), "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/machine-bookings/<uuid:booking_id>/disputes")
@blueprint.response(200, DisputePage)
@refuses(FORBIDDEN)
def list_disputes_of_machine_booking(booking_id: UUID) -> Response:
    """The disputes about one booking: at most one that was not withdrawn.

    For the two sides of the booking.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        booking, kept = find_booking(session, booking_id, visible_booking(reader))
        side_of(reader, kept)
        found, _ = list_disputes(session, [Dispute.booking_id == booking.id], None, 50)
        return json_response(Reply({"items": disputes_out(session, found), "next": None}))


@blueprint.post("/machine-bookings/<uuid:booking_id>/disputes")
@blueprint.arguments(NewDispute)
@blueprint.response(201, DisputeOut, headers={**ETAG, **LOCATION})
@guarded
@refuses(FORBIDDEN, WRONG_STATE, TOO_LATE, DISPUTE_OPEN)
@command
def open_machine_dispute(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Open a dispute about a booking that has ended, with what you claim.

    For its two sides, within the park's own limit after the end. A customer claims no more than was paid.
    """
    it = open_in_turn(tx, booking_id, visible_booking(tx.actor), expected_version=expected_version())
    made = commands.open_dispute(tx, it, **data)
    location = {"Location": f"/api/v1/production/machine-disputes/{made.id}"}
    return replace(_reply(tx, made, status=201), headers=location)


@blueprint.get("/machine-disputes/<uuid:dispute_id>")
@blueprint.response(200, DisputeOut, headers=ETAG)
def get_machine_dispute(dispute_id: UUID) -> Response:
    """One dispute with everything said and handed in.

    For its two sides, and for the park's operators and managers.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found = find_dispute(session, dispute_id, visible_dispute(reader))
        shown = dispute_out(session, found, reader, runtime.clock.now())
        return json_response(Reply(shown, version=found.version))


@blueprint.post("/machine-disputes/<uuid:dispute_id>/statements")
@blueprint.arguments(Statement)
@blueprint.response(201, DisputeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def state_in_machine_dispute(tx: Transaction, data: dict[str, Any], dispute_id: UUID) -> Reply:
    """Say something in a dispute; the first that the other side says is its answer.

    For its two sides.
    """
    it, dispute = _opened(tx, dispute_id)
    commands.state_something(tx, it, dispute, **data)
    return _reply(tx, dispute, status=201)


@blueprint.put("/machine-disputes/<uuid:dispute_id>/evidence/<int:number>")
@blueprint.response(201, DisputeOut, headers=ETAG)
@uploads
@refuses(FORBIDDEN, WRONG_STATE)
@takes_files
def put_machine_evidence(dispute_id: UUID, number: int) -> Response:
    """Hand in a file under the next number (`next_number`); `If-Match` names the version of the dispute.

    For the two sides of the dispute. Nothing is replaced: 412 where the number is taken or not the next one.
    The content decides what a file is, never its name.
    """
    actor, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        dispute = find_dispute(session, dispute_id, visible_dispute(actor))
        side_of(actor, session.get_one(MachineBooking, dispute.booking_id))
    expected_version()  # whoever says none need not wait for the file to be opened
    # Judged and stored before the transaction: opening a file takes long.
    data, found = files.taken_in(runtime.context.blobs)
    try:
        return _keep(dispute_id, number, data, found)
    except Problem:
        with runtime.transaction(actor, request_id=g.get("request_id")) as tx:
            files.forget(tx, found.sha256, QualityResult.report_sha256, Evidence.sha256)
        raise


@command
def _keep(tx: Transaction, dispute_id: UUID, number: int, data: bytes, found: InspectedUpload) -> Reply:
    it, dispute = _opened(tx, dispute_id)
    commands.hand_in(tx, it, dispute, number, found)
    files.keep(tx, data, found)
    return _reply(tx, dispute, status=201)


@blueprint.get("/machine-disputes/<uuid:dispute_id>/evidence/<int:number>")
@blueprint.response(200, content_type="application/pdf", schema=CONTENT, headers=FILE)
@blueprint.response(200, content_type="image/jpeg", schema=CONTENT)
@blueprint.response(200, content_type="image/png", schema=CONTENT)
def get_machine_evidence(dispute_id: UUID, number: int) -> Response:
    """A file that was handed in.

    For the two sides of the dispute, and for the park's operators and managers, who decide it.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        dispute = find_dispute(session, dispute_id, visible_dispute(current_actor()))
        found = session.get(Evidence, (dispute.id, number)) if number < 2**31 else None
        if found is None or not (found.sha256 and found.file_name and found.media_type):
            raise NotFound(_NO_FILE)
        key, media_type, name = found.sha256, found.media_type, found.file_name
    return file_response(runtime.context.blobs.get(key), media_type, name, attachment=True)


@blueprint.post("/machine-disputes/<uuid:dispute_id>/offers")
@blueprint.arguments(Settlement)
@blueprint.response(201, DisputeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def offer_machine_settlement(tx: Transaction, data: dict[str, Any], dispute_id: UUID) -> Reply:
    """Offer to settle for an amount, which goes to whoever has opened the dispute.

    For its two sides; an offer takes the place of one that is open.
    """
    it, dispute = _opened(tx, dispute_id)
    commands.offer(tx, it, dispute, **data)
    return _reply(tx, dispute, status=201)


@blueprint.post("/machine-disputes/<uuid:dispute_id>/agree")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, DisputeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def agree_to_machine_settlement(tx: Transaction, _data: dict[str, Any], dispute_id: UUID) -> Reply:
    """Agree to the offer of the other side: the dispute is over, the amount entered in the account.

    For the side that has not made it.
    """
    it, dispute = _opened(tx, dispute_id)
    commands.agree(tx, it, dispute)
    return _reply(tx, dispute)


@blueprint.post("/machine-disputes/<uuid:dispute_id>/decline")
@blueprint.arguments(MayReason, required=False)
@blueprint.response(200, DisputeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def decline_machine_settlement(tx: Transaction, data: dict[str, Any], dispute_id: UUID) -> Reply:
    """Decline an offer, or take one's own back.

    For the two sides of the dispute.
    """
    it, dispute = _opened(tx, dispute_id)
    commands.decline(tx, it, dispute, data.get("reason", ""))
    return _reply(tx, dispute)


@blueprint.post("/machine-disputes/<uuid:dispute_id>/withdraw")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, DisputeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def withdraw_machine_dispute(tx: Transaction, _data: dict[str, Any], dispute_id: UUID) -> Reply:
    """Do not go on with a dispute.

    For the side that has opened it.
    """
    it, dispute = _opened(tx, dispute_id)
    commands.withdraw(tx, it, dispute)
    return _reply(tx, dispute)


@blueprint.post("/machine-disputes/<uuid:dispute_id>/decide")
@blueprint.arguments(Decision)
@blueprint.response(200, DisputeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, NOT_ANSWERED)
@command
def decide_machine_dispute(tx: Transaction, data: dict[str, Any], dispute_id: UUID) -> Reply:
    """Decide what whoever has opened the dispute gets, and say why.

    For the park's operators and managers who stand on neither side, once the other side has answered or has
    had its time (`answer_by`, the park's own rule).
    """
    it, dispute = _opened(tx, dispute_id)
    commands.decide(tx, it, dispute, **data)
    return _reply(tx, dispute)


def _opened(tx: Transaction, dispute_id: UUID) -> tuple[Opened, Dispute]:
    """The booking and its dispute, on which nobody else acts until this transaction ends."""
    visible = visible_dispute(tx.actor)
    booking_id = find_dispute(tx.session, dispute_id, visible).booking_id
    take_turn(tx.session, booking_id)
    dispute = find_dispute(tx.session, dispute_id, visible, expected_version=expected_version())
    # Whoever decides may not read bookings; what they need of this one, they see in the dispute.
    return Opened(*find_booking(tx.session, booking_id, MachineBooking.id == booking_id)), dispute


def _reply(tx: Transaction, dispute: Dispute, status: int = 200) -> Reply:
    tx.session.flush()
    shown = dispute_out(tx.session, dispute, tx.actor, tx.now)
    return Reply(shown, status=status, version=dispute.version)
