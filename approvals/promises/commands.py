"""Filing on a written promise (告知承诺): choosing the way, promising, and leaving the check to be done.

What the applicant promises is the item's data. The choice is theirs and stays open until the application is
handed in; nobody has to promise (安阳市政务服务条例 art. 26). An applicant of whom a credit record stands may
not (art. 29): neither when handing in, nor at acceptance, nor at the grant.
"""

from sqlalchemy.orm.attributes import flag_modified

from approvals.cases import policy
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.cases.promise_state import PromiseState
from approvals.cases.record import record
from approvals.credit.policy import require_creditworthy
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.documents.unused import let_go
from approvals.items.catalogue import Catalogue
from approvals.items.examination import review_stages
from approvals.items.model import Item, Route
from approvals.promises.model import Promise
from approvals.promises.queries import promise_of
from approvals.tasks import commands as tasks
from approvals.tasks.model import TaskKind
from shared.calendar import say_date
from shared.errors import Conflict, FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_ONE_ROUTE = Text("该事项只有一般程序", "The item has the ordinary way alone")
_UNREAD = Text("请阅读告知内容，并确认作出承诺", "Read what is told, and confirm that you promise it")
_DETAIL = Text("申请人作出书面承诺，不经审查环节，直接决定", "On a written promise: decided without a review")


def choose_route(tx: Transaction, case: Case, item: Item, *, route: Route) -> Item:
    """Choose the way of filing of a draft; files that the other way alone asks for go.

    Raises Conflict `one-route` where there is nothing to choose, `credit-ban` for whoever may not promise.
    """
    policy.require_applicant(tx.actor, case)
    policy.require_state("choose-route", case)
    if route not in item.routes:
        raise Conflict(_ONE_ROUTE, slug="one-route")
    if route == "promise":
        require_creditworthy(tx.session, case)
    case.route = route
    case.updated_at = tx.now
    flag_modified(case, "updated_at")  # choosing the same way again is a version too
    chosen = tx.resource(Catalogue).of(case)
    unfit = [row for row in case.materials if chosen.material(row.code) is None]
    let_go(tx, [row.sha256 for row in unfit])
    for row in unfit:
        case.remove_material(row)
        tx.session.delete(row)
    details = {"route": route, "dropped_materials": [row.code for row in unfit]}
    tx.audit("case.route-chosen", "case", case.id, details, case.on_behalf_of)
    return chosen


def require_promised(tx: Transaction, case: Case, item: Item, *, promised: bool) -> None:
    """Whoever files on a promise has to make it, and must be one who may."""
    if item.route != "promise":
        return
    require_creditworthy(tx.session, case)
    if not promised:
        raise InvalidInput(errors=[FieldError("/promise", "required", _UNREAD)])


def make(tx: Transaction, case: Case, item: Item) -> None:
    """Keep the promise with the application that is handed in, and its slip (告知承诺书)."""
    said = item.promise
    if item.route != "promise" or said is None or tx.actor.id is None:
        return
    tx.session.add(
        Promise(
            case_id=case.id,
            state=PromiseState.MADE,
            promised_at=tx.now,
            promised_by=tx.actor.id,
            promised_name=tx.actor.name,
        )
    )
    issue_slip(
        tx,
        case,
        item,
        SlipKind.PROMISE,
        items=[sentence.text.zh for sentence in said.promised],
        reason="\n".join(f"{number}. {each.text.zh}" for number, each in enumerate(said.told, 1)),
        remedies=said.consequences.text,
        legal_basis=basis_of(item),
        due_on=None,
        rows=[
            *_for_whom(case),
            (Text("承诺人", "Who promises"), tx.actor.name),
            (Text("承诺日期", "Day of the promise"), say_date(tx.today).zh),
        ],
    )
    tx.audit("case.promised", "case", case.id, {"version": item.version}, case.on_behalf_of)


def start_after_acceptance(tx: Transaction, case: Case, item: Item) -> None:
    """The work that acceptance opens: the first stage of the review, or on a promise the decision at once."""
    if item.route == "promise":
        record(tx, case, item, "by_promise", office="system", detail=_DETAIL)
        tasks.open_task(tx, case, TaskKind.DECISION)
    else:
        tasks.open_stage(tx, case, review_stages(item)[0])


def await_check(tx: Transaction, case: Case, item: Item) -> None:
    """What was granted on a promise is checked later: a task for a reviewer, within the item's limit."""
    promise = promise_of(tx.session, case)
    due = tx.resource(Deadlines).reckon_check(tx.session, case, item, tx.today)
    if promise is None or due is None:
        return
    promise.state = PromiseState.TO_CHECK
    tasks.open_task(tx, case, TaskKind.CHECK, due)


def _for_whom(case: Case) -> list[tuple[Text, str]]:
    """The organisation that promises, by its credit code, where one does."""
    return [(Text("承诺单位", "Organisation"), case.on_behalf_of)] if case.on_behalf_of else []


def basis_of(item: Item) -> Text | None:
    """The provision that opens the way on a promise."""
    return next((reform.basis for reform in item.reforms if reform.promise is not None), None)
