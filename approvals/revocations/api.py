"""Revocations over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import (
    CLAIM_REQUIRED,
    FOUR_EYES,
    NAME_TAKEN,
    NO_LICENCE,
    NOT_HEARD,
    OWN_APPLICATION,
    REGISTER_MOVED_ON,
    REVOCATION_NOT_PENDING,
    REVOCATION_PENDING,
    STATEMENT_CLOSED,
    WRONG_STATE,
)
from approvals.cases.schemas import PLACES, CaseOut
from approvals.revocations import commands
from approvals.revocations.grounds import load_rules
from approvals.revocations.schemas import (
    DecideRevocation,
    GroundsOut,
    ProposeRevocation,
    StateObjection,
    WithdrawRevocation,
)
from shared.http.command import Reply, command
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "revocations", __name__, description="Revocations (撤销行政许可)", path_parameters=PLACES
)


@blueprint.get("/revocation-grounds")
@blueprint.response(200, GroundsOut)
@public
def get_revocation_grounds() -> Response:
    """On which grounds what was granted may be revoked (行政许可法 art. 69); public."""
    rules = load_rules()
    return jsonify(
        items=[
            {
                "key": each.key,
                "text": each.text.to_dict(),
                "basis": each.basis.to_dict(),
                "discretion": each.discretion,
                "own_act": each.own_act,
            }
            for each in rules.grounds.values()
            if each.by_hand
        ],
        statement_days=rules.statement.n,
        statement_days_verified=rules.statement.verified,
    )


@blueprint.post("/cases/<uuid:case_id>/propose-revocation")
@blueprint.arguments(ProposeRevocation)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, OWN_APPLICATION, WRONG_STATE, NO_LICENCE, REVOCATION_PENDING)
@command
def propose_revocation(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Propose to revoke what was granted.

    For reviewers and approvers of the department. The holder is told facts, ground and the right to state and
    defend in writing; the decision goes on the approvers' queue.
    """
    case, item = opened(tx, case_id)
    commands.propose(tx, case, item, ground=data["ground"], facts=data["facts"])
    return reply_with_case(tx, case)


@blueprint.post("/cases/<uuid:case_id>/state-objection")
@blueprint.arguments(StateObjection)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, REVOCATION_NOT_PENDING, STATEMENT_CLOSED)
@command
def state_objection(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """State and defend against a revocation that is proposed (陈述、申辩).

    For the applicant's side; once, within the time that the notice names.
    """
    case, item = opened(tx, case_id)
    commands.state_objection(tx, case, item, text=data["text"])
    return reply_with_case(tx, case)


@blueprint.post("/cases/<uuid:case_id>/decide-revocation")
@blueprint.arguments(DecideRevocation)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(
    FORBIDDEN,
    CLAIM_REQUIRED,
    FOUR_EYES,
    WRONG_STATE,
    REVOCATION_NOT_PENDING,
    NOT_HEARD,
    REGISTER_MOVED_ON,
    NAME_TAKEN,
)
@command
def decide_revocation(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Revoke what was granted, or drop the proposal.

    For the approver who has claimed its task and has not proposed it, when the holder has spoken or the time
    for it is over. A revocation ends the certificate and what the grant brought about in the register.
    """
    case, item = opened(tx, case_id)
    commands.decide(
        tx, case, item, revoked=data["revoked"], reason=data["reason"], dropped_for=data["dropped_for"]
    )
    return reply_with_case(tx, case)


@blueprint.post("/cases/<uuid:case_id>/withdraw-revocation")
@blueprint.arguments(WithdrawRevocation)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, OWN_APPLICATION, WRONG_STATE, REVOCATION_NOT_PENDING)
@command
def withdraw_revocation(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Take a proposal back before it is decided; for whoever made it."""
    case, item = opened(tx, case_id)
    commands.withdraw(tx, case, item, reason=data["reason"])
    return reply_with_case(tx, case)
