"""`…/parking/quotas`: bays that firms have because they are registered, and the rules that give them."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.living.parking.rights.policy import READS, require_operator
from facilities.living.parking.rights.quotas import commands, queries
from facilities.living.parking.rights.quotas.model import ParkingQuota, QuotaRule
from facilities.living.parking.rights.quotas.schemas import (
    NewRule,
    QuotaArgs,
    QuotaCars,
    QuotaOut,
    QuotaPage,
    RuleChange,
    RuleList,
    RuleOut,
)
from facilities.living.parking.rights.quotas.view import rules_shown, shown
from facilities.living.parking.rights.refusals import QUOTA_WITHDRAWN, RULE_STANDS
from facilities.living.parking.rights.schemas import EXAMPLE_ID
from shared.errors import Forbidden
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "parking_quotas",
    __name__,
    description="Bays of firms (企业配额车位)",
    path_parameters={
        "quota_id": ("The id of the firm's quota", EXAMPLE_ID),
        "zone_id": ("The id of the zone", EXAMPLE_ID),
    },
)


@blueprint.get("/parking/quota-rules")
@blueprint.response(200, RuleList)
@refuses(FORBIDDEN)
def list_quota_rules() -> Response:
    """How many bays of which zone every firm gets.

    For those who run or watch the park.
    """
    if not current_actor().has_role(*READS):
        raise Forbidden
    with current_runtime().read() as session:
        return json_response(Reply({"items": rules_shown(session, queries.rules(session))}))


@blueprint.post("/parking/quota-rules")
@blueprint.arguments(NewRule)
@blueprint.response(201, RuleOut, headers=ETAG)
@refuses(FORBIDDEN, NOT_FOUND, RULE_STANDS)
@command
def set_quota_rule(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Give every registered and active firm bays of a zone. It is done soon after, firm by firm.

    For the operator. Where there is no room for all, the rest stays owed and is tried again every day.
    """
    return _rule(tx, commands.set_rule(tx, **data), status=201)


@blueprint.get("/parking/quota-rules/<uuid:zone_id>")
@blueprint.response(200, RuleOut, headers=ETAG)
@refuses(FORBIDDEN)
def get_quota_rule(zone_id: UUID) -> Response:
    """How many bays of a zone every firm gets.

    For those who run or watch the park.
    """
    if not current_actor().has_role(*READS):
        raise Forbidden
    with current_runtime().read() as session:
        rule = queries.find_rule(session, zone_id)
        (out,) = rules_shown(session, [rule])
        return json_response(Reply(out, version=rule.version))


@blueprint.put("/parking/quota-rules/<uuid:zone_id>")
@blueprint.arguments(RuleChange)
@blueprint.response(200, RuleOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN)
@command
def change_quota_rule(tx: Transaction, data: dict[str, Any], zone_id: UUID) -> Reply:
    """Give every firm another number of bays of a zone; 0 withdraws them.

    For the operator.
    """
    require_operator(tx.actor)
    rule = queries.find_rule(tx.session, zone_id, expected_version())
    return _rule(tx, commands.change_rule(tx, rule, **data))


@blueprint.get("/parking/quotas")
@blueprint.arguments(QuotaArgs, location="query")
@blueprint.response(200, QuotaPage)
def list_quotas(args: dict[str, Any]) -> Response:
    """The bays of your firms, month by month with what is short.

    Those who run or watch the park see all.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found, following = queries.page(session, reader, **args)
        items = shown(session, found, reader, runtime.clock.now())
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/quotas/<uuid:quota_id>")
@blueprint.response(200, QuotaOut, headers=ETAG)
def get_quota(quota_id: UUID) -> Response:
    """The bays of a firm in a zone.

    For members of the firm, and for those who run or watch the park.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        it = queries.find(session, quota_id, reader)
        (out,) = shown(session, [it], reader, runtime.clock.now())
        return json_response(Reply(out, version=it.version))


@blueprint.put("/parking/quotas/<uuid:quota_id>/cars")
@blueprint.arguments(QuotaCars)
@blueprint.response(200, QuotaOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, QUOTA_WITHDRAWN)
@command
def name_quota_cars(tx: Transaction, data: dict[str, Any], quota_id: UUID) -> Reply:
    """Say which cars may stand on the firm's bays.

    For members of the firm.
    """
    it = queries.find(tx.session, quota_id, tx.actor, expected_version())
    return _reply(tx, commands.name_cars(tx, it, **data))


def _rule(tx: Transaction, rule: QuotaRule, status: int = 200) -> Reply:
    (out,) = rules_shown(tx.session, [rule])
    return Reply(out, status=status, version=rule.version)


def _reply(tx: Transaction, it: ParkingQuota) -> Reply:
    tx.session.flush()
    (out,) = shown(tx.session, [it], tx.actor, tx.now)
    return Reply(out, version=it.version)
