"""The named formats of form fields, read by the identifiers that every service shares."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from shared.identifiers.cas_number import parse_cas_number
from shared.identifiers.citizen_id import parse_citizen_id
from shared.identifiers.compact import compact
from shared.identifiers.errors import Caution, IdentifierError
from shared.identifiers.industries import Found, Malformed, lookup_industry
from shared.identifiers.phones import parse_mobile
from shared.identifiers.regions import find_region, region_cautions
from shared.identifiers.uscc import parse_uscc
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format made of a value: its canonical form, or what is wrong with it."""

    value: str
    code: str | None = None
    message: Text | None = None
    cautions: tuple[Caution, ...] = ()


_NOT_A_DATE = Text("请填写真实存在的日期，例如2028-12-31", "Enter a date that exists, in the form 2028-12-31")
_NOT_A_REGION = Text("行政区划代码应为6位数字", "A division code has six digits")
_ABOLISHED = Text(
    "行政区划代码 {code} 已于{year}年后停用，请核对",
    "Division code {code} has not been in force since {year}; please check it",
)
_NOT_HANZI = Text("应当使用规范汉字", "Write this in Chinese characters")


def _citizen_id(value: str, today: date) -> Reading:
    found = parse_citizen_id(value, today=today)
    return Reading(found.number, cautions=found.cautions)


def _uscc(value: str, today: date) -> Reading:
    found = parse_uscc(value)
    return Reading(found.code, cautions=found.cautions)


def _mobile(value: str, today: date) -> Reading:
    return Reading(parse_mobile(value).number)


def _date(value: str, today: date) -> Reading:
    try:
        return Reading(date.fromisoformat(value).isoformat())
    except ValueError:
        return Reading(value, "date", _NOT_A_DATE)


def _region(value: str, today: date) -> Reading:
    code = compact(value)
    if not re.fullmatch(r"[0-9]{6}", code):
        return Reading(value, "region-format", _NOT_A_REGION)
    region = find_region(code)
    if region is None or region.abolished is None:
        return Reading(code, cautions=region_cautions(code))
    message = _ABOLISHED.format(code=code, year=region.abolished)
    return Reading(code, cautions=(Caution("region-abolished", message),))


def _industry(value: str, today: date) -> Reading:
    found = lookup_industry(value)
    if isinstance(found, Malformed):
        raise found.error
    if isinstance(found, Found):
        return Reading(found.industry.code)
    return Reading(found.code, cautions=(found.caution,))


def _cas_number(value: str, today: date) -> Reading:
    return Reading(parse_cas_number(value))


def _hanzi(value: str, today: date) -> Reading:
    return Reading(value) if all(map(_is_hanzi, value)) else Reading(value, "hanzi", _NOT_HANZI)


def _is_hanzi(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character == "〇" or "\U00020000" <= character <= "\U0003ffff"


FORMATS: Mapping[str, Callable[[str, date], Reading]] = {
    "citizen-id": _citizen_id,
    "uscc": _uscc,
    "cn-mobile": _mobile,
    "date": _date,
    "region": _region,
    "industry": _industry,
    "hanzi": _hanzi,
    "cas-number": _cas_number,
}


def read(name: str, value: str, today: date) -> Reading:
    """Read `value` by the format `name`; `today` is the legal date (Asia/Shanghai)."""
    try:
        return FORMATS[name](value, today)
    except IdentifierError as error:
        return Reading(value, error.code, error.message)
