"""Cases of the demo park, one for each state, made by the real commands on working days gone by."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import joinedload

from approvals.applications import commands as applications
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case, NumberSeries
from approvals.decisions import commands as decisions
from approvals.documents import materials
from approvals.enterprise.demo.papers import demo_paper
from approvals.enterprise.register import ESTABLISHMENT
from approvals.intake import commands as intake
from approvals.items.model import Catalogue, Item
from approvals.items.needs import required_materials
from approvals.items.wording import years_after
from approvals.reviews import commands as reviews
from approvals.tasks.model import LIVE, Task
from shared.actor import SYSTEM, Actor, Position
from shared.calendar import WorkCalendar
from shared.clock import PARK_TZ, ManualClock
from shared.database import insert_if_absent
from shared.service import Runtime
from shared.transaction import Transaction

_MARK = "demo/cases"
_OFFICE_HOUR = time(10, 0)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the steps need: the people, the texts, the case they are about."""

    people: Mapping[str, Actor]
    texts: Mapping[str, str]
    item: Item
    case_id: UUID


def enter_cases(runtime: Runtime) -> None:
    """Make the demo cases once; a second call finds them made."""
    with runtime.transaction(SYSTEM) as tx:
        if not insert_if_absent(tx.session, NumberSeries, {"name": _MARK, "last": 1}):
            return
    plan = _read("cases.yaml")
    people = _people()
    today = runtime.clock.today()
    calendar = runtime.context.resources.get(Deadlines).calendar
    clock = ManualClock(runtime.clock.now())
    past = Runtime(runtime.service, runtime.settings, runtime.contracts, clock)
    for row in plan["cases"]:
        _play(past, clock, row, people, plan["texts"], calendar, today)
    past.close()


def _play(
    past: Runtime,
    clock: ManualClock,
    row: Mapping[str, Any],
    people: Mapping[str, Actor],
    texts: Mapping[str, str],
    calendar: WorkCalendar,
    today: date,
) -> None:
    item = applications.item_of(past.context.resources.get(Catalogue), ESTABLISHMENT)
    first = row["steps"][0]
    clock.set(_moment(calendar, today, first["ago"]))
    case_id = _fill_in(past, people[row["by"]], item, row)
    stage = _Stage(people, texts, item, case_id)
    for step in row["steps"]:
        clock.set(_moment(calendar, today, step["ago"]))
        for actor, act in _STEPS[step["do"]]:
            name = row["by"] if actor == "applicant" else actor
            with past.transaction(people[name]) as tx:
                act(tx, stage, tx.session.get_one(Case, case_id))


def _fill_in(past: Runtime, applicant: Actor, item: Item, row: Mapping[str, Any]) -> UUID:
    answers = deepcopy(_read("answers.yaml"))
    answers["company"] |= {"trade_name": row["trade"], "industry_term": row["term"]}
    for shareholder in answers["shareholders"]["rows"]:
        years = shareholder.pop("years")
        shareholder["paid_by"] = years_after(past.clock.today(), years).isoformat()
    with past.transaction(applicant) as tx:
        case = applications.start(tx, item.code)
        applications.save_answers(tx, case, item, answers)
        for code in sorted(required_materials(item, {})):
            _hand_in(tx, case, item, code)
        return case.id


def _hand_in(tx: Transaction, case: Case, item: Item, code: str) -> None:
    spec = materials.material_of(item, code)
    data = demo_paper(spec.name.zh, case.subject_name or "")
    found = materials.judge(spec, data, "application/pdf", f"{spec.name.zh}.pdf")
    tx.context.blobs.put(data)
    materials.hand_in(tx, case, item, code, found=found, seen_version=None)


def _live(tx: Transaction, case: Case) -> Task:
    return tx.session.scalars(
        sa.select(Task).where(Task.case_id == case.id, Task.state.in_(LIVE)).options(joinedload(Task.case))
    ).one()


def _claim(tx: Transaction, stage: _Stage, case: Case) -> None:
    reviews.take_up(tx, stage.item, _live(tx, case))


def _submit(tx: Transaction, stage: _Stage, case: Case) -> None:
    applications.submit(tx, case, stage.item, declaration=True)


def _withdraw(tx: Transaction, stage: _Stage, case: Case) -> None:
    applications.withdraw(tx, case, stage.item, reason=stage.texts["withdraw"])


def _accept(tx: Transaction, stage: _Stage, case: Case) -> None:
    intake.accept(tx, case, stage.item)


def _correct(tx: Transaction, stage: _Stage, case: Case) -> None:
    point = {"target": "/materials/premises", "requirement": stage.texts["correction"]}
    intake.request_correction(tx, case, stage.item, items=[point])


def _decline(tx: Transaction, stage: _Stage, case: Case) -> None:
    reason = stage.texts["decline"]
    intake.decline(tx, case, stage.item, kind="refused", ground="not_competent", reason=reason)


def _opinion(conclusion: str, result: str) -> Callable[[Transaction, _Stage, Case], None]:
    def give(tx: Transaction, stage: _Stage, case: Case) -> None:
        text = "" if conclusion == "approve" else stage.texts["opinion_against"]
        checks = [
            {"key": check.key, "result": result if check.key == "articles" else "pass", "note": text}
            for check in stage.item.review_checks
        ]
        reviews.give_opinion(tx, stage.item, _live(tx, case), conclusion=conclusion, text=text, checks=checks)

    return give


def _decide(granted: bool) -> Callable[[Transaction, _Stage, Case], None]:
    def decide(tx: Transaction, stage: _Stage, case: Case) -> None:
        reason = "" if granted else stage.texts["refuse"]
        decisions.decide(tx, case, stage.item, granted=granted, reason=reason)

    return decide


_Act = Callable[[Transaction, _Stage, Case], None]

_STEPS: Mapping[str, tuple[tuple[str, _Act], ...]] = {
    "start": (),
    "submit": (("applicant", _submit),),
    "withdraw": (("applicant", _withdraw),),
    "accept": (("window", _claim), ("window", _accept)),
    "correct": (("window", _claim), ("window", _correct)),
    "decline": (("window", _claim), ("window", _decline)),
    "review": (("reviewer", _claim),),
    "opinion": (("reviewer", _claim), ("reviewer", _opinion("approve", "pass"))),
    "opinion_against": (("reviewer", _claim), ("reviewer", _opinion("reject", "fail"))),
    "grant": (("approver", _claim), ("approver", _decide(True))),
    "refuse": (("approver", _claim), ("approver", _decide(False))),
}
"""Who does what in a step of the plan, each in a transaction of its own."""


def _moment(calendar: WorkCalendar, today: date, ago: int) -> datetime:
    """Ten o'clock in the park, `ago` working days back; today's steps happen at midnight, so never ahead."""
    day = today
    for _ in range(ago):
        day = calendar.previous_working_day(day)
    at = _OFFICE_HOUR if ago else time(0, 0)
    return datetime.combine(day, at, tzinfo=PARK_TZ)


def _people() -> dict[str, Actor]:
    plan = _read("people.yaml")
    department = plan.pop("department")
    return {
        name: Actor(
            kind="account",
            id=UUID(row["id"]),
            name=row["name"],
            roles=frozenset(row["roles"]),
            positions=(Position(department["code"], department["name"], row["position"]),)
            if "position" in row
            else (),
        )
        for name, row in plan.items()
    }


def _read(name: str) -> dict[str, Any]:
    text = (files("approvals.enterprise.demo") / name).read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
