"""The applicant's verbs over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint

from approvals.applications import commands, renewal
from approvals.casefile.opening import opened, reading, reply_with_case
from approvals.cases import policy
from approvals.cases.schemas import (
    CaseOut,
    CheckArgs,
    CheckOut,
    Nothing,
    SaveAnswers,
    StartCase,
    Submit,
    Withdraw,
)
from approvals.items.catalogue import Catalogue
from shared.errors import FieldError
from shared.http.command import Reply, command
from shared.transaction import Transaction

blueprint = Blueprint("applications", __name__, description="Applications (申请)")


@blueprint.post("/cases")
@blueprint.arguments(StartCase)
@blueprint.response(201, CaseOut)
@command
def start_case(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Open a draft under an item, for yourself or for an organisation you belong to."""
    case = commands.start(tx, data["item_code"], data["on_behalf_of"])
    location = f"/api/v1/{tx.context.service}/cases/{case.id}"
    return reply_with_case(tx, case, status=201, headers={"Location": location})


@blueprint.patch("/cases/<uuid:case_id>")
@blueprint.arguments(SaveAnswers)
@blueprint.response(200, CaseOut)
@command
def save_answers(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Save sections of the form as typed; nothing is judged but their shape."""
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.save_answers(tx, case, item, data["answers"]))


@blueprint.delete("/cases/<uuid:case_id>")
@blueprint.response(204)
@command
def discard_case(tx: Transaction, case_id: UUID) -> Reply:
    """Throw a draft away; 409 once it was handed in, for then it can only be withdrawn."""
    case, _item = opened(tx, case_id)
    commands.discard(tx, case)
    return Reply(None, status=204)


@blueprint.post("/cases/<uuid:case_id>/check")
@blueprint.arguments(CheckArgs, location="query")
@blueprint.response(200, CheckOut)
def check_case(args: dict[str, Any], case_id: UUID) -> Response:
    """Say what is still wrong, in one section or in the whole application; nothing is changed."""
    with reading() as reader:
        case = policy.find(reader.session, reader.actor, case_id)
        item = reader.context.resources.get(Catalogue).of(case)
        found = commands.check(reader.session, reader.context, case, item, reader.today, args["section"])
    return jsonify(
        valid=found.valid,
        errors=[_finding(error) for error in found.errors],
        warnings=[_finding(warning) for warning in found.warnings],
    )


@blueprint.post("/cases/<uuid:case_id>/submit")
@blueprint.arguments(Submit)
@blueprint.response(200, CaseOut)
@command
def submit_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Hand the application in; it gets its number and the date by which an answer is due."""
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.submit(tx, case, item, declaration=data["declaration"]))


@blueprint.post("/cases/<uuid:case_id>/renew-version")
@blueprint.arguments(Nothing)
@blueprint.response(200, CaseOut)
@command
def renew_version(tx: Transaction, _data: dict[str, Any], case_id: UUID) -> Reply:
    """Move a draft to the item version in force; `renewal` of the case says what that changes.

    Answers stay as typed and are judged by the new form; what it has no place for goes, and so do files
    that it does not take.
    """
    case, _item = opened(tx, case_id)
    renewal.renew_version(tx, case)
    return reply_with_case(tx, case)


@blueprint.post("/cases/<uuid:case_id>/withdraw")
@blueprint.arguments(Withdraw)
@blueprint.response(200, CaseOut)
@command
def withdraw_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Take the application back (撤件 before acceptance, 撤回 after it)."""
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.withdraw(tx, case, item, reason=data["reason"]))


@blueprint.post("/cases/<uuid:case_id>/answer-correction")
@blueprint.arguments(Nothing)
@blueprint.response(200, CaseOut)
@command
def answer_correction(tx: Transaction, _data: dict[str, Any], case_id: UUID) -> Reply:
    """Hand the corrections in; a new intake clock starts."""
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.answer_correction(tx, case, item))


def _finding(error: FieldError) -> dict[str, Any]:
    return {"pointer": error.pointer, "code": error.code, "message": error.message.to_dict()}
