"""The later check (核查) of what was promised, and what follows from it.

消防法 arts. 15(2), 58(2), 安阳市政务服务条例 art. 27: kept, and that is the end of it; not kept, and the
holder is ordered to correct by a day; not corrected, and what was granted is revoked. Their credit record
stands from then on.
"""

from datetime import date

from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.deadline import Deadlines, Reckoning
from approvals.cases.model import Case
from approvals.cases.promise_state import PromiseState
from approvals.cases.record import Fact, record
from approvals.credit import commands as credit
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.items.model import Item
from approvals.promises.commands import basis_of
from approvals.promises.model import Promise, PromiseCheck
from approvals.promises.queries import promise_of
from approvals.revocations import queries as revocations
from approvals.revocations.commands import propose
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.calendar import say_date
from shared.errors import Conflict, FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

CHECK = "check"
"""The kind of date by which a corrected promise is looked at again; as of the check's own clock."""

_FINDINGS = Text("请写明核查情况", "Say what was found")
_WHEN = Text("请写明改正期限", "Say by when it is to be corrected")
_LATER = Text("改正期限应当晚于今天", "The day has to lie after today")
_UNWANTED = Text("只有责令限期改正时填写改正期限", "Only an order to correct names a day")
_RUNNING = Text(
    "改正期限至{day}届满，届满前不能认定未改正",
    "The holder has until {day}; before that it cannot be found wanting",
)
_ORDERED = Text("请于{day}前（含当日）改正：{findings}", "To be corrected by {day}: {findings}")
_FACTS = Text(
    "逾期未改正或者改正后仍不符合承诺：{findings}（{basis}）", "Not corrected: {findings} ({basis})"
)
_BROKEN = Text("逾期未改正或者改正后仍不符合承诺：{findings}", "Not corrected: {findings}")


def record_check(
    tx: Transaction, case: Case, item: Item, *, fulfilled: bool, findings: str, correct_by: date | None
) -> PromiseCheck:
    """Keep what a check has found: kept, to be corrected by `correct_by`, or at the second check broken.

    Raises Forbidden without the claim of the check, InvalidInput without findings, or where a first failure
    names no day after today; Conflict `correction-running` while the time to correct is not over.
    """
    policy.require_state("record-check", case)
    task = task_policy.require_claim(tx.session, tx.actor, case, TaskKind.CHECK)
    promise = promise_of(tx.session, case)
    if promise is None or tx.actor.id is None:
        raise LookupError(f"case {case.id}: a task to check what nobody has promised")
    second = promise.state is PromiseState.CORRECTING
    _require_sound(tx, promise, second=second, fulfilled=fulfilled, findings=findings, correct_by=correct_by)
    found = PromiseCheck(
        case_id=case.id,
        round=2 if second else 1,
        fulfilled=fulfilled,
        findings=findings.strip(),
        correct_by=correct_by,
        checked_on=tx.today,
        checked_at=tx.now,
        official_id=tx.actor.id,
        official_name=tx.actor.name,
    )
    tx.session.add(found)
    tasks.complete(tx, task)
    details = {"round": found.round, "fulfilled": fulfilled}
    tx.audit("case.promise-checked", "case", case.id, details)
    if fulfilled:
        _kept(tx, case, item, promise, found)
    elif second:
        _broken(tx, case, item, promise, found)
    else:
        _order(tx, case, item, promise, found)
    return found


def _require_sound(
    tx: Transaction,
    promise: Promise,
    *,
    second: bool,
    fulfilled: bool,
    findings: str,
    correct_by: date | None,
) -> None:
    errors = []
    if not findings.strip():
        errors.append(FieldError("/findings", "required", _FINDINGS))
    if fulfilled or second:
        if correct_by is not None:
            errors.append(FieldError("/correct_by", "unwanted", _UNWANTED))
    elif correct_by is None:
        errors.append(FieldError("/correct_by", "required", _WHEN))
    elif correct_by <= tx.today:
        errors.append(FieldError("/correct_by", "too-early", _LATER))
    if errors:
        raise InvalidInput(errors=errors)
    if second and not fulfilled and promise.correct_by is not None and tx.today <= promise.correct_by:
        raise Conflict(_RUNNING.format(day=say_date(promise.correct_by)), slug="correction-running")


def _kept(tx: Transaction, case: Case, item: Item, promise: Promise, found: PromiseCheck) -> None:
    promise.state = PromiseState.FULFILLED
    _write_down(tx, case, item, "check_passed", found, Text.same(found.findings))
    _tell(tx, case, item, "promise-checked", found)


def _order(tx: Transaction, case: Case, item: Item, promise: Promise, found: PromiseCheck) -> None:
    """责令限期改正: the holder is told what and by when; then somebody looks again."""
    day = found.correct_by
    if day is None:
        raise LookupError(f"case {case.id}: an order to correct without a day")
    promise.state = PromiseState.CORRECTING
    promise.correct_by = day
    detail = _ORDERED.format(day=say_date(day), findings=found.findings)
    _write_down(tx, case, item, "correction_ordered", found, detail)
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    due = Reckoning(day, CHECK, day, provisional=calendar.is_provisional(day))
    tasks.open_task(tx, case, TaskKind.CHECK, due)
    issue_slip(
        tx,
        case,
        item,
        SlipKind.CORRECTION_ORDER,
        reason=found.findings,
        legal_basis=item.promise.consequences.basis if item.promise else basis_of(item),
        due_on=day,
    )
    _tell(tx, case, item, "correction-ordered", found)


def _broken(tx: Transaction, case: Case, item: Item, promise: Promise, found: PromiseCheck) -> None:
    promise.state = PromiseState.BROKEN
    detail = _BROKEN.format(findings=found.findings)
    _write_down(tx, case, item, "promise_broken", found, detail)
    credit.record_broken_promise(tx, case, reason=detail.zh[:1000])
    _tell(tx, case, item, "promise-broken", found)
    if revocations.open_on(tx.session, case.id) is None:
        basis = (item.promise.consequences.basis if item.promise else None) or basis_of(item)
        facts = _FACTS.format(findings=found.findings, basis=basis) if basis else detail
        propose(tx, case, item, ground="promise_broken", facts=facts.zh, by_hand=False)


def _write_down(tx: Transaction, case: Case, item: Item, key: str, found: PromiseCheck, detail: Text) -> None:
    facts = [Fact(FactKind.CHECKED, found.checked_on)] if found.round == 1 else []
    record(tx, case, item, key, office="reviewer", facts=facts, detail=detail)


def _tell(tx: Transaction, case: Case, item: Item, step: str, found: PromiseCheck) -> None:
    said = {
        "round": found.round,
        "fulfilled": found.fulfilled,
        "findings": found.findings,
        "checked_on": found.checked_on,
        "correct_by": found.correct_by,
    }
    announce(tx, case, item, step, more={"check": said})
