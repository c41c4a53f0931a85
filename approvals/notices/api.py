"""Public notices over HTTP: reading them is for everybody, objecting for everybody signed in."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from approvals.casefile.opening import opened, reading, reply_with_case
from approvals.cases import policy as case_policy
from approvals.cases.refusals import (
    ALREADY_OBJECTED,
    CLAIM_REQUIRED,
    NOTICE_OVER,
    OBJECTION_ANSWERED,
    WRONG_STATE,
)
from approvals.cases.schemas import EXAMPLE_ID, PLACES, CaseOut
from approvals.items.catalogue import Catalogue
from approvals.notices import queries, view
from approvals.notices.answering import answer
from approvals.notices.objecting import lodge
from approvals.notices.policy import require_reads_objections
from approvals.notices.schemas import (
    AnswerObjection,
    Lodge,
    Lodged,
    NoticeListArgs,
    NoticeOut,
    NoticePage,
    ObjectionList,
)
from shared.http.command import Reply, command
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.paging import link_next
from shared.http.state import actor_or_anonymous, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "notices",
    __name__,
    description="Public notices (公示)",
    path_parameters={**PLACES, "notice_id": ("The id of the public notice", EXAMPLE_ID)},
)


@blueprint.get("/notices")
@blueprint.arguments(NoticeListArgs, location="query")
@blueprint.response(200, NoticePage)
@public
def get_notices(args: dict[str, Any]) -> Response:
    """List the public notices that run and those that are over, newest first; public, no sign-in."""
    runtime = current_runtime()
    catalogue = runtime.context.resources.get(Catalogue)
    with runtime.read() as session:
        notices, following = queries.list_notices(
            session,
            item_code=_code(catalogue, args["item"]),
            kind=args["kind"],
            state=args["state"],
            cursor=args["cursor"],
            limit=args["limit"],
        )
        objections = queries.objections_to(session, [notice.id for notice in notices])
        response = jsonify(
            items=[
                view.summary(notice, catalogue.version(notice.item_code, notice.item_version), objections)
                for notice in notices
            ],
            next=following,
        )
    link_next(response, following)
    return response


@blueprint.get("/notices/<uuid:notice_id>")
@blueprint.response(200, NoticeOut)
@public
def get_notice(notice_id: UUID) -> Response:
    """One public notice: what it shows, its days, and how to object; public, no sign-in.

    Whoever has objected reads their own objection with it, and what the examination has found.
    """
    runtime, reader = current_runtime(), actor_or_anonymous()
    with runtime.read() as session:
        notice = queries.find_notice(session, notice_id)
        catalogue = runtime.context.resources.get(Catalogue)
        item = catalogue.version(notice.item_code, notice.item_version)
        objections = queries.objections_to(session, [notice.id])
        mine = next((each for each in objections if each.account_id == reader.id), None)
        return jsonify(
            **view.whole(notice, item, objections), own_objection=view.own(mine, runtime.context.cipher)
        )


@blueprint.post("/notices/<uuid:notice_id>/objections")
@blueprint.arguments(Lodge)
@blueprint.response(201, Lodged)
@refuses(FORBIDDEN, NOTICE_OVER, ALREADY_OBJECTED)
@command
def lodge_objection(tx: Transaction, data: dict[str, Any], notice_id: UUID) -> Reply:
    """Object to a notice that runs, once.

    For everybody signed in but the applicant's own side. Who objects and why is sealed, and read by the
    official whose task it is; the public sees only that somebody objects.
    """
    objection = lodge(tx, notice_id, **data)
    tx.session.flush()
    stopped = queries.find_notice(tx.session, notice_id).stop_reason is not None
    return Reply(
        {
            "id": str(objection.id),
            "notice_id": str(notice_id),
            "standing": objection.standing.value,
            "lodged_at": objection.lodged_at.isoformat(),
            "ended_case": stopped,
        },
        status=201,
    )


@blueprint.get("/cases/<uuid:case_id>/objections")
@blueprint.response(200, ObjectionList)
@refuses(FORBIDDEN)
def get_objections(case_id: UUID) -> Response:
    """The objections to the notices of a case: who objects, and why.

    For the official who has claimed a task on the case; where there is nothing to do on it, for the window.
    """
    with reading() as reader:
        case = case_policy.find(reader.session, reader.actor, case_id)
        require_reads_objections(reader.session, reader.actor, case)
        cipher = reader.context.cipher
        found = queries.objections_on(reader.session, case.id)
        return jsonify(items=[view.opened(each, cipher) for each in found])


@blueprint.post("/cases/<uuid:case_id>/answer-objection")
@blueprint.arguments(AnswerObjection)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, OBJECTION_ANSWERED)
@command
def answer_objection(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Say whether an objection is right, before the decision (异议核查).

    For the official who has claimed its task, where the item has objections answered; the decision waits.
    """
    case, item = opened(tx, case_id)
    answer(tx, case, item, **data)
    return reply_with_case(tx, case)


def _code(catalogue: Catalogue, item: str | None) -> str | None:
    """The code of an item named by slug; whatever else is named, as it is."""
    return next((each.code for each in catalogue.versions if each.slug == item), item)
