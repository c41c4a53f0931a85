"""The officials' desk over HTTP: the queue, claims, opinions."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from approvals.casefile.opening import reader_of, reading
from approvals.cases import policy as case_policy
from approvals.cases.refusals import (
    ALREADY_CLAIMED,
    CLAIM_REQUIRED,
    FOUR_EYES,
    NOT_HELD,
    NOTHING_TO_CLAIM,
    OWN_APPLICATION,
    TASK_ENDED,
    WRONG_STATE,
)
from approvals.cases.schemas import PLACES, Nothing
from approvals.decisions.by_law import settle
from approvals.desk.commands import claim_next
from approvals.desk.view import task_view
from approvals.items.catalogue import Catalogue
from approvals.reviews import commands as reviews
from approvals.tasks import commands, queries
from approvals.tasks.model import Task
from approvals.tasks.policy import require_desk
from approvals.tasks.schemas import ClaimNext, GiveOpinion, TaskListArgs, TaskOut, TaskPage
from shared.errors import Forbidden
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("desk", __name__, description="The officials' desk (工作台)", path_parameters=PLACES)


@blueprint.get("/tasks")
@blueprint.arguments(TaskListArgs, location="query")
@blueprint.response(200, TaskPage)
@refuses(FORBIDDEN)
def get_tasks(args: dict[str, Any]) -> Response:
    """The work queue of your positions, the earliest due date first.

    For officials; administrators, auditors and managers see all queues.
    """
    cursor, limit = args.pop("cursor"), args.pop("limit")
    with reading() as reader:
        require_desk(reader.actor)
        tasks, following = queries.list_tasks(
            reader.session,
            reader.actor,
            queries.Filters(**args),
            now=reader.now,
            cursor=cursor,
            limit=limit,
        )
        numbers = queries.counts(reader.session, reader.actor, reader.now)
        response = jsonify(items=[task_view(reader, task) for task in tasks], next=following, counts=numbers)
    link_next(response, following)
    return response


@blueprint.get("/tasks/<uuid:task_id>")
@blueprint.response(200, TaskOut, headers=ETAG)
@refuses(FORBIDDEN)
def get_task(task_id: UUID) -> Response:
    """One task.

    For those whose queue it is in. Its `ETag` is what the verbs on it ask for.
    """
    with reading() as reader:
        require_desk(reader.actor)
        task = queries.find_task(reader.session, reader.actor, task_id)
        return json_response(Reply(task_view(reader, task), version=task.version))


@blueprint.get("/cases/<uuid:case_id>/task")
@blueprint.response(200, TaskOut, headers=ETAG)
@blueprint.alt_response(204, description="There is nothing to do on it for you", success=True)
@refuses(FORBIDDEN)
def get_live_task(case_id: UUID) -> Response:
    """The live task on a case, if your position covers it.

    204 when there is nothing to do on it for you.
    """
    with reading() as reader:
        require_desk(reader.actor)
        case_policy.find(reader.session, reader.actor, case_id)
        task = queries.live_task_of(reader.session, reader.actor, case_id)
        if task is None:
            return Response(status=204)
        return json_response(Reply(task_view(reader, task), version=task.version))


@blueprint.post("/tasks/claim-next")
@blueprint.arguments(ClaimNext, required=False)
@blueprint.response(200, TaskOut, headers=ETAG)
@refuses(FORBIDDEN, NOTHING_TO_CLAIM)
@command
def claim_next_task(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Claim the most urgent open task, of those that the filters leave.

    404 when there is none for you. Send an `Idempotency-Key`: the same request sent twice then claims one
    task and not two.
    """
    if not tx.actor.positions:
        raise Forbidden
    return _reply(tx, claim_next(tx, queries.Filters(state="open", **data)))


@blueprint.post("/tasks/<uuid:task_id>/claim")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, TaskOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, OWN_APPLICATION, FOUR_EYES, ALREADY_CLAIMED, TASK_ENDED)
@command
def claim_task(tx: Transaction, _data: dict[str, Any], task_id: UUID) -> Reply:
    """Claim an open task of your position.

    409 when somebody was faster.
    """
    task = commands.find(tx, task_id, expected_version=expected_version())
    item = tx.resource(Catalogue).of(task.case)
    settle(tx, task.case, item)
    return _reply(tx, reviews.take_up(tx, item, task))


@blueprint.post("/tasks/<uuid:task_id>/release")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, TaskOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, NOT_HELD, ALREADY_CLAIMED, TASK_ENDED)
@command
def release_task(tx: Transaction, _data: dict[str, Any], task_id: UUID) -> Reply:
    """Give a task back to the queue.

    For whoever holds it; managers and administrators may do it for somebody who is away.
    """
    return _reply(tx, commands.release(tx, commands.find(tx, task_id, expected_version=expected_version())))


@blueprint.post("/tasks/<uuid:task_id>/opinion")
@blueprint.arguments(GiveOpinion)
@blueprint.response(200, TaskOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, ALREADY_CLAIMED, TASK_ENDED)
@command
def give_opinion(tx: Transaction, data: dict[str, Any], task_id: UUID) -> Reply:
    """Give the reviewer's opinion; it opens the decision for somebody else.

    For the reviewer who has claimed the task. `checks` answers every point of the item's `review_checks`.
    """
    task = commands.find(tx, task_id, expected_version=expected_version())
    item = tx.resource(Catalogue).of(task.case)
    settle(tx, task.case, item)
    reviews.give_opinion(tx, item, task, **data)
    return _reply(tx, task)


def _reply(tx: Transaction, task: Task) -> Reply:
    tx.session.flush()
    return Reply(task_view(reader_of(tx), task), version=task.version)
