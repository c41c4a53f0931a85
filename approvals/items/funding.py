"""Funds that an item pays (专项资金): the clauses of a policy and their budgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from approvals.items.bodies import Department
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a policy (政策条款) by which funds are granted; amounts in fen.

    `basis` is the path of the answer that counts. Of an amount in yuan `rate_bp` ten-thousandths are
    granted, of a number `each_fen` a piece, at most `cap_fen`. `budgets` are the sums of each year of
    application (申报年度); applications are taken from `opens_on` until `closes_on`.
    """

    key: str
    name: Text
    basis: str
    rate_bp: int | None
    each_fen: int | None
    cap_fen: int
    budgets: Mapping[str, int]
    opens_on: date
    closes_on: date
    verified: bool
    source: Text


@dataclass(frozen=True, slots=True)
class Funding:
    """Funds that a grant orders to be paid (资金拨付) instead of a permit.

    `clause`, `year` and `amount` are paths of the form; `payer` is the department that pays.
    """

    clause: str
    year: str
    amount: str
    payer: Department
    clauses: tuple[Clause, ...]

    def find(self, key: object) -> Clause | None:
        """The clause called `key`, or None."""
        return next((clause for clause in self.clauses if clause.key == key), None)
