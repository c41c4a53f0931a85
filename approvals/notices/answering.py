"""Answering the objections to a notice before the decision (异议核查)."""

from uuid import UUID

from approvals.cases import policy
from approvals.cases.model import Case
from approvals.cases.record import record
from approvals.items.model import Item
from approvals.notices.model import OUTCOME_NAMES, Objection, ObjectionOutcome
from approvals.notices.policy import unanswered
from approvals.notices.queries import objections_on
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.text import Text
from shared.transaction import Transaction

_NONE = Text("没有这项异议", "There is no such objection")
_ANSWERED = Text("该异议已答复", "This objection has been answered")
_SAY = Text("请写明核查情况和答复", "Say what was found, and the answer")


def answer(
    tx: Transaction, case: Case, item: Item, *, objection_id: UUID, outcome: ObjectionOutcome, text: str
) -> Objection:
    """Say whether an objection is right, and why; with the last one the task is done.

    It is kept for whoever decides. Raises Forbidden without the claim, NotFound for an objection to another
    case, Conflict for one that is answered, InvalidInput without an answer.
    """
    policy.require_state("answer-objection", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.OBJECTION)
    found = next((each for each in objections_on(tx.session, case.id) if each.id == objection_id), None)
    if found is None:
        raise NotFound(_NONE)
    if found.outcome is not None:
        raise Conflict(_ANSWERED, slug="objection-answered")
    if not text.strip():
        raise InvalidInput(errors=[FieldError("/text", "required", _SAY)])
    found.outcome = outcome
    found.answer_sealed = tx.context.cipher.seal({"text": text.strip()})
    found.answered_at, found.answered_by, found.answered_name = tx.now, tx.actor.id, tx.actor.name
    record(tx, case, item, "objection_answered", office="reviewer", detail=OUTCOME_NAMES[outcome])
    if not unanswered(tx.session, case, item):
        tasks.complete(tx, task)
    details = {"objection": str(found.id), "outcome": outcome.value}
    tx.audit("case.objection-answered", "case", case.id, details)
    return found
