"""投资项目代码 (GB/T 40058-2021): `YYMM-RRRRRR-MM-TT-NNNNNC`.

Time, division, directing ministry, kind of project, five random digits and a check digit. How the check
digit is computed could not be verified, so it is taken as it is.
"""

import re
from dataclasses import dataclass

from shared.identifiers.compact import compact
from shared.identifiers.errors import Caution, ProjectCodeError
from shared.identifiers.regions import Region, find_region, region_cautions
from shared.text import Text

_DIGITS = re.compile(r"[0-9]{20}")
_FORMAT = Text(
    "投资项目代码应为24位，格式如 2411-990101-04-01-123456",
    "A project code has 24 characters, such as 2411-990101-04-01-123456",
)
_MONTH = Text(
    "投资项目代码前4位应为年份后两位和月份（01至12）",
    "A project code starts with the last two digits of the year and the month (01 to 12)",
)


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """A project code of the right form; whether the project exists is for its register to say."""

    text: str
    year: int
    month: int
    region_code: str
    region: Region | None
    ministry: str
    kind: str
    cautions: tuple[Caution, ...]


def parse_project_code(value: str) -> ProjectCode:
    """Read a code as typed, hyphens forgiven; raises ProjectCodeError (`project-code-format`, `-month`)."""
    digits = compact(value)
    if not _DIGITS.fullmatch(digits):
        raise ProjectCodeError("project-code-format", _FORMAT)
    month = int(digits[2:4])
    if not 1 <= month <= 12:
        raise ProjectCodeError("project-code-month", _MONTH)
    region_code = digits[4:10]
    parts = (digits[:4], region_code, digits[10:12], digits[12:14], digits[14:])
    return ProjectCode(
        text="-".join(parts),
        year=2000 + int(digits[:2]),
        month=month,
        region_code=region_code,
        region=find_region(region_code),
        ministry=parts[2],
        kind=parts[3],
        cautions=region_cautions(region_code),
    )
