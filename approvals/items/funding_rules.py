"""Rules of forms by which funds are asked for: that the clause is open, and how much it grants."""

from collections.abc import Iterator
from typing import Any

from approvals.items.amounts import arithmetic, most, read_clauses, to_fen, yuan_text
from approvals.items.form import Rule
from approvals.items.funding import Clause
from approvals.items.rules import Context, Finding, Hit, say
from approvals.items.wording import date_text, number_text
from approvals.items.wrongs import pointer_of
from shared.text import Text


def clause_offered(context: Context, rule: Rule) -> Iterator[Finding]:
    """The chosen clause takes applications today, and for the chosen year."""
    for hit, clause in _chosen(context, rule):
        year = next(context.hits(rule.params["year"]), None)
        words: dict[str, Any] = {
            "clause": clause.name,
            "opens": date_text(clause.opens_on),
            "closes": date_text(clause.closes_on),
            "years": Text("、".join(clause.budgets), ", ".join(clause.budgets)),
        }
        if not clause.opens_on <= context.today <= clause.closes_on:
            yield say(context, rule, hit, **words)
        elif year is not None and str(year.value) not in clause.budgets:
            yield say(context, rule, year, **words)


def amount_of_clause(context: Context, rule: Rule) -> Iterator[Finding]:
    """No more is asked for than the chosen clause grants; the message shows the arithmetic."""
    for _, clause in _chosen(context, rule):
        counted = context.value(clause.basis)
        if counted is None:
            continue
        at_most = most(clause, counted)
        for hit in context.hits(rule.params["amount"]):
            if to_fen(hit.value) > at_most:
                yield say(
                    context,
                    rule,
                    hit,
                    also=pointer_of(context.form.field(clause.basis), None),
                    clause=clause.name,
                    most=yuan_text(at_most),
                    sum=arithmetic(clause, counted),
                    asked=number_text(hit.value),
                )


def _chosen(context: Context, rule: Rule) -> Iterator[tuple[Hit, Clause]]:
    path = rule.params["clause"]
    for hit in context.hits(path):
        for clause in read_clauses(context.form, path, rule.params["clauses"]):
            if clause.key == hit.value:
                yield hit, clause
