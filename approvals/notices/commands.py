"""Public notices (公示): put up, ended by time, stopped by an objection or with the application.

Two kinds by the item's data. Before the application (市场主体登记管理条例 art. 33): the applicant publishes,
nothing can be handed in meanwhile, an objection ends the case, and after the last day a time to apply opens.
Before the decision: the authority publishes while it examines. The limits run on, since 行政许可法 art. 45
does not name public notices, unless the item names the provision by which their time does not count.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from approvals.cases.announce import announce
from approvals.cases.clock import ClockFact, ClockKind, FactKind, compute, status_of
from approvals.cases.deadline import Deadlines, limits_of
from approvals.cases.lifecycle import BEFORE_FILING, UNDER_EXAMINATION, State
from approvals.cases.model import Case
from approvals.cases.record import Fact, Office, record
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.items.model import PublicNotice as Wanted
from approvals.items.statements import cited
from approvals.notices.model import NoticeState, PublicNotice, StopReason
from approvals.notices.queries import latest_of, objections_to
from approvals.notices.telling import rows_of, shown_of, tell
from approvals.tasks import commands as tasks
from shared.actor import SYSTEM
from shared.calendar import say_date
from shared.clock import PARK_TZ
from shared.database import take_turns
from shared.errors import Conflict
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

NOTICE_TIMER = "public-notice"

_TWICE = Text("已有同类公示正在进行", "A notice of this kind is running already")
_PUBLISHED = Text("{name}，公示期至{day}（含当日）届满", "{name}, until {day}")
_NOBODY = Text("公示期内无人提出异议。", "Nobody objected while the notice stood.")
_SOMEBODY = Text(
    "公示期内收到异议{n}件，作出决定时一并审查。", "Objections lodged: {n}; the decision weighs them."
)
_FILE_BY = Text("可于{day}前（含当日）提交申请", "the application may be handed in until {day}")
_LAPSED = Text(
    "公示期届满后{days}内未提交申请，本次公示失效；可以重新公示后再提交申请。",
    "Nothing was handed in within {days} of the end of the notice; publish it anew before applying.",
)


def put_up(
    tx: Transaction, case: Case, item: Item, wanted: Wanted, *, values: Mapping[str, Any], office: Office
) -> PublicNotice:
    """Publish the notice: fix what it shows, start its days, issue its sheet, tell the applicant.

    `values` are the checked answers. Who may, and when, the caller has made sure of. Raises Conflict while
    one of the kind runs for the same applicant (before the application) or on the same case.
    """
    before = wanted.timing == "before_filing"
    notice = _new(tx, case, item, wanted, values)
    ref = str(notice.id)
    facts = [Fact(FactKind.NOTICE_PUBLISHED, tx.today, ref=ref)]
    if wanted.stops_clocks is not None:
        facts.append(Fact(FactKind.SUSPENDED, tx.today, note=wanted.name, ref=f"notice/{ref}"))
        case.resumes_on = max(case.resumes_on or notice.last_on, notice.last_on)
    record(
        tx,
        case,
        item,
        "notice_published" if before else "examination_notice_published",
        office=office,
        facts=facts,
        detail=_PUBLISHED.format(name=wanted.name, day=say_date(notice.last_on)),
    )
    slip = issue_slip(
        tx,
        case,
        item,
        SlipKind.PUBLIC_NOTICE,
        reason=wanted.promise.text.zh if wanted.promise else "",
        legal_basis=cited(wanted.days),
        due_on=notice.last_on,
        rows=rows_of(notice, wanted),
    )
    notice.number = slip.number
    tx.session.add(notice)
    tasks.redate(tx, case)
    _wake(tx, notice)
    details = {"notice": ref, "kind": notice.kind, "last_on": notice.last_on.isoformat()}
    tx.audit("case.notice-published", "case", case.id, details, case.on_behalf_of)
    tell(tx, case, item, "notice-published", notice, wanted)
    return notice


def settle(tx: Transaction, case: Case, item: Item) -> bool:
    """Apply what time has decided: the end of a notice, and of the time to apply after it; True when it had.

    Counted by the calendar in force, so that a case that waits for its re-dating is not ended too early.
    """
    wanted = item.public_notice
    if wanted is None or case.state not in BEFORE_FILING | UNDER_EXAMINATION:
        return False
    notice = latest_of(tx.session, case.id)
    if notice is None:
        return False
    by_law = replace(tx, actor=SYSTEM)  # nobody's act, whoever happens to come by
    settled = False
    if notice.state is NoticeState.RUNNING and tx.today > notice.last_on:
        _count(tx, case, item, notice)
        if tx.today > notice.last_on:
            _end(by_law, case, item, notice, wanted)
            settled = True
    if case.state is State.NOTICE_OVER and _is_past(notice.file_until, tx.today):
        _count(tx, case, item, notice)
        if _is_past(notice.file_until, tx.today):
            _close(by_law, case, item, notice, wanted)
            settled = True
    return settled


def wake(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The day after a notice's last day, or after the time to apply: see to it that it is settled."""
    case_id = UUID(str(payload["case_id"]))
    case = tx.session.scalar(sa.select(Case).where(Case.id == case_id).with_for_update())
    if case is not None:
        settle(tx, case, tx.resource(Catalogue).of(case))


def stop(tx: Transaction, case: Case, reason: StopReason) -> PublicNotice | None:
    """End what still runs before its time, or close the time to apply after it; the caller records why."""
    notice = latest_of(tx.session, case.id)
    if notice is None:
        return None
    if notice.state is NoticeState.RUNNING:
        notice.state, notice.ended_on, notice.stop_reason = NoticeState.STOPPED, tx.today, reason
    tx.unschedule(NOTICE_TIMER, str(notice.id))
    return notice


def take_down(tx: Transaction, case: Case, item: Item, *, reason: str) -> None:
    """The applicant takes the notice back before the application: the case ends, nothing was received yet."""
    notice = stop(tx, case, StopReason.WITHDRAWN)
    facts = [Fact(FactKind.NOTICE_STOPPED, tx.today, ref=str(notice.id))] if notice else []
    detail = Text.same(reason.strip()) if reason.strip() else None
    record(tx, case, item, "notice_withdrawn", office="applicant", facts=facts, detail=detail)
    case.ended_at = tx.now
    tx.audit("case.withdrawn", "case", case.id, {"early": True}, case.on_behalf_of)
    announce(tx, case, item, "withdrawn")


def finish(tx: Transaction, case: Case) -> None:
    """The application has come in its time: there is nothing left to be woken for."""
    notice = latest_of(tx.session, case.id)
    if notice is not None:
        tx.unschedule(NOTICE_TIMER, str(notice.id))


def follow(tx: Transaction, case: Case, item: Item) -> bool:
    """Let the dates of the case's notice follow the calendar in force; True when one was another."""
    notice = latest_of(tx.session, case.id) if item.public_notice is not None else None
    if notice is None or (notice.state is not NoticeState.RUNNING and case.state is not State.NOTICE_OVER):
        return False
    before = _dates(notice)
    _count(tx, case, item, notice)
    if before == _dates(notice):
        return False
    _wake(tx, notice)
    details = {"notice": str(notice.id), "last_on": notice.last_on.isoformat()}
    tx.audit("case.notice-redated", "case", case.id, details)
    return True


def _new(tx: Transaction, case: Case, item: Item, wanted: Wanted, values: Mapping[str, Any]) -> PublicNotice:
    """The notice with its days; one of a kind at a time, however many ask at once."""
    before = wanted.timing == "before_filing"
    holder = (case.on_behalf_of or str(case.applicant_id)) if before else str(case.id)
    take_turns(tx.session, f"public-notice/{wanted.kind}/{holder}")
    running = sa.select(PublicNotice.id).where(
        PublicNotice.kind == wanted.kind,
        PublicNotice.holder == holder,
        PublicNotice.state == NoticeState.RUNNING,
    )
    if tx.session.scalar(running) is not None:
        raise Conflict(_TWICE, slug="notice-running")
    published = ClockFact(FactKind.NOTICE_PUBLISHED, tx.today, tx.now)
    calendar = tx.resource(Deadlines).calendar_of(tx.session)
    clocks = {each.kind: each for each in compute([published], limits_of(item), calendar).clocks}
    stands, follows = clocks[ClockKind.NOTICE], clocks.get(ClockKind.FILING)
    return PublicNotice(
        id=new_id(),
        case_id=case.id,
        kind=wanted.kind,
        timing=wanted.timing,
        holder=holder,
        item_code=item.code,
        item_version=item.version,
        subject_name=case.subject_name or "",
        shown=shown_of(item, wanted, values),
        published_on=tx.today,
        published_at=tx.now,
        last_on=stands.due_on,
        provisional=stands.provisional,
        file_until=follows.due_on if follows else None,
        file_provisional=bool(follows and follows.provisional),
        state=NoticeState.RUNNING,
    )


def _count(tx: Transaction, case: Case, item: Item, notice: PublicNotice) -> None:
    """Put the dates of the calendar in force on the notice; its last day is settled once it has ended."""
    reading = tx.resource(Deadlines).read(tx.session, case, item, tx.today)
    stands, follows = status_of(reading, ClockKind.NOTICE), status_of(reading, ClockKind.FILING)
    if stands is not None and stands.clock.due_on is not None and notice.state is NoticeState.RUNNING:
        notice.last_on, notice.provisional = stands.clock.due_on, stands.clock.provisional
    if follows is not None:
        notice.file_until, notice.file_provisional = follows.clock.due_on, follows.clock.provisional


def _end(tx: Transaction, case: Case, item: Item, notice: PublicNotice, wanted: Wanted) -> None:
    """It has stood its whole time; what was objected is weighed, where it has not ended the case."""
    notice.state, notice.ended_on = NoticeState.ENDED, notice.last_on
    facts = [Fact(FactKind.NOTICE_ENDED, notice.last_on, ref=str(notice.id))]
    if wanted.stops_clocks is not None:
        ref = f"notice/{notice.id}"
        facts.append(Fact(FactKind.RESUMED, notice.last_on, note=wanted.name, ref=ref))
        case.resumes_on = case.resumes_on if _others_stop(case, ref) else None
    until = notice.file_until
    record(
        tx,
        case,
        item,
        "notice_ended" if until else "examination_notice_ended",
        office="system",
        effective_on=notice.last_on,
        facts=facts,
        detail=_FILE_BY.format(day=say_date(until)) if until else None,
    )
    tasks.redate(tx, case)
    if until:
        _wake(tx, notice)
    objections = len(objections_to(tx.session, [notice.id]))
    reason = _SOMEBODY.format(n=objections) if objections else _NOBODY
    result(tx, case, item, notice, wanted, reason, due_on=until)
    tx.audit("case.notice-ended", "case", case.id, {"notice": str(notice.id)})
    tell(tx, case, item, "notice-ended", notice, wanted)


def _close(tx: Transaction, case: Case, item: Item, notice: PublicNotice, wanted: Wanted) -> None:
    """Nothing was handed in in time."""
    reason = _LAPSED.format(days=wanted.filing.text if wanted.filing else "")
    facts = [Fact(FactKind.FILING_LAPSED, tx.today, ref=str(notice.id))]
    record(tx, case, item, "filing_lapsed", office="system", facts=facts, detail=reason)
    case.ended_at = tx.now
    tx.unschedule(NOTICE_TIMER, str(notice.id))
    result(tx, case, item, notice, wanted, reason, due_on=None)
    tx.audit("case.filing-lapsed", "case", case.id, {"notice": str(notice.id)})
    tell(tx, case, item, "filing-lapsed", notice, wanted)


def result(
    tx: Transaction,
    case: Case,
    item: Item,
    notice: PublicNotice,
    wanted: Wanted,
    reason: Text,
    *,
    due_on: date | None,
) -> None:
    """Tell in writing what has come of the notice."""
    rows = rows_of(notice, wanted, brief=True)
    basis = cited(wanted.objections)
    issue_slip(
        tx, case, item, SlipKind.NOTICE_RESULT, reason=reason.zh, legal_basis=basis, due_on=due_on, rows=rows
    )


def _wake(tx: Transaction, notice: PublicNotice) -> None:
    """Have its end looked at, and after it the end of the time to apply: at midnight after that day."""
    day = notice.last_on if notice.state is NoticeState.RUNNING else notice.file_until
    if day is not None:
        at = datetime.combine(day + timedelta(days=1), time.min, tzinfo=PARK_TZ)
        tx.schedule(NOTICE_TIMER, str(notice.id), at, {"case_id": str(notice.case_id)})


def _dates(notice: PublicNotice) -> tuple[object, ...]:
    return notice.last_on, notice.provisional, notice.file_until, notice.file_provisional


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and today > day


def _others_stop(case: Case, ref: str) -> bool:
    """Whether something else still stops the clocks of the case."""
    over = {fact.ref for fact in case.facts if fact.kind == FactKind.RESUMED}
    stops = {fact.ref for fact in case.facts if fact.kind == FactKind.SUSPENDED}
    return bool(stops - over - {ref})
