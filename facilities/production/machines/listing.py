"""What is wrong with a machine as somebody describes it, and how a description is kept. No database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from facilities.capacity.amounts import Rounding
from facilities.capacity.bands import Band
from facilities.capacity.cancelling import CancellationRules, Tier, wrong_rules
from facilities.capacity.grid import DAY_S, Padding
from facilities.capacity.ledger.model import MOST_SLOTS
from facilities.capacity.opening import Opening, wrong_hours
from facilities.capacity.quotas import Period, Quota
from facilities.capacity.rules import Policy
from facilities.capacity.tariff import Operator, Overtime, PriceVersion, Unit, wrong_version
from facilities.production.machines import codes
from facilities.production.machines.model import Machine, MachineMaterial
from shared.errors import FieldError
from shared.text import Text

_UNKNOWN = Text("代码表中没有“{code}”", "“{code}” is not in the list of codes")
_TWICE = Text("重复填写", "It is named twice")
_ORDER = Text("最短时长不能超过最长时长", "The shortest time is longer than the longest")
_WHOLE = Text("应为开始间隔的整数倍", "It has to be a multiple of the start grid")
_TOO_LATE = Text("不能超过最短时长", "It has to lie within the shortest time")
_WHOLE_DAYS = Text(
    "按天预订时，各项时间应为整天，不设缓冲",
    "What is booked by the day has whole days, and no time before or after",
)
_SLOTS = Text("一次最多占用{most}个时间格", "A booking takes {most} slots at most")
_CREW = Text("无操作人员的设备不能指定班组", "A machine without an operator has no crew")
_UNTIL = Text("应填写资质文件名称", "Say which document it is")


def wrong(data: Mapping[str, Any]) -> list[FieldError]:
    """Everything that is wrong with a description that has the right shape."""
    found = [*_of_codes(data), *_of_rules(data["rules"]), *wrong_hours(data["hours"])]
    found += at("/cancellation", wrong_rules(cancelling_of(data["cancellation"])))
    if data["crew_id"] is not None and data["operator"] is Operator.NONE:
        found.append(FieldError("/crew_id", "no_operator", _CREW))
    if data["qualified_until"] is not None and not data["qualification"]:
        found.append(FieldError("/qualification", "required", _UNTIL))
    return found


def at(pointer: str, wrong: Iterable[FieldError]) -> list[FieldError]:
    """The same, named by where they stand in a larger body."""
    return [replace(each, pointer=pointer + each.pointer) for each in wrong]


def version_of(price: Mapping[str, Any], number: int, effective_on: date) -> PriceVersion:
    """The version of a price for what somebody has typed."""
    overtime = price["overtime"]
    return PriceVersion(
        number=number,
        effective_on=effective_on,
        unit=Unit(price["unit"]),
        unit_fen=price["unit_fen"],
        shift=timedelta(minutes=price["shift_min"]),
        steps=price["steps"],
        rounding=Rounding(price["rounding"]),
        bands=tuple(_band(each) for each in price["bands"]),
        minimum_order=price["minimum_order"],
        operator_fen=price["operator_fen"],
        set_up_fen=price["set_up_fen"],
        minimum_fen=price["minimum_fen"],
        deposit_fen=price["deposit_fen"],
        overtime=Overtime(overtime["hour_fen"], timedelta(minutes=overtime["grace_min"]), overtime["steps"])
        if overtime
        else None,
        early_bp=price["early_percent"] * 100,
    )


def price_out(version: PriceVersion) -> dict[str, Any]:
    """A version of a price as it was typed."""
    overtime = version.overtime
    return {
        "unit": version.unit.value,
        "unit_fen": version.unit_fen,
        "shift_min": version.shift // _MINUTE,
        "steps": version.steps,
        "rounding": version.rounding.value,
        "bands": [
            {
                "name": band.name.to_dict(),
                "weekdays": sorted(band.weekdays),
                "since": f"{band.since:%H:%M}",
                "until": f"{band.until:%H:%M}",
                "surcharge_percent": band.surcharge_bp // 100,
            }
            for band in version.bands
        ],
        "minimum_order": version.minimum_order,
        "operator_fen": version.operator_fen,
        "set_up_fen": version.set_up_fen,
        "minimum_fen": version.minimum_fen,
        "deposit_fen": version.deposit_fen,
        "overtime": overtime
        and {
            "hour_fen": overtime.hour_fen,
            "grace_min": overtime.grace // _MINUTE,
            "steps": overtime.steps,
        },
        "early_percent": version.early_bp // 100,
    }


def wrong_price(price: Mapping[str, Any]) -> Sequence[FieldError]:
    """What is wrong with a price that has the right shape."""
    return wrong_version(version_of(price, 1, date.min))


def cancelling_of(rules: Mapping[str, Any]) -> CancellationRules:
    """The cancellation rules that somebody has typed."""
    return CancellationRules(**{**rules, "tiers": tuple(Tier(**each) for each in rules["tiers"])})


def policy_of(rules: Mapping[str, Any], units: int) -> Policy:
    """The engine's rules for what somebody has typed."""

    def minutes(name: str) -> timedelta:
        return timedelta(minutes=rules[name])

    return Policy(
        notice=minutes("notice_min"),
        horizon=timedelta(days=rules["horizon_days"]),
        shortest=minutes("shortest_min"),
        longest=minutes("longest_min"),
        start_grid=minutes("start_grid_min"),
        most=units,
        padding=Padding(minutes("before_min"), minutes("set_up_min"), minutes("after_min")),
        needs_approval=rules["needs_approval"],
        quotas=tuple(
            Quota(rules[name], period) for name, period in _QUOTAS.items() if rules.get(name) is not None
        ),
        no_show_after=None if rules["no_show_min"] is None else minutes("no_show_min"),
    )


def rules_out(policy: Policy) -> dict[str, Any]:
    """The rules as they were typed."""

    def minutes(length: timedelta) -> int:
        return length // _MINUTE

    return {
        "notice_min": minutes(policy.notice),
        "horizon_days": policy.horizon.days,
        "shortest_min": minutes(policy.shortest),
        "longest_min": minutes(policy.longest),
        "start_grid_min": minutes(policy.start_grid),
        "before_min": minutes(policy.padding.before),
        "set_up_min": minutes(policy.padding.set_up),
        "after_min": minutes(policy.padding.after),
        "needs_approval": policy.needs_approval,
        **dict.fromkeys(_QUOTAS),
        **{name: each.limit for each in policy.quotas for name, of in _QUOTAS.items() if of is each.period},
        "no_show_min": None if policy.no_show_after is None else minutes(policy.no_show_after),
    }


def describe(machine: Machine, data: Mapping[str, Any]) -> None:
    """Let a machine be what was described; that nothing is wrong with it is known."""
    for name in _AS_IT_IS:
        setattr(machine, name, data[name])
    for axis in ("x", "y", "z"):
        setattr(machine, f"travel_{axis}_mm", (data["travel_mm"] or {}).get(axis))
    kept = {each.material: each for each in machine.materials}
    machine.materials = [
        kept.get(code) or MachineMaterial(material=code) for code in sorted(data["materials"])
    ]
    machine.hours = Opening.from_json(data["hours"]).to_json()
    policy = policy_of(data["rules"], data["units"])
    machine.rules = replace(policy, counted=(machine.id, machine.operated_id)).to_json()
    machine.cancellation = cancelling_of(data["cancellation"]).to_json()


def grain_of(policy: Policy) -> int:
    """The longest slot of which every booking by these rules takes whole ones, in seconds."""
    if policy.by_day:
        return DAY_S
    pieces = [policy.start_grid, policy.shortest, policy.padding.before, policy.padding.set_up]
    pieces.append(policy.padding.after)
    return next(
        grain
        for grain in (3600, 1800, 900, 300)
        if grain == 300 or not any(each % timedelta(seconds=grain) for each in pieces)
    )


_MINUTE = timedelta(minutes=1)
_QUOTAS = {
    "most_open": None,
    "most_hours_day": Period.DAY,
    "most_hours_week": Period.WEEK,
    "most_hours_month": Period.MONTH,
}
"""How much one firm may have of a machine, by the names of the rules."""
_AS_IT_IS = (
    "name",
    "note",
    "process",
    "accuracy_um",
    "place",
    "units",
    "operator",
    "crew_id",
    "confidentiality",
    "qualification",
    "qualified_until",
)


def _of_codes(data: Mapping[str, Any]) -> Iterator[FieldError]:
    for name, of in (("process", codes.PROCESS), ("confidentiality", codes.CONFIDENTIALITY)):
        if data[name] not in codes.names(of):
            yield FieldError(f"/{name}", "unknown", _UNKNOWN.format(code=data[name]))
    seen: set[str] = set()
    for number, code in enumerate(data["materials"]):
        if code not in codes.names(codes.MATERIAL):
            yield FieldError(f"/materials/{number}", "unknown", _UNKNOWN.format(code=code))
        if code in seen:
            yield FieldError(f"/materials/{number}", "twice", _TWICE)
        seen.add(code)


def _of_rules(rules: Mapping[str, Any]) -> Iterator[FieldError]:
    if rules["shortest_min"] > rules["longest_min"]:
        yield FieldError("/rules/shortest_min", "order", _ORDER)
        return
    for name in ("shortest_min", "longest_min"):
        if rules[name] % rules["start_grid_min"]:
            yield FieldError(f"/rules/{name}", "multiple", _WHOLE)
    if rules["no_show_min"] is not None and rules["no_show_min"] > rules["shortest_min"]:
        yield FieldError("/rules/no_show_min", "too_long", _TOO_LATE)
    policy = policy_of(rules, 1)
    around = policy.padding.before + policy.padding.set_up + policy.padding.after
    if policy.by_day and around:
        yield FieldError("/rules/start_grid_min", "whole_days", _WHOLE_DAYS)
    if (policy.longest + around) / timedelta(seconds=grain_of(policy)) > MOST_SLOTS:
        yield FieldError("/rules/longest_min", "too_long", _SLOTS.format(most=MOST_SLOTS))


def _band(typed: Mapping[str, Any]) -> Band:
    return Band(
        name=Text.of(typed["name"]),
        weekdays=frozenset(typed["weekdays"]),
        since=time.fromisoformat(typed["since"]),
        until=time.fromisoformat(typed["until"]),
        surcharge_bp=typed["surcharge_percent"] * 100,
    )
