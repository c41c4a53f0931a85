"""What is wrong with a car park as somebody describes it, and how a description is kept. No database."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from facilities.capacity.opening import Opening, wrong_hours
from facilities.capacity.quotas import Quota
from facilities.capacity.rules import Policy
from facilities.living.parking.lots.model import Lot
from shared.errors import FieldError
from shared.text import Text

_ORDER = Text("最短时长不能超过最长时长", "The shortest time is longer than the longest")
_WHOLE = Text("应为开始间隔的整数倍", "It has to be a multiple of the start grid")
_TOO_LATE = Text("不能超过最短时长", "It has to lie within the shortest time")
_MINUTE = timedelta(minutes=1)
_AS_IT_IS = ("name", "place", "operator_name", "complaint_phone", "drive_in")


def wrong(data: Mapping[str, Any]) -> list[FieldError]:
    """Everything that is wrong with a description that has the right shape."""
    return [*wrong_hours(data["hours"]), *_of_rules(data["rules"])]


def described(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a description with which nothing is wrong, by the names of `Lot` and its `policy`."""
    return {
        **{name: data[name] for name in _AS_IT_IS},
        "hours": Opening.from_json(data["hours"]).to_json(),
        "early_s": data["early_min"] * 60,
        "policy": policy_of(data["rules"]),
    }


def policy_of(rules: Mapping[str, Any]) -> Policy:
    """The engine's rules for what somebody has typed: one bay at a time."""

    def minutes(name: str) -> timedelta:
        return timedelta(minutes=rules[name])

    return Policy(
        notice=minutes("notice_min"),
        horizon=timedelta(days=rules["horizon_days"]),
        shortest=minutes("shortest_min"),
        longest=minutes("longest_min"),
        start_grid=minutes("start_grid_min"),
        quotas=() if rules["most_open"] is None else (Quota(rules["most_open"]),),
        no_show_after=None if rules["no_show_min"] is None else minutes("no_show_min"),
    )


def rules_out(policy: Policy) -> dict[str, Any]:
    """The rules as they were typed."""
    return {
        "notice_min": policy.notice // _MINUTE,
        "horizon_days": policy.horizon.days,
        "shortest_min": policy.shortest // _MINUTE,
        "longest_min": policy.longest // _MINUTE,
        "start_grid_min": policy.start_grid // _MINUTE,
        "most_open": next((each.limit for each in policy.quotas if each.period is None), None),
        "no_show_min": None if policy.no_show_after is None else policy.no_show_after // _MINUTE,
    }


def describe(lot: Lot, data: Mapping[str, Any]) -> None:
    """Let a car park be what was described; that nothing is wrong with it is known."""
    for name, value in described(data).items():
        if name == "policy":
            lot.rules = value.to_json()
        else:
            setattr(lot, name, value)


def _of_rules(rules: Mapping[str, Any]) -> Iterator[FieldError]:
    if rules["shortest_min"] > rules["longest_min"]:
        yield FieldError("/rules/shortest_min", "order", _ORDER)
        return
    for name in ("shortest_min", "longest_min"):
        if rules[name] % rules["start_grid_min"]:
            yield FieldError(f"/rules/{name}", "multiple", _WHOLE)
    if rules["no_show_min"] is not None and rules["no_show_min"] > rules["shortest_min"]:
        yield FieldError("/rules/no_show_min", "too_long", _TOO_LATE)
