"""The funds that an item pays (专项资金), from its YAML; the clauses stand in a rule of its form."""

from typing import Any

from approvals.items.amounts import read_clauses
from approvals.items.bodies import Department
from approvals.items.form import Form
from approvals.items.funding import Funding
from approvals.items.reference import Reader
from shared.text import Text

_AMOUNT, _OFFERED = "amount_of_clause", "clause_offered"


def read_funding(reader: Reader, form: Form, data: Any) -> Funding | None:
    """The funding of an item, if it names any; `clauses` is the code of the form's rule for the amount."""
    said = data.get("funding")
    if said is None:
        return None
    by_code = {rule.code: rule for rule in form.rules if rule.name == _AMOUNT}
    offered = next((rule for rule in form.rules if rule.name == _OFFERED), None)
    rule = by_code.get(said["clauses"])
    if rule is None or offered is None:
        reader.flaw(("funding", "clauses"), f"the form needs a rule {_AMOUNT} of this code and {_OFFERED}")
        return None
    if data.get("applicant") != "organisation":
        reader.flaw(("applicant",), "funds are granted to organisations")
    if "certificate" in data.get("outcome", {}):
        reader.flaw(("outcome", "certificate"), "what grants funds issues no permit")
    chosen = form.field(rule.params["clause"])
    if {option.value for option in chosen.options} != {*rule.params["clauses"]}:
        reader.flaw(("funding", "clauses"), f"the choices of {chosen.path!r} are not the clauses of the rule")
    return Funding(
        clause=chosen.path,
        year=offered.params["year"],
        amount=rule.params["amount"],
        payer=Department(said["payer"]["code"], Text.of(said["payer"]["name"])),
        clauses=read_clauses(form, chosen.path, rule.params["clauses"]),
    )
