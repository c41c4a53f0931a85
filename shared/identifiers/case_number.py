"""办件编号, our own form within the freedom the standard leaves (an..50), and 查询码.

`region(6) + yyMMdd + serial(5) + check`, 18 digits; the check digit is ISO 7064 MOD 11,10, so that a number
read over the telephone with one wrong digit is never somebody else's case.
"""

import re
from dataclasses import dataclass
from datetime import date
from random import Random

from stdnum.iso7064 import mod_11_10

from shared.identifiers.compact import compact
from shared.identifiers.errors import CaseNumberError
from shared.text import Text

MAX_SERIAL = 99_999
QUERY_CODE_ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
"""Without 0/O, 1/I/L, 2/Z, 5/S and 8/B, which are mistaken for one another on paper."""
QUERY_CODE_LENGTH = 8

_DIGITS = re.compile(r"[0-9]{18}")
_FORMAT = Text("办件编号应为18位数字", "A case number has 18 digits")
_DATE = Text("办件编号中的日期不存在，请核对", "The date in the case number does not exist; please check it")
_CHECKSUM = Text(
    "办件编号校验位不正确，请核对是否输错",
    "The last digit of the case number does not match; please check for a typing error",
)
_PARTS = Text(
    "办件编号由6位行政区划代码、2000年至2099年间的日期和1至{n}的顺序号组成",
    "A case number is made of a six-digit division code, a date from 2000 to 2099 and a serial from 1 to {n}",
)
_QUERY_CODE = Text(
    "查询码应为8位，由数字和字母组成，请核对",
    "A query code has eight characters, digits and letters; please check it",
)


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number whose check digit is right; `filed_on` is a legal date (Asia/Shanghai)."""

    text: str
    region_code: str
    filed_on: date
    serial: int


def make_case_number(*, region_code: str, filed_on: date, serial: int) -> CaseNumber:
    """The number of the `serial`-th case filed in a division on a day; raises CaseNumberError."""
    in_range = 1 <= serial <= MAX_SERIAL and 2000 <= filed_on.year <= 2099
    if not (in_range and re.fullmatch(r"[0-9]{6}", region_code)):
        raise CaseNumberError("case-number-parts", _PARTS.format(n=MAX_SERIAL))
    body = f"{region_code}{filed_on:%y%m%d}{serial:05d}"
    return CaseNumber(body + mod_11_10.calc_check_digit(body), region_code, filed_on, serial)


def parse_case_number(value: str) -> CaseNumber:
    """Read a number as typed; raises CaseNumberError (`case-number-format`, `-date`, `-checksum`)."""
    text = compact(value)
    if not _DIGITS.fullmatch(text):
        raise CaseNumberError("case-number-format", _FORMAT)
    if not mod_11_10.is_valid(text):
        raise CaseNumberError("case-number-checksum", _CHECKSUM)
    try:
        filed_on = date(2000 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    except ValueError:
        raise CaseNumberError("case-number-date", _DATE) from None
    return CaseNumber(text, text[:6], filed_on, int(text[12:17]))


def make_query_code(random_source: Random) -> str:
    """Eight characters that let their holder see a case without an account; some 1.5e11 of them exist.

    Pass `random.SystemRandom()` in the product and a seeded `random.Random` in a test.
    """
    return "".join(random_source.choice(QUERY_CODE_ALPHABET) for _ in range(QUERY_CODE_LENGTH))


def parse_query_code(value: str) -> str:
    """Read a query code as typed; raises CaseNumberError (`query-code-format`)."""
    code = compact(value)
    if len(code) != QUERY_CODE_LENGTH or any(c not in QUERY_CODE_ALPHABET for c in code):
        raise CaseNumberError("query-code-format", _QUERY_CODE)
    return code
