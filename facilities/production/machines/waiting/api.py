"""`…/machine-waitlist`: waiting for a machine that is full."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.refusals import ALREADY_WAITING, FREE_NOW, WRONG_STATE
from facilities.capacity.rules import Wish
from facilities.capacity.waiting.model import WaitlistEntry
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.bookings.schemas import Side
from facilities.production.machines.policy import (
    firms_of,
    require_sees_orders,
    visible_machine,
    visible_to_sides,
)
from facilities.production.machines.queries import find_machine
from facilities.production.machines.refusals import FIRM_NOT_ACTIVE, NOT_OFFERED
from facilities.production.machines.schemas import Nothing
from facilities.production.machines.waiting import commands, queries
from facilities.production.machines.waiting.commands import Waits
from facilities.production.machines.waiting.model import MachineWaiting
from facilities.production.machines.waiting.schemas import EntryOut, EntryPage, Join, WaitListArgs, WantedList
from facilities.production.machines.waiting.view import entries_out, wanted_out
from facilities.production.machines.wishes import MachineWish
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "machine_waitlist",
    __name__,
    description="Waiting for shared machines (共享设备候补)",
    path_parameters={
        "entry_id": ("The id of the entry", EXAMPLE_ID),
        "machine_id": ("The id of the machine", EXAMPLE_ID),
    },
)


@blueprint.post("/machine-waitlist")
@blueprint.arguments(Join)
@blueprint.response(201, EntryOut, headers={**ETAG, **LOCATION})
@refuses(FORBIDDEN, NOT_FOUND, FIRM_NOT_ACTIVE, NOT_OFFERED, FREE_NOW, ALREADY_WAITING)
@command
def join_machine_waitlist(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Wait for a machine that is full at a time.

    For members of the firm. As soon as there is room, it is held for the firm for some hours, at the price
    of then: confirm the booking that `booking_id` names. 409 `free-now`: it is free, hold it instead.
    """
    wish = Wish(data.pop("starts_at"), data.pop("ends_at"), data.pop("quantity"))
    wanted = MachineWish(wish, data.pop("with_operator"), data.pop("pieces"))
    return _reply(tx, commands.join(tx, wanted=wanted, **data), status=201)


@blueprint.get("/machine-waitlist")
@blueprint.arguments(WaitListArgs, location="query")
@blueprint.response(200, EntryPage)
def list_machine_waitlist(args: dict[str, Any]) -> Response:
    """What your firms wait for, and who waits for your firms' machines, the one that joined last first.

    Those who watch the park see all.
    """
    reader = current_actor()
    where = [visible_to_sides(reader, MachineWaiting.customer, MachineWaiting.owner)]
    if args["side"] is not None:
        column = MachineWaiting.customer if args["side"] is Side.CUSTOMER else MachineWaiting.owner
        where.append(column.in_(firms_of(reader)))
    if args["state"] is not None:
        where.append(WaitlistEntry.state == args["state"])
    with current_runtime().read() as session:
        found, following = queries.list_entries(session, where, args["cursor"], args["limit"])
        page = {"items": entries_out(session, found, reader), "next": following}
    response = json_response(Reply(page))
    link_next(response, following)
    return response


@blueprint.get("/machine-waitlist/<uuid:entry_id>")
@blueprint.response(200, EntryOut, headers=ETAG)
def get_machine_waitlist_entry(entry_id: UUID) -> Response:
    """One entry.

    For its two sides, and for those who watch the park.
    """
    reader = current_actor()
    visible = visible_to_sides(reader, MachineWaiting.customer, MachineWaiting.owner)
    with current_runtime().read() as session:
        it = queries.find_entry(session, entry_id, visible)
        return json_response(Reply(entries_out(session, [it], reader)[0], version=it.entry.version))


@blueprint.post("/machine-waitlist/<uuid:entry_id>/leave")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, EntryOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def leave_machine_waitlist(tx: Transaction, _data: dict[str, Any], entry_id: UUID) -> Reply:
    """Wait no more.

    For members of the firm that waits. What was offered already is a booking: cancel that.
    """
    visible = visible_to_sides(tx.actor, MachineWaiting.customer, MachineWaiting.owner)
    it = queries.find_entry(tx.session, entry_id, visible, expected_version=expected_version())
    return _reply(tx, commands.leave(tx, it))


@blueprint.get("/machines/<uuid:machine_id>/waitlist")
@blueprint.response(200, WantedList)
@refuses(FORBIDDEN)
def get_waitlist_of_machine(machine_id: UUID) -> Response:
    """How many firms wait for a machine, and for which times.

    For members of its owner, and for those who watch the park.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        machine = find_machine(session, machine_id, visible_machine(reader))
        require_sees_orders(reader, machine)
        return json_response(Reply(wanted_out(queries.wanted_of(session, machine.id))))


def _reply(tx: Transaction, it: Waits, status: int = 200) -> Reply:
    tx.session.flush()
    headers = {"Location": f"/api/v1/production/machine-waitlist/{it.entry.id}"} if status == 201 else {}
    shown = entries_out(tx.session, [it], tx.actor)[0]
    return Reply(shown, status=status, version=it.entry.version, headers=headers)
