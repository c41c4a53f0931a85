"""How much a clause of a policy grants at most: exact, in fen, and the arithmetic in words."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from approvals.items.form import Field, Form
from approvals.items.funding import Clause
from approvals.items.wording import number_text
from shared.text import Text

FEN = 100
"""In a yuan."""
_WHOLE = 10_000
"""Ten-thousandths in a whole."""
_RATE = Text("{counted}元×{rate}＝{product}元", "{counted} yuan × {rate} = {product} yuan")
_EACH = Text("{counted}×{rate}＝{product}元", "{counted} × {rate} = {product} yuan")
_CAPPED = Text("{sum}，上限{cap}元", "{sum}, at most {cap} yuan")


def to_fen(yuan: Decimal | int) -> int:
    """An amount in yuan as whole fen; a part of a fen is left out."""
    return int((Decimal(yuan) * FEN).to_integral_value(ROUND_FLOOR))


def yuan_text(fen: int) -> str:
    """An amount in fen as yuan: 1234500 is `12345`."""
    return number_text(Decimal(fen) / FEN)


def most(clause: Clause, counted: Decimal | int) -> int:
    """What the clause grants at most, in fen, when `counted` (yuan, or a number) is what counts.

    Parts of a fen are left out, never rounded up.
    """
    return min(_product(clause, counted), clause.cap_fen)


def arithmetic(clause: Clause, counted: Decimal | int) -> Text:
    """The same in words, as the applicant can check it."""
    counting = _EACH if clause.each_fen is not None else _RATE
    found = counting.format(
        counted=number_text(counted), rate=rate_of(clause), product=yuan_text(_product(clause, counted))
    )
    return _CAPPED.format(sum=found, cap=yuan_text(clause.cap_fen))


def rate_of(clause: Clause) -> Text:
    """By what the clause multiplies: `5%` of an amount, `5000元` for each of a number."""
    if clause.each_fen is not None:
        return Text("{each}元", "{each} yuan").format(each=yuan_text(clause.each_fen))
    percent = number_text(Decimal(clause.rate_bp or 0) / FEN)
    return Text(f"{percent}%", f"{percent} %")


def read_clauses(form: Form, path: str, data: Mapping[str, Any]) -> tuple[Clause, ...]:
    """The clauses as a rule of the form lists them; `path` is the field in which one is chosen."""
    return tuple(_clause(form.field(path), key, each) for key, each in data.items())


def _clause(field: Field, key: str, data: Mapping[str, Any]) -> Clause:
    return Clause(
        key=key,
        name=field.option(key) or Text.same(key),
        basis=data["counts"],
        rate_bp=data.get("rate_bp"),
        each_fen=data.get("each_fen"),
        cap_fen=data["cap_fen"],
        budgets=data["budgets"],
        opens_on=date.fromisoformat(data["opens_on"]),
        closes_on=date.fromisoformat(data["closes_on"]),
        verified=data["verified"],
        source=Text.of(data["source"]),
    )


def _product(clause: Clause, counted: Decimal | int) -> int:
    if clause.each_fen is not None:
        return int(counted) * clause.each_fen
    return to_fen(counted) * (clause.rate_bp or 0) // _WHOLE
