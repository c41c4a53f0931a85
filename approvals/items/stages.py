"""Whether the stages of an item (环节) make sense: what each begins and ends with, and how long it may take.

A stage with a clock of its own names both events and a limit. The stages follow one another, and together
they take no longer than what is promised to the applicant: each stage would be kept and the promise broken.
"""

from collections.abc import Sequence
from typing import get_args

from approvals.items.model import Item, Limit, StageEvent, Step
from approvals.items.reference import Reader
from approvals.items.source import Path

EVENTS: tuple[StageEvent, ...] = get_args(StageEvent)
"""In the order in which they happen."""

_HOURS_A_DAY = 24


def check_stages(reader: Reader, item: Item) -> None:
    """Note whatever is wrong with the stages."""
    stages = []
    for number, step in enumerate(item.steps):
        path: Path = ("steps", number)
        own = isinstance(reader.source.data["steps"][number]["limit"], dict)
        if (step.starts is None) != (step.ends is None):
            reader.flaw((*path, "ends" if step.starts else "starts"), "a stage names what starts and ends it")
        elif step.starts is not None:
            stages.append((step, path))
        elif own and item.online and not _is_of_notice(item, step.limit):
            reader.flaw((*path, "limit"), "a stage with a limit of its own names what starts and ends it")
    _check_order(reader, stages)
    _check_limits(reader, item, stages)
    _check_examination(reader, item)


def _is_of_notice(item: Item, limit: Limit | None) -> bool:
    """Whether it is the limit of the item's public notice, which has clocks of its own."""
    notice = item.public_notice
    own = (notice.days, notice.filing) if notice else ()
    return any(each and limit and (each.n, each.unit) == (limit.n, limit.unit) for each in own)


def _check_order(reader: Reader, stages: Sequence[tuple[Step, Path]]) -> None:
    over, examined = 0, False
    for step, path in stages:
        first, last = _place(step.starts), _place(step.ends)
        again = step.examined_by and examined and step.starts == step.ends == "reviewed"
        examined = examined or bool(step.examined_by)
        if last <= first and not again:
            reader.flaw((*path, "ends"), f"{step.ends} does not come after {step.starts}")
        if first < over:
            reader.flaw((*path, "starts"), f"the stage before it ends with {EVENTS[over]}, which comes later")
        over = max(over, last)


def _check_examination(reader: Reader, item: Item) -> None:
    """Who examines in the stages of the examination, and what each department answers for."""
    for number, step in enumerate(item.steps):
        path: Path = ("steps", number, "examined_by")
        reader.once([each.code for each in step.examined_by], path, "code")
        if step.examined_by and step.ends not in (None, "reviewed"):
            reader.flaw(path, "what departments examine ends with their opinions: ends is reviewed")
    examined = {step.key: {each.code for each in step.examined_by} for step in item.steps if step.examined_by}
    for number, check in enumerate(item.review_checks):
        codes = examined.get(check.step or "", set())
        if check.step is not None and not codes:
            reader.flaw(("review_checks", number, "step"), f"no department examines in {check.step!r}")
        elif check.department is not None and check.department not in codes:
            reader.flaw(("review_checks", number, "department"), "it does not examine in the step named")


def _check_limits(reader: Reader, item: Item, stages: Sequence[tuple[Step, Path]]) -> None:
    limits = item.limits
    answer = ("promised", limits.promised) if limits.promised else ("statutory", limits.statutory)
    wholes = {
        "accepted": ("intake", limits.intake),
        "decided": answer,
        "delivered": ("delivery", limits.delivery),
    }
    taken: dict[str, list[Limit]] = {}
    for step, path in stages:
        if step.limit is None:
            reader.flaw((*path, "limit"), "a stage with a clock of its own needs a limit")
            continue
        if step.limit.extension is not None:
            reader.flaw((*path, "limit", "extension"), "the limit of a stage is not extended")
        until = next(end for end in wholes if _place(step.ends) <= _place(end))
        if _place(step.starts) < _place(_begin_of(until)):
            reader.flaw((*path, "starts"), f"a stage lies within the limits: split it at {_begin_of(until)}")
            continue
        name, whole = wholes[until]
        taken.setdefault(until, []).append(step.limit)
        wrong = longer(taken[until], whole) if whole else None
        if wrong is not None:
            reader.flaw((*path, "limit"), f"{wrong} the {name} limit")


def _begin_of(end: str) -> str:
    return {"accepted": "received", "decided": "accepted", "delivered": "decided"}[end]


def _place(event: str | None) -> int:
    return [*EVENTS].index(event) if event in EVENTS else 0


def longer(parts: Sequence[Limit], whole: Limit) -> str | None:
    """How the parts fail to fit into the whole; None when they do.

    A limit is never converted, so only what is certain is said: a working day is at least as long as a day,
    and a limit of n days leaves at least n times 24 hours from the moment at which it begins.
    """
    total = {
        unit: sum(part.n for part in parts if part.unit == unit) for unit in {part.unit for part in parts}
    }
    total.pop("immediate", None)
    if whole.unit == "immediate":
        return "the stages together take longer than" if total else None
    if whole.unit == "hour":
        if set(total) - {"hour"}:
            return "only stages in hours can be compared with"
        return "the stages together take longer than" if total.get("hour", 0) > whole.n else None
    if whole.unit == "natural_day" and "working_day" in total:
        return "working days cannot be compared with"
    days = total.get("working_day", 0) + total.get("natural_day", 0)
    if days * _HOURS_A_DAY + total.get("hour", 0) > whole.n * _HOURS_A_DAY:
        return "the stages together take longer than"
    return None
