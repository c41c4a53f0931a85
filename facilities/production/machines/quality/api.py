"""`…/machine-bookings/{id}/quality`: what came out of the use, and whether the customer accepts it."""

from typing import Any
from uuid import UUID

from flask import Response, g

from facilities.capacity.refusals import WRONG_STATE
from facilities.production.machines.after_use import files
from facilities.production.machines.after_use.opening import open_in_turn, side_of
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.bookings.schemas import MayReason
from facilities.production.machines.disputes.model import Evidence
from facilities.production.machines.policy import visible_booking
from facilities.production.machines.quality import commands
from facilities.production.machines.quality.model import QualityResult
from facilities.production.machines.quality.rules import sides
from facilities.production.machines.quality.schemas import Concession, QualityBody, QualityOut
from facilities.production.machines.quality.view import quality_out
from facilities.production.machines.refusals import DISPUTE_OPEN
from facilities.production.machines.schemas import Nothing
from shared.errors import NotFound, Problem
from shared.http.app import takes_files
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses, uploads
from shared.http.description import CONTENT, ETAG, FILE, Blueprint
from shared.http.etag import expected_version
from shared.http.files import file_response
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction
from shared.uploads.inspection import InspectedUpload

_NO_REPORT = Text("没有检测报告", "There is no report")

blueprint = Blueprint(
    "machine_quality",
    __name__,
    description="The quality of what was made (质量结果)",
    path_parameters={"booking_id": ("The id of the booking", EXAMPLE_ID)},
)


@blueprint.get("/machine-bookings/<uuid:booking_id>/quality")
@blueprint.response(200, QualityOut, headers=ETAG)
def get_machine_quality(booking_id: UUID) -> Response:
    """The quality result of a booking, and what the reader may do with it.

    Before anything is recorded the state is `none` and the version 0. For the two sides of the booking, and
    for those who watch the park.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        shown, version = quality_out(
            session, Opened(*find_booking(session, booking_id, visible_booking(reader))), reader
        )
        return json_response(Reply(shown, version=version))


@blueprint.put("/machine-bookings/<uuid:booking_id>/quality")
@blueprint.arguments(QualityBody)
@blueprint.response(200, QualityOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def record_machine_quality(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Record what came out of the use; again, as long as the customer has not answered.

    For members of the machine's owner, after the use. Nothing recorded yet is version 0. Without an answer
    within the park's own limit (`answer_by`) it counts as accepted.
    """
    it = _opened(tx, booking_id)
    commands.record(tx, it, expected_version(), **data)
    return _reply(tx, it)


@blueprint.put("/machine-bookings/<uuid:booking_id>/quality/report")
@blueprint.response(200, QualityOut, headers=ETAG)
@uploads
@refuses(FORBIDDEN, WRONG_STATE)
@takes_files
def put_machine_quality_report(booking_id: UUID) -> Response:
    """Hand in the report of the result: the raw body, or a form with the field `file`.

    For members of the machine's owner. `If-Match` names the version of the quality result. The content
    decides what a file is, never its name.
    """
    seen = expected_version()
    actor, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        _, kept = find_booking(session, booking_id, visible_booking(actor))
        side_of(actor, kept, sides("report"))
    # Judged and stored before the transaction: opening a file takes long.
    data, found = files.taken_in(runtime.context.blobs)
    try:
        return _keep(booking_id, data, found, seen)
    except Problem:
        with runtime.transaction(actor, request_id=g.get("request_id")) as tx:
            files.forget(tx, found.sha256, QualityResult.report_sha256, Evidence.sha256)
        raise


@command
def _keep(tx: Transaction, booking_id: UUID, data: bytes, found: InspectedUpload, seen: int) -> Reply:
    it = _opened(tx, booking_id)
    before = commands.hand_in_report(tx, it, seen, found)
    files.keep(tx, data, found)
    if before is not None and before != found.sha256:
        tx.session.flush()
        files.forget(tx, before, QualityResult.report_sha256, Evidence.sha256)
    return _reply(tx, it)


@blueprint.get("/machine-bookings/<uuid:booking_id>/quality/report")
@blueprint.response(200, content_type="application/pdf", schema=CONTENT, headers=FILE)
@blueprint.response(200, content_type="image/jpeg", schema=CONTENT)
@blueprint.response(200, content_type="image/png", schema=CONTENT)
@refuses(FORBIDDEN)
def get_machine_quality_report(booking_id: UUID) -> Response:
    """The report that was handed in.

    For the two sides of the booking.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        _, kept = find_booking(session, booking_id, visible_booking(reader))
        side_of(reader, kept)
        found = session.get(QualityResult, booking_id)
        if found is None or not (found.report_sha256 and found.report_name and found.report_type):
            raise NotFound(_NO_REPORT)
        key, media_type, name = found.report_sha256, found.report_type, found.report_name
    return file_response(runtime.context.blobs.get(key), media_type, name, attachment=True)


@blueprint.post("/machine-bookings/<uuid:booking_id>/quality/accept")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, QualityOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def accept_machine_quality(tx: Transaction, _data: dict[str, Any], booking_id: UUID) -> Reply:
    """Accept the result as it is.

    For members of the firm that has booked.
    """
    it = _opened(tx, booking_id)
    commands.accept(tx, it, expected_version())
    return _reply(tx, it)


@blueprint.post("/machine-bookings/<uuid:booking_id>/quality/propose")
@blueprint.arguments(Concession)
@blueprint.response(200, QualityOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, DISPUTE_OPEN)
@command
def propose_machine_concession(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Propose to accept deviations against a price reduction (让步接收).

    For the two sides; a proposal takes the place of one that is open. No more can come back than was paid.
    """
    it = _opened(tx, booking_id)
    commands.propose(tx, it, expected_version(), **data)
    return _reply(tx, it)


@blueprint.post("/machine-bookings/<uuid:booking_id>/quality/agree")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, QualityOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, DISPUTE_OPEN)
@command
def agree_to_machine_concession(tx: Transaction, _data: dict[str, Any], booking_id: UUID) -> Reply:
    """Agree to the concession that the other side has proposed; it is entered in the account at once.

    For the side that has not proposed it.
    """
    it = _opened(tx, booking_id)
    commands.agree(tx, it, expected_version())
    return _reply(tx, it)


@blueprint.post("/machine-bookings/<uuid:booking_id>/quality/decline")
@blueprint.arguments(MayReason, required=False)
@blueprint.response(200, QualityOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def decline_machine_concession(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Decline a proposal, or take one's own back.

    For the two sides of the booking.
    """
    it = _opened(tx, booking_id)
    commands.decline(tx, it, expected_version(), data.get("reason", ""))
    return _reply(tx, it)


def _opened(tx: Transaction, booking_id: UUID) -> Opened:
    return open_in_turn(tx, booking_id, visible_booking(tx.actor))


def _reply(tx: Transaction, it: Opened) -> Reply:
    tx.session.flush()
    shown, version = quality_out(tx.session, it, tx.actor)
    return Reply(shown, version=version)
