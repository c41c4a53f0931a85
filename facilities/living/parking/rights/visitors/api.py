"""`…/parking/visits`: visitors whom somebody has invited."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.living.parking.lots.schemas import Nothing
from facilities.living.parking.rights.refusals import LOT_CLOSED, MAY_NOT_INVITE, TOO_MANY, VISIT_OVER
from facilities.living.parking.rights.schemas import EXAMPLE_ID
from facilities.living.parking.rights.visitors import commands, queries
from facilities.living.parking.rights.visitors.commands import When
from facilities.living.parking.rights.visitors.model import ParkingVisit
from facilities.living.parking.rights.visitors.schemas import (
    NewVisit,
    VisitArgs,
    VisitOut,
    VisitPage,
    VisitSeen,
)
from facilities.living.parking.rights.visitors.view import is_host, seen, shown
from shared.errors import Forbidden
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "parking_visits",
    __name__,
    description="Visitors by car (访客车辆)",
    path_parameters={
        "visit_id": ("The id of the invitation", EXAMPLE_ID),
        "token": ("The end of the visitor's address", "YW4gYWRkcmVzcyBmb3IgYSB2aXNpdG9y"),
    },
)


@blueprint.post("/parking/visits")
@blueprint.arguments(NewVisit)
@blueprint.response(201, VisitOut, headers={**ETAG, **LOCATION})
@refuses(FORBIDDEN, NOT_FOUND, LOT_CLOSED, MAY_NOT_INVITE, TOO_MANY)
@command
def invite_visitor(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Invite a car: it may come once within the time, and you bear so many minutes of its stay.

    For members of an active firm on its behalf, and for holders of a pass of the car park. It keeps no bay.
    """
    when = When(data.pop("starts_at"), data.pop("ends_at"))
    visit = commands.invite(tx, when=when, **data)
    return _reply(tx, visit, 201, {"Location": f"/api/v1/living/parking/visits/{visit.id}"})


@blueprint.get("/parking/visits")
@blueprint.arguments(VisitArgs, location="query")
@blueprint.response(200, VisitPage)
def list_visits(args: dict[str, Any]) -> Response:
    """Your invitations and those of your firms, the one made last first.

    Those who run or watch the park see all, without the visitors' addresses.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found, following = queries.page(session, reader, **args)
        items = shown(session, runtime.settings, found, reader, runtime.clock.now())
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/visits/<uuid:visit_id>")
@blueprint.response(200, VisitOut, headers=ETAG)
def get_visit(visit_id: UUID) -> Response:
    """One invitation.

    For its host, for members of the firm that is, and for those who run or watch the park.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        visit = queries.find(session, visit_id, queries.visible(reader))
        (out,) = shown(session, runtime.settings, [visit], reader, runtime.clock.now())
        return json_response(Reply(out, version=visit.version))


@blueprint.post("/parking/visits/<uuid:visit_id>/take-back")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, VisitOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, VISIT_OVER)
@command
def take_visit_back(tx: Transaction, _data: dict[str, Any], visit_id: UUID) -> Reply:
    """Take an invitation back before the car has come.

    For its host, and for members of the firm that is.
    """
    visit = queries.find(tx.session, visit_id, queries.visible(tx.actor), expected_version())
    if not is_host(tx.actor, visit):
        raise Forbidden
    return _reply(tx, commands.take_back(tx, visit))


@blueprint.get("/parking/visits/<uuid:visit_id>/state/<string:token>")
@public
@blueprint.response(200, VisitSeen)
def look_at_visit(visit_id: UUID, token: str) -> Response:
    """How an invitation stands, for the visitor: whoever has its address may look; no sign-in.

    404 for every address that is not signed. It tells nothing of the host.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        visit = queries.by_address(session, runtime.settings, visit_id, token)
        return json_response(Reply(seen(session, visit, runtime.clock.now())))


def _reply(
    tx: Transaction, visit: ParkingVisit, status: int = 200, headers: dict[str, str] | None = None
) -> Reply:
    tx.session.flush()
    (out,) = shown(tx.session, tx.context.settings, [visit], tx.actor, tx.now)
    return Reply(out, status=status, version=visit.version, headers=headers or {})
