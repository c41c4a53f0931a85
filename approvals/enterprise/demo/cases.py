"""Cases of the demo park, one for each state, made by the real commands on working days gone by."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import joinedload

from approvals.applications import commands as applications
from approvals.applications.renewal import renew_version
from approvals.applications.starting import start
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case, NumberSeries
from approvals.decisions import commands as decisions
from approvals.documents import materials
from approvals.enterprise.demo.papers import demo_paper
from approvals.enterprise.register import ESTABLISHMENT
from approvals.extensions import commands as extensions
from approvals.gaps.policy import Deferred
from approvals.intake import commands as intake
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.items.needs import required_materials
from approvals.items.wording import years_after
from approvals.procedures import commands as procedures
from approvals.procedures.model import ProcedureKind
from approvals.reviews import commands as reviews
from approvals.tasks.model import LIVE, Task, TaskKind
from shared.actor import SYSTEM, Actor, Position
from shared.clock import PARK_TZ, ManualClock
from shared.database import insert_if_absent
from shared.service import Runtime
from shared.transaction import Transaction
from shared.uploads.inspection import InspectedUpload

_MARK = "demo/cases"
_OFFICE_HOUR = time(10, 0)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What every case of the plan shares: its makers, the texts, the papers, the days."""

    runtime: Runtime
    clock: ManualClock
    today: date
    people: Mapping[str, Actor]
    texts: Mapping[str, str]
    item: Item
    papers: Mapping[str, InspectedUpload]
    lacks: tuple[str, ...] = ()
    """Materials that a case promises to hand in later."""

    def go_back(self, ago: int) -> None:
        """Set the clock to ten o'clock in the park, `ago` working days back; today's steps to midnight."""
        with self.runtime.read() as session:
            calendar = self.runtime.context.resources.get(Deadlines).calendar_of(session)
        day = self.today
        for _ in range(ago):
            day = calendar.previous_working_day(day)
        # Ten o'clock today may still be ahead; nothing in the demo happens in the future.
        at = _OFFICE_HOUR if ago else time(0, 0)
        self.clock.set(datetime.combine(day, at, tzinfo=PARK_TZ))


def enter_cases(runtime: Runtime) -> None:
    """Make the demo cases once; a second call finds them made."""
    with runtime.transaction(SYSTEM) as tx:
        if not insert_if_absent(tx.session, NumberSeries, {"name": _MARK, "last": 1}):
            return
    plan = _read("cases.yaml")
    item = runtime.context.resources.get(Catalogue).item(ESTABLISHMENT, runtime.clock.today())
    clock = ManualClock(runtime.clock.now())
    past = Runtime(runtime.service, runtime.settings, runtime.contracts, clock)
    papers = papers_for(runtime, item)
    stage = _Stage(past, clock, runtime.clock.today(), people(), plan["texts"], item, papers)
    for row in plan["cases"]:
        _play(stage, row)
    past.close()


def _play(stage: _Stage, row: Mapping[str, Any]) -> None:
    stage = replace(stage, lacks=tuple(row.get("lacks", ())))
    stage.go_back(row["steps"][0]["ago"])
    case_id = _fill_in(stage, row)
    for step in row["steps"]:
        stage.go_back(step["ago"])
        for actor, act in _STEPS[step["do"]]:
            name = row["by"] if actor == "applicant" else actor
            with stage.runtime.transaction(stage.people[name]) as tx:
                case = tx.session.get_one(Case, case_id)
                act(tx, replace(stage, item=tx.resource(Catalogue).of(case)), case)


def _fill_in(stage: _Stage, row: Mapping[str, Any]) -> UUID:
    answers = deepcopy(_read("answers.yaml"))
    answers["company"] |= {"trade_name": row["trade"], "industry_term": row["term"]}
    for shareholder in answers["shareholders"]["rows"]:
        years = shareholder.pop("years")
        shareholder["paid_by"] = years_after(stage.clock.today(), years).isoformat()
    with stage.runtime.transaction(stage.people[row["by"]]) as tx:
        case = start(tx, stage.item.code)
        item = tx.resource(Catalogue).of(case)
        applications.save_answers(tx, case, item, answers)
        for code, paper in stage.papers.items():
            if code in stage.lacks:
                continue
            materials.hand_in(tx, case, item, code, found=paper, seen_version=None)
        return case.id


def papers_for(runtime: Runtime, item: Item) -> dict[str, InspectedUpload]:
    """One paper for each material that every application needs; all demo cases hand in the same ones."""
    papers = {}
    for code in sorted(required_materials(item, {})):
        spec = materials.material_of(item, code)
        data = demo_paper(spec.name.zh)
        papers[code] = materials.judge(spec, data, "application/pdf", f"{spec.name.zh}.pdf")
        runtime.context.blobs.put(data)
    return papers


def _live(tx: Transaction, case: Case, *kinds: TaskKind) -> Task:
    live = sa.select(Task).where(Task.case_id == case.id, Task.state.in_(LIVE))
    if kinds:
        live = live.where(Task.kind.in_(kinds))
    return tx.session.scalars(live.options(joinedload(Task.case))).one()


def _claim(tx: Transaction, stage: _Stage, case: Case) -> None:
    reviews.take_up(tx, stage.item, _live(tx, case))


def _claim_extension(tx: Transaction, stage: _Stage, case: Case) -> None:
    reviews.take_up(tx, stage.item, _live(tx, case, TaskKind.EXTENSION))


def _submit(tx: Transaction, stage: _Stage, case: Case) -> None:
    item = stage.item
    if tx.resource(Catalogue).in_force(case.item_code, tx.today) is not item:
        item = renew_version(tx, case)  # another version came into force since the draft was begun
    deferred = Deferred(stage.lacks, promise=True) if stage.lacks else None
    applications.submit(tx, case, item, declaration=True, deferred=deferred)


def _withdraw(tx: Transaction, stage: _Stage, case: Case) -> None:
    applications.withdraw(tx, case, stage.item, reason=stage.texts["withdraw"])


def _accept(tx: Transaction, stage: _Stage, case: Case) -> None:
    intake.accept(tx, case, stage.item, with_gaps=bool(stage.lacks))


def _correct(tx: Transaction, stage: _Stage, case: Case) -> None:
    point = {"target": "/materials/premises", "requirement": stage.texts["correction"]}
    intake.request_correction(tx, case, stage.item, items=[point])


def _decline(tx: Transaction, stage: _Stage, case: Case) -> None:
    reason = stage.texts["decline"]
    intake.decline(tx, case, stage.item, kind="refused", ground="not_competent", reason=reason)


def _start_procedure(tx: Transaction, stage: _Stage, case: Case) -> None:
    reason, kind = stage.texts["procedure"], ProcedureKind.HEARING
    procedures.start(tx, case, stage.item, kind=kind, reason=reason, expected_days=10, legal_basis="")


def _ask_extension(tx: Transaction, stage: _Stage, case: Case) -> None:
    extensions.request(tx, case, stage.item, reason=stage.texts["extension"])


def _approve_extension(tx: Transaction, stage: _Stage, case: Case) -> None:
    extensions.decide(tx, case, stage.item, approved=True, note="")


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
    "procedure": (("reviewer", _start_procedure),),
    "ask_extension": (("reviewer", _ask_extension),),
    "extend": (("approver", _claim_extension), ("approver", _approve_extension)),
    "opinion": (("reviewer", _claim), ("reviewer", _opinion("approve", "pass"))),
    "opinion_against": (("reviewer", _claim), ("reviewer", _opinion("reject", "fail"))),
    "grant": (("approver", _claim), ("approver", _decide(True))),
    "refuse": (("approver", _claim), ("approver", _decide(False))),
}
"""Who does what in a step of the plan, each in a transaction of its own."""


def people() -> dict[str, Actor]:
    """Who acts in the demo, by user name."""
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
