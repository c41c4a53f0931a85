"""Taking up a case for review and giving the opinion (审查)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.applications.answers import open_form
from approvals.cases import policy as case_policy
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.extensions import policy as extensions
from approvals.items.examination import body_name, checks_of, review_stages
from approvals.items.model import Check, Item
from approvals.notices.commands import put_up
from approvals.notices.policy import before_decision
from approvals.procedures.policy import require_none_running
from approvals.reviews.inspection import accepted_on, kept, wrong_with
from approvals.reviews.model import Opinion
from approvals.reviews.seen import snapshot
from approvals.revocations import policy as revocations
from approvals.tasks import commands as tasks
from approvals.tasks import policy as task_policy
from approvals.tasks.model import Task, TaskKind
from shared.actor import SYSTEM
from shared.errors import FieldError, Forbidden, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

CONCLUSIONS = {"approve": Text("建议准予", "Grant"), "reject": Text("建议不予", "Refuse")}


def opinions_on(session: Session, case: Case) -> list[Opinion]:
    """The opinions given on a case, oldest first."""
    query = sa.select(Opinion).where(Opinion.case_id == case.id).order_by(Opinion.at, Opinion.id)
    return list(session.scalars(query))


def take_up(tx: Transaction, item: Item, task: Task) -> Task:
    """Claim a task of any kind; the first claim of the review is 部门开始办理 (event 8).

    Nobody handles an application of their own (回避); whoever gave the opinion may not take the decision,
    and whoever asked for an extension or proposed a revocation may not decide on it.
    """
    if case_policy.is_applicant(tx.actor, task.case):
        raise Forbidden(
            Text("不能办理自己提交的申请", "You may not handle an application of your own"),
            slug="own-application",
        )
    if task.kind is TaskKind.DECISION:
        require_other_eyes(tx, task.case)
    if task.kind is TaskKind.EXTENSION:
        extensions.require_other_eyes(tx.session, tx.actor, task.case)
    if task.kind is TaskKind.REVOCATION:
        revocations.require_other_eyes(tx.session, tx.actor, task.case)
    tasks.claim(tx, task)
    if task.kind is TaskKind.REVIEW and task.case.state is State.ACCEPTED:
        record(tx, task.case, item, "review_started", office="reviewer")
    return task


def give_opinion(
    tx: Transaction,
    item: Item,
    task: Task,
    *,
    conclusion: str,
    text: str,
    checks: Sequence[dict[str, Any]],
    inspection: Mapping[str, Any] | None = None,
) -> Opinion:
    """The opinion of a department, bound to the versions of what was read.

    With the last one of a stage the next stage opens, after the last stage the decision. An opinion against
    the application ends nothing: it goes to whoever decides, with the others. `inspection` is required where
    a step of the item checks on the spot, and refused elsewhere.
    Raises InvalidInput naming each unknown or missing check, Forbidden without the claim.
    """
    case = task.case
    if task.kind is not TaskKind.REVIEW:
        raise Forbidden(Text("只有审查任务可以出具意见", "Only a review task takes an opinion"))
    if task.claimed_by != tx.actor.id:
        raise Forbidden(Text("请先领取这项任务再办理", "Claim the task first"), slug="claim-required")
    task_policy.require_may_take(tx.actor, task)
    case_policy.require_state("opinion", case)
    require_none_running(tx.session, case)
    errors = [
        *_incomplete(checks_of(item, task.stage, task.department), conclusion, text, checks),
        *wrong_with(inspection, item.on_site, earliest=accepted_on(case), today=tx.today),
    ]
    if errors:
        raise InvalidInput(errors=errors)
    opinion = Opinion(
        id=new_id(),
        case_id=case.id,
        task_id=task.id,
        department=task.department,
        stage=task.stage,
        seen=snapshot(case),
        case_version=case.version,
        conclusion=conclusion,
        text=text,
        checks=[dict(check) for check in checks],
        inspection=kept(inspection) if inspection else None,
        official_id=tx.actor.id,
        official_name=tx.actor.name,
        at=tx.now,
    )
    tx.session.add(opinion)
    tasks.complete(tx, task)
    details = {"conclusion": conclusion, "opinion": str(opinion.id), "department": task.department}
    tx.audit("case.reviewed", "case", case.id, details)
    _go_on(tx, case, item, task)
    return opinion


def _go_on(tx: Transaction, case: Case, item: Item, task: Task) -> None:
    """After an opinion: wait for those of the other departments, open the next stage, or the decision.

    The log is the applicant's too: which way an opinion goes is not for them before the decision.
    """
    stages = review_stages(item)
    number = next(n for n, stage in enumerate(stages) if stage.key == task.stage)
    if tasks.others_live(tx, task):
        record(tx, case, item, "opinion_given", office="reviewer", detail=body_name(item, task.department))
        return
    ended = [Fact(FactKind.REVIEWED, tx.today, ref=task.stage)]
    if number + 1 < len(stages):
        name = stages[number].name
        record(tx, case, item, "stage_reviewed", office="reviewer", facts=ended, detail=name)
        tasks.open_stage(tx, case, stages[number + 1])
        return
    record(tx, case, item, "reviewed", office="reviewer", facts=ended)
    tasks.open_task(tx, case, TaskKind.DECISION)
    announce(tx, case, item, "reviewed")
    notice = before_decision(item)
    if notice is not None and notice.opens_itself:
        values = open_form(tx.session, tx.context.cipher, case, item, tx.today).examined.values
        put_up(replace(tx, actor=SYSTEM), case, item, notice, values=values, office="system")


def require_other_eyes(tx: Transaction, case: Case) -> None:
    """The decision is made by somebody who did not give the opinion."""
    if any(opinion.official_id == tx.actor.id for opinion in opinions_on(tx.session, case)):
        raise Forbidden(
            Text("审查人员不能对同一办件作出决定", "Whoever reviewed a case may not decide it"),
            slug="four-eyes",
        )


def _incomplete(
    points: Sequence[Check], conclusion: str, text: str, checks: Sequence[dict[str, Any]]
) -> list[FieldError]:
    errors = []
    known = {check.key for check in points}
    given: set[str] = set()
    for index, check in enumerate(checks):
        if check["key"] in given:
            twice = Text("同一核对项不能重复填写", "This check is given twice")
            errors.append(FieldError(f"/checks/{index}/key", "duplicate", twice))
        given.add(check["key"])
        if check["key"] not in known:
            errors.append(
                FieldError(
                    f"/checks/{index}/key", "unknown", Text("没有这个核对项", "There is no such check")
                )
            )
        if check["result"] == "fail" and not (check.get("note") or "").strip():
            errors.append(
                FieldError(
                    f"/checks/{index}/note", "required", Text("请说明不符合之处", "Say what does not conform")
                )
            )
    for key in [check.key for check in points if check.key not in given]:
        errors.append(
            FieldError(f"/checks/{key}", "required", Text("请完成此项核对", "This check is not done"))
        )
    if conclusion == "approve" and any(check["result"] == "fail" for check in checks):
        errors.append(
            FieldError(
                "/conclusion",
                "contradiction",
                Text("有不符合项时不能建议准予", "With a failed check the opinion cannot be to grant"),
            )
        )
    if conclusion == "reject" and not text.strip():
        errors.append(FieldError("/text", "required", Text("请写明理由", "Give the reasons")))
    return errors
