"""`…/machine-series`: a machine booked again and again by a firm."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.recurrence import read_rule
from facilities.capacity.recurring.changing import Times, Which
from facilities.capacity.recurring.refusals import OCCURRENCES_REFUSED
from facilities.capacity.refusals import WRONG_STATE
from facilities.capacity.rules import Wish, completed, violations
from facilities.capacity.series import Series
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.bookings.schemas import Side
from facilities.production.machines.model import Machine
from facilities.production.machines.policy import (
    acting,
    firms_of,
    visible_machine,
    visible_series,
)
from facilities.production.machines.queries import find_machine
from facilities.production.machines.refusals import FIRM_NOT_ACTIVE, NOT_OFFERED
from facilities.production.machines.schemas import Nothing
from facilities.production.machines.series import commands
from facilities.production.machines.series.commands import Done, Recurs
from facilities.production.machines.series.model import MachineSeries
from facilities.production.machines.series.queries import Recurring, find_series, list_series
from facilities.production.machines.series.schemas import (
    BookSeries,
    CancelPart,
    ChangePart,
    PartArgs,
    PartRefunds,
    RejectSeries,
    SeriesArgs,
    SeriesDone,
    SeriesListArgs,
    SeriesOut,
    SeriesPage,
    SeriesQuoteOut,
)
from facilities.production.machines.series.view import quote_out, refunds_out, refused_out, summaries, whole
from facilities.production.machines.wishes import MachineWish
from shared.errors import FieldError, InvalidInput
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "machine_series",
    __name__,
    description="Recurring bookings of shared machines (共享设备系列预订)",
    path_parameters={
        "series_id": ("The id of the series", EXAMPLE_ID),
        "machine_id": ("The id of the machine", EXAMPLE_ID),
    },
)


@blueprint.get("/machines/<uuid:machine_id>/series-quote")
@blueprint.arguments(SeriesArgs, location="query")
@blueprint.response(200, SeriesQuoteOut)
@refuses(NOT_OFFERED)
def quote_machine_series(args: dict[str, Any], machine_id: UUID) -> Response:
    """What would become of each occurrence of a recurring wish; nothing is kept.

    Free, refused with the reasons and up to three other times, or beyond the horizon. 422 where the rule
    cannot be read, never ends, makes too many dates, or the first date breaks rules.
    """
    runtime = current_runtime()
    now = runtime.clock.now()
    with runtime.read() as session:
        machine = find_machine(session, machine_id, visible_machine(current_actor()))
        start, end = completed(machine.policy, now, args["starts_at"], args["ends_at"])
        recurs = _recurs({**args, "starts_at": start, "ends_at": end}, machine, now)
        return json_response(Reply(quote_out(session, machine, recurs, now)))


@blueprint.post("/machine-series")
@blueprint.arguments(BookSeries)
@blueprint.response(201, SeriesDone, headers={**ETAG, **LOCATION})
@refuses(FORBIDDEN, NOT_FOUND, FIRM_NOT_ACTIVE, NOT_OFFERED, OCCURRENCES_REFUSED)
@command
def book_machine_series(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Book a machine again and again, for good or for the owner to approve, each at the price of its day.

    For members of the firm, which has to be registered and active. `all` books all or nothing, `skip` leaves
    out those that cannot be had and says which. What lies beyond the machine's horizon is booked day by day
    as the horizon reaches it, at the price of that day.
    """
    machine = find_machine(tx.session, data["machine_id"], visible_machine(tx.actor))
    recurs = _recurs(data, machine, tx.now)
    done = commands.book(tx, machine.id, data["on_behalf_of"], recurs, data["purpose"], data["mode"])
    return _done(tx, done, status=201)


@blueprint.get("/machine-series")
@blueprint.arguments(SeriesListArgs, location="query")
@blueprint.response(200, SeriesPage)
def list_machine_series(args: dict[str, Any]) -> Response:
    """The recurring bookings of your firms and of your firms' machines, the one made last first.

    Those who watch the park see all.
    """
    reader = current_actor()
    where = [visible_series(reader)]
    if args["side"] is not None:
        column = MachineSeries.customer if args["side"] is Side.CUSTOMER else MachineSeries.owner
        where.append(column.in_(firms_of(reader)))
    with current_runtime().read() as session:
        found, following = list_series(session, where, args["cursor"], args["limit"])
        response = json_response(Reply({"items": summaries(session, found), "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/machine-series/<uuid:series_id>")
@blueprint.response(200, SeriesOut, headers=ETAG)
def get_machine_series(series_id: UUID) -> Response:
    """One recurring booking with all of its occurrences.

    For its two sides, and for those who watch the park.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        it = find_series(session, series_id, visible_series(reader))
        shown = whole(session, it, reader, runtime.clock.now())
        return json_response(Reply(shown, version=it.series.version))


@blueprint.get("/machine-series/<uuid:series_id>/cancellation")
@blueprint.arguments(PartArgs, location="query")
@blueprint.response(200, PartRefunds)
@refuses(FORBIDDEN, WRONG_STATE)
def preview_series_cancellation(args: dict[str, Any], series_id: UUID) -> Response:
    """What would come back if you gave up a part of a series now.

    For the two sides of the series.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        it = find_series(session, series_id, visible_series(reader))
        party = acting(reader, it.kept, "cancel")
        found = commands.refunds(session, it, _which(args), party, runtime.clock.now())
        return json_response(Reply(refunds_out(party, found)))


@blueprint.post("/machine-series/<uuid:series_id>/approve")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, SeriesOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def approve_machine_series(tx: Transaction, _data: dict[str, Any], series_id: UUID) -> Reply:
    """Agree to every occurrence that waits for it.

    For members of the machine's owner.
    """
    return _reply(tx, commands.approve_series(tx, _opened(tx, series_id)))


@blueprint.post("/machine-series/<uuid:series_id>/reject")
@blueprint.arguments(RejectSeries)
@blueprint.response(200, SeriesOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def reject_machine_series(tx: Transaction, data: dict[str, Any], series_id: UUID) -> Reply:
    """Do not agree to the occurrences that wait, and say why; the series is continued no more.

    For members of the machine's owner. What was approved before stays booked.
    """
    return _reply(tx, commands.reject_series(tx, _opened(tx, series_id), data["reason"]))


@blueprint.post("/machine-series/<uuid:series_id>/cancel")
@blueprint.arguments(CancelPart)
@blueprint.response(200, SeriesOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def cancel_machine_series(tx: Transaction, data: dict[str, Any], series_id: UUID) -> Reply:
    """Give up one occurrence, one and those after it, or all that have not begun.

    For its two sides. Of each occurrence comes back what the rules agreed for it say; an owner who cancels
    gives everything back.
    """
    it = commands.cancel_series(tx, _opened(tx, series_id), _which(data), data["reason"])
    return _reply(tx, it)


@blueprint.post("/machine-series/<uuid:series_id>/change")
@blueprint.arguments(ChangePart)
@blueprint.response(200, SeriesDone, headers=ETAG)
@guarded
@refuses(FORBIDDEN, FIRM_NOT_ACTIVE, NOT_OFFERED, WRONG_STATE, OCCURRENCES_REFUSED)
@command
def change_machine_series(tx: Transaction, data: dict[str, Any], series_id: UUID) -> Reply:
    """Another time of day, length or quantity for one occurrence, one and those after it, or all ahead.

    For members of the firm that has booked. Each is booked anew at the price of today, for the owner to
    approve where the machine asks for that. One and those after it become a series of their own: the answer
    is that series, with an id of its own. What could only be given up at a cost is refused.
    """
    hours, minutes = (int(part) for part in data["since"].split(":"))
    times = Times(time(hours, minutes), timedelta(minutes=data["length_min"]), data["quantity"])
    try:
        done = commands.change_series(tx, _opened(tx, series_id), _which(data), times, data["mode"])
    except InvalidInput as refused:
        raise InvalidInput(errors=[_as_asked(each) for each in refused.errors]) from refused
    return _done(tx, done)


_ASKED = {"/starts_at": "/since", "/ends_at": "/length_min"}


def _as_asked(error: FieldError) -> FieldError:
    """What is wrong, at the place in which it was asked for."""
    return FieldError(_ASKED.get(error.pointer, error.pointer), error.code, error.message)


def _recurs(data: dict[str, Any], machine: Machine, now: Any) -> Recurs:
    """What is wished; InvalidInput with everything that is wrong with the first time and with the rule."""
    wish = Wish(data["starts_at"], data["ends_at"], data["quantity"])
    wrong = list(violations(wish, machine.policy, now))
    try:
        rule = read_rule(data["rule"])
    except InvalidInput as refused:
        raise InvalidInput(errors=[*wrong, *refused.errors]) from refused
    if wrong:
        raise InvalidInput(errors=wrong)
    tz = machine.policy.tz
    start, end = (each.astimezone(tz).replace(tzinfo=None) for each in (wish.starts_at, wish.ends_at))
    first = MachineWish(wish, data["with_operator"], data["pieces"])
    return Recurs(first, Series(rule, tz, start, end), tuple(data.get("skipped", ())))


def _which(data: dict[str, Any]) -> Which:
    return Which(data["scope"], data["occurrence"])


def _opened(tx: Transaction, series_id: UUID) -> Recurring:
    return find_series(tx.session, series_id, visible_series(tx.actor), expected_version=expected_version())


def _done(tx: Transaction, done: Done, status: int = 200) -> Reply:
    reply = _reply(tx, done.it, status)
    return Reply(
        {**(reply.body or {}), "refused": refused_out(done.outcome.refused)},
        status=status,
        version=reply.version,
        headers=reply.headers,
    )


def _reply(tx: Transaction, it: Recurring, status: int = 200) -> Reply:
    tx.session.flush()
    headers = {"Location": f"/api/v1/production/machine-series/{it.series.id}"} if status == 201 else {}
    shown = whole(tx.session, it, tx.actor, tx.now)
    return Reply(shown, status=status, version=it.series.version, headers=headers)
