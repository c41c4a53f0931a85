"""公民身份号码 (GB 11643): `region(6) + birth date(8) + order(3) + check`.

python-stdnum computes the check digit; its `validate` insists on a real birthplace, which would refuse
divisions that its own extract lacks and the fictional demo region, so the region is only cautioned here.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.cn import ric

from shared.identifiers.compact import compact
from shared.identifiers.errors import Caution, CitizenIdError
from shared.identifiers.regions import Region, find_region, region_cautions
from shared.text import Text

Sex = Literal["female", "male"]

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_LENGTH = Text("公民身份号码应为18位，现为{n}位", "An ID number has 18 characters; this one has {n}")
_CHARACTERS = Text(
    "公民身份号码前17位应为数字，末位应为数字或 X",
    "The first 17 characters of an ID number are digits, the last is a digit or X",
)
_BIRTH_DATE = Text(
    "公民身份号码中的出生日期“{digits}”不存在",
    "The birth date {digits} in the ID number does not exist",
)
_UNBORN = Text(
    "公民身份号码中的出生日期“{digits}”晚于今天",
    "The birth date {digits} in the ID number lies in the future",
)
_CHECKSUM = Text(
    "公民身份号码校验位不正确，请核对是否输错",
    "The last character of the ID number does not match; please check for a typing error",
)


@dataclass(frozen=True, slots=True)
class CitizenId:
    """A citizen identity number that passed every check; `cautions` are not errors."""

    number: str
    region_code: str
    region: Region | None
    birth_date: date
    sex: Sex
    cautions: tuple[Caution, ...]

    @property
    def masked(self) -> str:
        """The number as shown to people whose task does not need it."""
        return mask_citizen_id(self.number)


def parse_citizen_id(value: str, *, today: date) -> CitizenId:
    """Read a number as typed; `today` is the legal date (Asia/Shanghai).

    Raises CitizenIdError with code `citizen-id-length`, `citizen-id-characters`, `citizen-id-birth-date`
    or `citizen-id-checksum`. A region that the table lacks is a caution.
    """
    number = compact(value)
    if len(number) != 18:
        raise CitizenIdError("citizen-id-length", _LENGTH.format(n=len(number)))
    if not _SHAPE.fullmatch(number):
        raise CitizenIdError("citizen-id-characters", _CHARACTERS)
    birth_date = _birth_date(number[6:14], today)
    if ric.calc_check_digit(number) != number[17]:
        raise CitizenIdError("citizen-id-checksum", _CHECKSUM)
    region_code = number[:6]
    return CitizenId(
        number=number,
        region_code=region_code,
        region=find_region(region_code),
        birth_date=birth_date,
        sex="male" if int(number[16]) % 2 else "female",
        cautions=region_cautions(region_code),
    )


def mask_citizen_id(number: str) -> str:
    """The first three and last four characters, the rest starred; anything else is starred whole."""
    if len(number) != 18:
        return "*" * len(number)
    return f"{number[:3]}{'*' * 11}{number[14:]}"


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise CitizenIdError("citizen-id-birth-date", _BIRTH_DATE.format(digits=digits)) from None
    if born > today:
        raise CitizenIdError("citizen-id-birth-date", _UNBORN.format(digits=digits))
    return born
