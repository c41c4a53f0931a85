"""The permit that a grant issues, as an item words it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a certificate is valid from the day of its issue: `n` calendar years or months."""

    n: int
    unit: Literal["year", "month"]


@dataclass(frozen=True, slots=True)
class CertificateSpec:
    """The permit that a grant issues.

    `kind` names it for programs, `number` are the letters in front of its number, `facts` the paths of the
    answers that it shows beside its holder; without `valid_for` it does not expire.
    """

    kind: str
    number: str
    facts: tuple[str, ...]
    valid_for: Validity | None
