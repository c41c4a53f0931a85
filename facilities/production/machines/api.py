"""`…/machines`: what firms offer, what is free, what it costs; and what owners do with it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.refusals import BOOKINGS_IN_THE_WAY, EXCEPTION_OVERLAPS, WRONG_STATE
from facilities.capacity.rules import Wish, completed
from facilities.production.machines import commands, queries, search, view
from facilities.production.machines.answers import (
    CalendarOut,
    ClosureList,
    ClosureOut,
    CodesOut,
    CrewList,
    CrewOut,
    HitPage,
    MachineOut,
    MachinePage,
    PriceList,
    QuoteOut,
)
from facilities.production.machines.model import Machine
from facilities.production.machines.policy import firms_of, visible_machine
from facilities.production.machines.refusals import (
    FIRM_NOT_ACTIVE,
    NOT_OFFERED,
    PRICE_STANDS,
    QUALIFICATION_EXPIRED,
)
from facilities.production.machines.schemas import (
    CalendarArgs,
    MachineBody,
    NewClosure,
    NewCrew,
    NewMachine,
    NewPrice,
    Nothing,
    OwnArgs,
    SearchArgs,
    WishArgs,
)
from facilities.production.machines.wishes import MachineWish
from shared.clock import local_date
from shared.errors import FieldError, InvalidInput
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e"
_HOUR = timedelta(hours=1)
_FAR = timedelta(days=1000)
_TOO_FAR = Text("日期应在今天前后400天以内", "The day lies within 400 days of today")

blueprint = Blueprint(
    "machines",
    __name__,
    description="Shared machines (共享设备)",
    path_parameters={
        "machine_id": ("The id of the machine", EXAMPLE_ID),
        "closure_id": ("The id of the closure", EXAMPLE_ID),
    },
)


@blueprint.get("/machine-codes")
@blueprint.response(200, CodesOut)
def get_machine_codes() -> Response:
    """The lists of codes by which machines are described.

    They are defaults of the park; `source` says where each entry is from.
    """
    current_actor()
    return json_response(Reply(view.codes_out()))


@blueprint.get("/machines")
@blueprint.arguments(SearchArgs, location="query")
@blueprint.response(200, HitPage)
def search_machines(args: dict[str, Any]) -> Response:
    """Look for machines that are offered, by what they can do, when, at which price and where.

    With a time those come first that could be booked for it; then the cheaper ones.
    """
    reader, runtime = current_actor(), current_runtime()
    now = runtime.clock.now()
    cursor, limit = args.pop("cursor"), args.pop("limit")
    wanted = _wish_of(args, now)
    with runtime.read() as session:
        hits, following = search.search(session, reader, search.Filters(**args), wanted, now, cursor, limit)
        page = {"items": view.hits_out(session, hits, reader, now), "next": following}
    response = json_response(Reply(page))
    link_next(response, following)
    return response


@blueprint.get("/own-machines")
@blueprint.arguments(OwnArgs, location="query")
@blueprint.response(200, MachinePage)
def list_own_machines(args: dict[str, Any]) -> Response:
    """The machines of your firms, the one listed last first.

    Drafts and what was withdrawn too.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found, following = queries.list_machines(
            session, firms_of(reader), args["state"], args["cursor"], args["limit"]
        )
        shown = view.machines_out(session, found, reader, runtime.clock.now())
    response = json_response(Reply({"items": shown, "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/machines")
@blueprint.arguments(NewMachine)
@blueprint.response(201, MachineOut, headers={**ETAG, **LOCATION})
@refuses(FORBIDDEN, FIRM_NOT_ACTIVE)
@command
def create_machine(tx: Transaction, data: dict[str, Any]) -> Reply:
    """List a machine for a firm, as a draft, with its first price.

    For members of the firm, which has to be registered and active.
    """
    return _reply(tx, commands.create_machine(tx, **data), status=201)


@blueprint.get("/machines/<uuid:machine_id>")
@blueprint.response(200, MachineOut, headers=ETAG)
def get_machine(machine_id: UUID) -> Response:
    """One machine.

    Published ones are for everybody who is signed in; drafts for their owner.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found = queries.find_machine(session, machine_id, visible_machine(reader))
        shown = view.machine_out(session, found, reader, runtime.clock.now())
        return json_response(Reply(shown, version=found.version))


@blueprint.put("/machines/<uuid:machine_id>")
@blueprint.arguments(MachineBody)
@blueprint.response(200, MachineOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, BOOKINGS_IN_THE_WAY)
@command
def change_machine(tx: Transaction, data: dict[str, Any], machine_id: UUID) -> Reply:
    """Describe a machine anew.

    For members of its owner. What is booked keeps its rules; other hours and fewer machines are refused
    where bookings stand in the way, and `errors` lists them.
    """
    return _reply(tx, commands.change_machine(tx, _opened(tx, machine_id), **data))


@blueprint.post("/machines/<uuid:machine_id>/publish")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, MachineOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, FIRM_NOT_ACTIVE, WRONG_STATE, QUALIFICATION_EXPIRED)
@command
def publish_machine(tx: Transaction, _data: dict[str, Any], machine_id: UUID) -> Reply:
    """Offer a machine to others.

    For members of its owner.
    """
    return _reply(tx, commands.publish(tx, _opened(tx, machine_id)))


@blueprint.post("/machines/<uuid:machine_id>/withdraw")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, MachineOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def withdraw_machine(tx: Transaction, _data: dict[str, Any], machine_id: UUID) -> Reply:
    """Offer a machine no more; what is booked stands.

    For members of its owner.
    """
    return _reply(tx, commands.withdraw(tx, _opened(tx, machine_id)))


@blueprint.get("/machines/<uuid:machine_id>/prices")
@blueprint.response(200, PriceList)
def get_machine_prices(machine_id: UUID) -> Response:
    """Every version of a machine's price, the latest first.

    What is booked keeps the version it was booked at.
    """
    with current_runtime().read() as session:
        machine = queries.find_machine(session, machine_id, visible_machine(current_actor()))
        found = queries.versions_of(session, machine)
        return json_response(Reply({"items": [view.version_out(each) for each in found]}))


@blueprint.post("/machines/<uuid:machine_id>/prices")
@blueprint.arguments(NewPrice)
@blueprint.response(201, MachineOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, PRICE_STANDS)
@command
def add_machine_price(tx: Transaction, data: dict[str, Any], machine_id: UUID) -> Reply:
    """Another price from a day on; what is booked keeps the price it was booked at.

    For members of the machine's owner.
    """
    machine = _opened(tx, machine_id)
    commands.add_price(tx, machine, **data)
    return _reply(tx, machine, status=201)


@blueprint.get("/machines/<uuid:machine_id>/calendar")
@blueprint.arguments(CalendarArgs, location="query")
@blueprint.response(200, CalendarOut)
@refuses(NOT_OFFERED)
def get_machine_calendar(args: dict[str, Any], machine_id: UUID) -> Response:
    """What is free of a machine, day by day.

    Days are those of Asia/Shanghai; what has passed is left out.
    """
    runtime = current_runtime()
    now = runtime.clock.now()
    with runtime.read() as session:
        machine = queries.find_machine(session, machine_id, visible_machine(current_actor()))
        first = view.first_day(args["first"], local_date(now))
        if first is None:
            raise InvalidInput(errors=[FieldError("/first", "too_far", _TOO_FAR)])
        return json_response(Reply(view.calendar_out(session, machine, first, args["days"], now)))


@blueprint.get("/machines/<uuid:machine_id>/quote")
@blueprint.arguments(WishArgs, location="query")
@blueprint.response(200, QuoteOut)
@refuses(NOT_OFFERED)
def quote_machine(args: dict[str, Any], machine_id: UUID) -> Response:
    """What a time would cost line by line, and whether it could be booked.

    `broken` names every rule that forbids it; where it is full, `alternatives` are up to three other times.
    """
    runtime = current_runtime()
    now = runtime.clock.now()
    with runtime.read() as session:
        machine = queries.find_machine(session, machine_id, visible_machine(current_actor()))
        start, end = completed(machine.policy, now, args["starts_at"], args["ends_at"])
        wanted = _wish({**args, "starts_at": start, "ends_at": end})
        return json_response(Reply(view.quote_out(session, machine, wanted, now)))


@blueprint.get("/machines/<uuid:machine_id>/closures")
@blueprint.response(200, ClosureList)
def get_machine_closures(machine_id: UUID) -> Response:
    """The times for which a machine is closed.

    Those that are over are left out. Times are those of whole slots.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        machine = queries.find_machine(session, machine_id, visible_machine(current_actor()))
        found = queries.closures_of(session, machine, runtime.clock.now())
        return json_response(Reply({"items": [view.closure_out(*each) for each in found]}))


@blueprint.post("/machines/<uuid:machine_id>/closures")
@blueprint.arguments(NewClosure)
@blueprint.response(201, ClosureOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, NOT_OFFERED, BOOKINGS_IN_THE_WAY, EXCEPTION_OVERLAPS)
@command
def close_machine(tx: Transaction, data: dict[str, Any], machine_id: UUID) -> Reply:
    """Close a machine for a time, in whole slots.

    For members of its owner. Refused where bookings stand in the way; `errors` lists them.
    """
    machine = _opened(tx, machine_id)
    made = commands.close(tx, machine, **data)
    return Reply(
        view.closure_out(made, queries.span_of(tx.session, made)), status=201, version=machine.version
    )


@blueprint.delete("/machines/<uuid:machine_id>/closures/<uuid:closure_id>")
@blueprint.response(204)
@guarded
@refuses(FORBIDDEN, BOOKINGS_IN_THE_WAY)
@command
def reopen_machine(tx: Transaction, machine_id: UUID, closure_id: UUID) -> Reply:
    """Take a closure back; `If-Match` names the version of the machine.

    For members of its owner.
    """
    commands.reopen(tx, _opened(tx, machine_id), closure_id)
    return Reply(None, status=204)


@blueprint.get("/machine-crews")
@blueprint.response(200, CrewList)
def list_machine_crews() -> Response:
    """The crews of your firms.

    Operators whom several of their machines share.
    """
    with current_runtime().read() as session:
        found = queries.crews_of(session, firms_of(current_actor()))
        return json_response(Reply({"items": [view.crew_out(each) for each in found]}))


@blueprint.post("/machine-crews")
@blueprint.arguments(NewCrew)
@blueprint.response(201, CrewOut)
@refuses(FORBIDDEN, FIRM_NOT_ACTIVE)
@command
def create_machine_crew(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Name operators whom several machines of a firm share.

    For members of the firm. Whoever books a machine with one of them takes both.
    """
    return Reply(view.crew_out(commands.create_crew(tx, **data)), status=201)


def _opened(tx: Transaction, machine_id: UUID) -> Machine:
    return queries.find_machine(
        tx.session, machine_id, visible_machine(tx.actor), expected_version=expected_version()
    )


def _reply(tx: Transaction, machine: Machine, status: int = 200) -> Reply:
    tx.session.flush()
    headers = {"Location": f"/api/v1/production/machines/{machine.id}"} if status == 201 else {}
    shown = view.machine_out(tx.session, machine, tx.actor, tx.now)
    return Reply(shown, status=status, version=machine.version, headers=headers)


def _wish(args: dict[str, Any]) -> MachineWish:
    wish = Wish(args.pop("starts_at"), args.pop("ends_at"), args.pop("quantity"))
    return MachineWish(wish, args.pop("with_operator"), args.pop("pieces"))


def _wish_of(args: dict[str, Any], now: datetime) -> MachineWish | None:
    """The wish of a search, completed where half of its time is missing; the other arguments are left."""
    named = args["starts_at"] or args["ends_at"]
    if args["starts_at"] is None:
        args["starts_at"] = now.replace(minute=0, second=0, microsecond=0) + _HOUR
    if args["ends_at"] is None:
        args["ends_at"] = min(args["starts_at"], now + _FAR) + _HOUR
    wanted = _wish(args)
    return wanted if named else None
