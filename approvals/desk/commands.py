"""Taking the next task: the most urgent one that is open and that this official may work on."""

from approvals.decisions.by_law import settle
from approvals.items.catalogue import Catalogue
from approvals.reviews.commands import take_up
from approvals.tasks.commands import find_open
from approvals.tasks.model import Task, TaskState
from approvals.tasks.queries import Filters, most_urgent
from shared.errors import Forbidden, NotFound
from shared.text import Text
from shared.transaction import Transaction

LOOKED_AT = 50
"""Tasks tried at most; each that is passed over is one that somebody else is taking, or one's own case."""


def claim_next(tx: Transaction, filters: Filters) -> Task:
    """Claim the most urgent of the tasks asked for; NotFound when there is none for this official."""
    for task_id in most_urgent(tx.session, tx.actor, filters, now=tx.now, limit=LOOKED_AT):
        task = find_open(tx, task_id)
        if task is None:
            continue
        item = tx.resource(Catalogue).of(task.case)
        settle(tx, task.case, item)
        if task.state is not TaskState.OPEN:
            continue  # what was to be done on it, time has done
        try:
            return take_up(tx, item, task)
        except Forbidden:
            continue  # an application of one's own, or four eyes
    raise NotFound(
        Text("没有您可以领取的任务", "There is no task that you could claim"), slug="nothing-to-claim"
    )
