"""`…/enterprises/{uscc}`: suspending the business of an enterprise and resuming it."""

from typing import Any

from flask import Response

from approvals.enterprise.answers import EnterpriseOut, enterprise_view
from approvals.enterprise.model import Enterprise
from approvals.enterprise.queries import find_enterprise
from approvals.enterprise.refusals import NOT_ACTIVE, NOT_SUSPENDED
from approvals.enterprise.standing import commands, queries
from approvals.enterprise.standing.schemas import StandingOut, StandingReason
from approvals.items.catalogue import Catalogue
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version, require_version
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "standing",
    __name__,
    description="Suspended business (停业、恢复营业)",
    path_parameters={"uscc": ("Unified social credit code (GB 32100)", "91990101MA0DEM013U")},
)


@blueprint.get("/enterprises/<uscc>/standing")
@blueprint.response(200, StandingOut)
def get_standing(uscc: str) -> Response:
    """When business was suspended and resumed, and why.

    For everybody signed in, as the rest of the register.
    """
    current_actor()
    with current_runtime().read() as session:
        enterprise = find_enterprise(session, uscc)
        return json_response(
            Reply(StandingOut().dump({"items": queries.entries_of(session, enterprise.uscc)}))
        )


@blueprint.post("/enterprises/<uscc>/suspend")
@blueprint.arguments(StandingReason)
@blueprint.response(200, EnterpriseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, NOT_ACTIVE)
@command
def suspend_enterprise(tx: Transaction, data: dict[str, Any], uscc: str) -> Reply:
    """Enter that an enterprise does no business for now.

    For deciders of the registration authority. Services that know the enterprise hear of it: its machines
    are offered no more, and its bookings to come are cancelled and paid back.
    """
    return _reply(tx, commands.suspend(tx, _seen(tx, uscc), data["reason"]))


@blueprint.post("/enterprises/<uscc>/resume")
@blueprint.arguments(StandingReason)
@blueprint.response(200, EnterpriseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, NOT_SUSPENDED)
@command
def resume_enterprise(tx: Transaction, data: dict[str, Any], uscc: str) -> Reply:
    """Enter that a suspended enterprise does business again.

    For deciders of the registration authority. What was cancelled meanwhile stays cancelled.
    """
    return _reply(tx, commands.resume(tx, _seen(tx, uscc), data["reason"]))


def _seen(tx: Transaction, uscc: str) -> Enterprise:
    expected_version()
    enterprise = find_enterprise(tx.session, uscc, lock=True)
    require_version(enterprise.version)
    return enterprise


def _reply(tx: Transaction, enterprise: Enterprise) -> Reply:
    tx.session.flush()
    return Reply(
        enterprise_view(enterprise, tx.actor, tx.resource(Catalogue), tx.today), version=enterprise.version
    )
