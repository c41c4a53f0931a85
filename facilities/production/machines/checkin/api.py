"""`…/machines/{id}/check-in`: the code at a machine, and what whoever has scanned it does there."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.refusals import NOT_NOW, WRONG_STATE
from facilities.enterprises.queries import firm_names
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.bookings.schemas import BookingOut
from facilities.production.machines.bookings.view import summaries, whole
from facilities.production.machines.checkin import commands
from facilities.production.machines.checkin.queries import due_at, why_nothing
from facilities.production.machines.checkin.schemas import AtMachine, CodeRead, PlaceCode
from facilities.production.machines.model import Machine
from facilities.production.machines.policy import require_owner, visible_booking, visible_machine
from facilities.production.machines.queries import find_machine
from shared.errors import NotFound
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "machine_check_ins",
    __name__,
    description="Checking in at shared machines (扫码签到)",
    path_parameters={
        "booking_id": ("The id of the booking", EXAMPLE_ID),
        "machine_id": ("The id of the machine", EXAMPLE_ID),
        "token": (
            "The end of the address that the machine's code has",
            "b3JkZXIgb2YgdGhlIGNvZGUgYXQgYSBtYWNoaW5l",
        ),
    },
)


@blueprint.get("/machines/<uuid:machine_id>/check-in-code")
@blueprint.response(200, PlaceCode)
@refuses(FORBIDDEN)
def get_check_in_code(machine_id: UUID) -> Response:
    """The address that the code at a machine leads to.

    For members of its owner, who print it and put it up at the machine.
    """
    reader, settings = current_actor(), current_runtime().context.settings
    with current_runtime().read() as session:
        require_owner(reader, find_machine(session, machine_id, visible_machine(reader)))
    token = commands.code_of(settings, machine_id)
    url = f"{settings.public_url}/machines/{machine_id}/check-in/{token}"
    return json_response(Reply({"token": token, "url": url}))


@blueprint.get("/machines/<uuid:machine_id>/check-in/<string:token>")
@blueprint.response(200, AtMachine)
@refuses(FORBIDDEN)
def look_at_machine(machine_id: UUID, token: str) -> Response:
    """Your firms' bookings of the machine whose code you have scanned: which is due, and if none, why.

    For everybody who is signed in and has the code. Bookings of two days ahead are shown.
    """
    reader, runtime = current_actor(), current_runtime()
    commands.require_code(runtime.context.settings, machine_id, token)
    with runtime.read() as session:
        machine = session.get(Machine, machine_id)
        if machine is None:
            raise NotFound
        found = due_at(session, machine, reader, runtime.clock.now())
        shown = summaries(session, [(each.booking, each.kept) for each in found])
        return json_response(
            Reply(
                {
                    "machine_id": str(machine.id),
                    "machine_name": machine.name,
                    "owner_name": firm_names(session, [machine.owner])[machine.owner],
                    "items": [
                        {
                            **summary,
                            "version": each.booking.version,
                            "action": each.action,
                            "why_not": each.reason.to_dict() if each.reason else None,
                        }
                        for each, summary in zip(found, shown, strict=True)
                    ],
                    "why_none": None if found else why_nothing(reader).to_dict(),
                }
            )
        )


@blueprint.post("/machine-bookings/<uuid:booking_id>/check-in")
@blueprint.arguments(CodeRead)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, NOT_NOW)
@command
def check_in_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Begin the use, standing at the machine: from the time that belongs to the booking until its end.

    For members of the firm that has booked, with the machine's code.
    """
    return _reply(tx, commands.check_in(tx, _opened(tx, booking_id), data["token"]))


@blueprint.post("/machine-bookings/<uuid:booking_id>/check-out")
@blueprint.arguments(CodeRead)
@blueprint.response(200, BookingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def check_out_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """End the use, standing at the machine; it is billed as having run from its start until now.

    For members of the firm that has booked, with the machine's code.
    """
    return _reply(tx, commands.check_out(tx, _opened(tx, booking_id), data["token"]))


def _opened(tx: Transaction, booking_id: UUID) -> Opened:
    found = find_booking(
        tx.session, booking_id, visible_booking(tx.actor), expected_version=expected_version()
    )
    return Opened(*found)


def _reply(tx: Transaction, it: Opened) -> Reply:
    tx.session.flush()
    return Reply(whole(tx.session, it, tx.actor, tx.now), version=it.booking.version)
