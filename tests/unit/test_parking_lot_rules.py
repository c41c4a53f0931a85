"""The rules of reservations as somebody types them, and as they are kept."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.rules import Policy
from facilities.living.parking.lots.describing import policy_of, rules_out, wrong
from facilities.living.parking.lots.schemas import MONTH_MIN, ReservationRulesBody

RULES = st.fixed_dictionaries(
    {
        "notice_min": st.integers(0, 30 * 1440),
        "horizon_days": st.integers(1, 365),
        "shortest_min": st.integers(30, MONTH_MIN),
        "longest_min": st.integers(30, MONTH_MIN),
        "start_grid_min": st.sampled_from([30, 60, 120, 240]),
        "most_open": st.none() | st.integers(1, 1000),
        "no_show_min": st.none() | st.integers(5, 1440),
    }
)


@given(RULES)
def test_rules_are_shown_as_they_were_typed(rules: dict[str, Any]) -> None:
    loaded = ReservationRulesBody().load(rules)
    kept = Policy.from_json(policy_of(loaded).to_json())

    assert rules_out(kept) == rules
    assert kept.most == 1


@given(RULES)
def test_rules_are_wrong_where_lengths_do_not_fit_the_grid_or_one_another(rules: dict[str, Any]) -> None:
    found = wrong({"hours": [], "rules": rules})
    sound = (
        rules["shortest_min"] <= rules["longest_min"]
        and rules["shortest_min"] % rules["start_grid_min"] == 0
        and rules["longest_min"] % rules["start_grid_min"] == 0
        and (rules["no_show_min"] is None or rules["no_show_min"] <= rules["shortest_min"])
    )

    assert (not found) == sound
    assert all(each.pointer.removeprefix("/rules/") in rules for each in found)


def test_what_is_not_said_of_rules_has_a_default_with_which_nothing_is_wrong() -> None:
    rules = ReservationRulesBody().load({})

    assert wrong({"hours": [], "rules": rules}) == []
