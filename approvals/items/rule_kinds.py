"""The rules that a form may name, with the parameters that each takes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from approvals.items.form import Rule
from approvals.items.funding_rules import amount_of_clause, clause_offered
from approvals.items.rules import (
    Context,
    Finding,
    choice_by,
    date_not_future,
    date_not_past,
    date_within_days_before,
    date_within_months,
    date_within_years,
    distinct_fields,
    distinct_rows,
    format_by,
    name_of_region,
    person_in_rows,
    posts_exclusive,
    rest_short,
    rows_count,
    rows_fit_choice,
    rows_sum,
    words_refused,
)


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A rule that items may name: what it does, the parameters it takes, the words its message may use."""

    check: Callable[[Context, Rule], Iterator[Finding]]
    params: Mapping[str, str]
    words: frozenset[str] = frozenset()


def _kind(
    check: Callable[[Context, Rule], Iterator[Finding]], said: str = "", /, **params: str
) -> tuple[str, RuleKind]:
    return check.__name__, RuleKind(check, params, frozenset(said.split()))


RULES: Mapping[str, RuleKind] = dict(
    [
        _kind(distinct_fields, fields="paths"),
        _kind(distinct_rows, "other", fields="row_paths"),
        _kind(words_refused, "word", field="path", words="words"),
        _kind(name_of_region, "region", field="path", region="path"),
        _kind(rows_sum, "sum total difference", total="path", each="row_path"),
        _kind(date_within_years, "latest", field="path", years="count"),
        _kind(date_not_past, field="path"),
        _kind(date_within_months, "earliest latest", field="path", since="path", months="count"),
        _kind(
            rest_short,
            "left needed",
            amount="path",
            less="paths",
            needed="path",
            choice="path",
            of="values",
        ),
        _kind(date_not_future, field="path"),
        _kind(date_within_days_before, "days", field="path", days="count"),
        _kind(choice_by, field="path", by="path", allowed="choices"),
        _kind(format_by, field="path", by="path", formats="formats"),
        _kind(rows_fit_choice, "choice", choice="path", each="row_path", cases="cases"),
        _kind(
            person_in_rows,
            id="path",
            name="path",
            row_id="row_path",
            row_name="row_path",
            row_post="row_path",
            posts="values",
        ),
        _kind(rows_count, "count", field="row_path", values="values", allowed="allowed"),
        _kind(
            posts_exclusive,
            row_id="row_path",
            row_post="row_path",
            posts="values",
            not_with="values",
            others="paths",
        ),
        _kind(clause_offered, "clause opens closes years", clause="path", year="path", clauses="clauses"),
        _kind(amount_of_clause, "clause most sum asked", clause="path", amount="path", clauses="clauses"),
    ]
)
"""Every rule by name; the kinds of parameters are checked when an item is loaded."""
