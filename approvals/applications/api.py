"""The applicant's verbs over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from approvals.applications import commands, publishing, renewal, starting
from approvals.casefile.opening import opened, reading, reply_with_case
from approvals.cases import policy
from approvals.cases.refusals import (
    CLAIM_REQUIRED,
    CREDIT_BAN,
    FILING_CLOSED,
    FUNDS_APPLIED_FOR,
    GUIDE_ONLY,
    ITEM_RETIRED,
    ITEM_VERSION_CURRENT,
    ITEM_VERSION_RETIRED,
    NO_NOTICE,
    NOT_CONNECTED,
    NOT_RENEWABLE,
    NOTICE_REQUIRED,
    NOTICE_RUNNING,
    ORGANISATION_NOT_REGISTERED,
    RENEWAL_RUNNING,
    RENEWAL_TOO_EARLY,
    WITHDRAWAL_WAITS,
    WRONG_STATE,
)
from approvals.cases.schemas import (
    PLACES,
    AnswerCorrection,
    CaseOut,
    CheckArgs,
    CheckOut,
    Nothing,
    PublishNotice,
    SaveAnswers,
    StartCase,
    Submit,
    Withdraw,
)
from approvals.gaps.policy import Deferred
from approvals.items.catalogue import Catalogue
from shared.errors import FieldError
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint("applications", __name__, description="Applications (申请)", path_parameters=PLACES)


@blueprint.post("/cases")
@blueprint.arguments(StartCase)
@blueprint.response(201, CaseOut, headers=ETAG | LOCATION)
@refuses(
    FORBIDDEN,
    NOT_FOUND,
    GUIDE_ONLY,
    ITEM_RETIRED,
    ORGANISATION_NOT_REGISTERED,
    NOT_CONNECTED,
    NOT_RENEWABLE,
    RENEWAL_TOO_EARLY,
    RENEWAL_RUNNING,
)
@command
def start_case(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Open a draft under an item, for yourself or for an organisation you belong to, or to renew a permit.

    For applicants, members of enterprises and residents. The item may be named by code or by slug.
    """
    case = starting.start(tx, data["item_code"], data["on_behalf_of"], data["renews"])
    location = f"/api/v1/{tx.context.service}/cases/{case.id}"
    return reply_with_case(tx, case, status=201, headers={"Location": location})


@blueprint.patch("/cases/<uuid:case_id>")
@blueprint.arguments(SaveAnswers)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def save_answers(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Save sections of the form as typed.

    Each named section is replaced whole; nothing is judged but its shape. Once a correction notice was sent,
    only what it returns can be changed.
    """
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.save_answers(tx, case, item, data["answers"]))


@blueprint.delete("/cases/<uuid:case_id>")
@blueprint.response(204)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def discard_case(tx: Transaction, case_id: UUID) -> Reply:
    """Throw a draft away.

    Once it was handed in it can only be withdrawn: 409.
    """
    case, _item = opened(tx, case_id)
    commands.discard(tx, case)
    return Reply(None, status=204)


@blueprint.post("/cases/<uuid:case_id>/check")
@blueprint.arguments(CheckArgs, location="query")
@blueprint.response(200, CheckOut)
def check_case(args: dict[str, Any], case_id: UUID) -> Response:
    """Say what is still wrong, in one section or in the whole application.

    Nothing is changed. Pointers lead into the answers and to the materials.
    """
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
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(
    FORBIDDEN,
    WRONG_STATE,
    ITEM_VERSION_RETIRED,
    ITEM_RETIRED,
    CREDIT_BAN,
    NOT_RENEWABLE,
    NOT_CONNECTED,
    NOTICE_REQUIRED,
    NOTICE_RUNNING,
    FILING_CLOSED,
    ORGANISATION_NOT_REGISTERED,
    FUNDS_APPLIED_FOR,
)
@command
def submit_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Hand the application in.

    It gets its number, a receipt, and the date by which an answer is due. 422 names every field that is wrong
    and every material that is missing. Materials of necessity `deferrable` may be missing when `deferred`
    names them and promises to hand them in within the item's make-up limit (容缺受理). On the route `promise`
    the applicant promises here what the item's `reforms` say (`promise`), and gets the slip of it.
    """
    case, item = opened(tx, case_id)
    deferred = _deferred(data["deferred"])
    submitted = commands.submit(
        tx, case, item, declaration=data["declaration"], promise=data["promise"], deferred=deferred
    )
    return reply_with_case(tx, submitted)


@blueprint.post("/cases/<uuid:case_id>/publish-notice")
@blueprint.arguments(PublishNotice)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(
    FORBIDDEN,
    CLAIM_REQUIRED,
    WRONG_STATE,
    NO_NOTICE,
    NOTICE_RUNNING,
    ITEM_VERSION_RETIRED,
    ITEM_RETIRED,
    ORGANISATION_NOT_REGISTERED,
)
@command
def publish_notice(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Put up the public notice (公示) that the item asks for.

    Where it comes before the application, the applicant does, and all that will be handed in has to be there;
    where it comes before the decision, the official who has claimed the review or the decision does.
    """
    case, item = opened(tx, case_id)
    return reply_with_case(tx, publishing.publish_notice(tx, case, item, declaration=data["declaration"]))


@blueprint.post("/cases/<uuid:case_id>/renew-version")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, ITEM_VERSION_CURRENT, ITEM_RETIRED)
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
@blueprint.arguments(Withdraw, required=False)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, WITHDRAWAL_WAITS)
@command
def withdraw_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Take the application back (撤件 before acceptance, 撤回 after it).

    Possible until the decision; no reason has to be given. What another authority has is asked back: the case
    ends when its system says so.
    """
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.withdraw(tx, case, item, reason=data["reason"]))


@blueprint.post("/cases/<uuid:case_id>/answer-correction")
@blueprint.arguments(AnswerCorrection, required=False)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, CREDIT_BAN, FUNDS_APPLIED_FOR)
@command
def answer_correction(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Hand the corrections in; a new intake clock starts.

    422 names every returned point that has not changed and everything that is still wrong. What is to follow
    later has to be promised anew, as at `submit`.
    """
    case, item = opened(tx, case_id)
    deferred = _deferred(data["deferred"])
    return reply_with_case(tx, commands.answer_correction(tx, case, item, deferred=deferred))


def _deferred(said: dict[str, Any] | None) -> Deferred | None:
    return None if said is None else Deferred(tuple(said["materials"]), said["promise"])


def _finding(error: FieldError) -> dict[str, Any]:
    return {"pointer": error.pointer, "code": error.code, "message": error.message.to_dict()}
