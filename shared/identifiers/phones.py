"""Mainland telephone numbers: mobile numbers, and landlines with area code and extension."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from shared.identifiers.compact import compact
from shared.identifiers.errors import PhoneError
from shared.text import Text

PhoneKind = Literal["mobile", "landline"]

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_COUNTRY = re.compile(r"(?:\+|00)86(?=1)")
# Beijing and the 02x cities have three-digit area codes, everybody else four: else a number without a
# hyphen could be cut in two places.
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})-?([0-9]{7,8})(?:-([0-9]{1,6}))?")

_NOT_MOBILE = Text(
    "手机号码应为以13至19开头的11位数字",
    "A mobile number has 11 digits and starts with 13 to 19",
)
_NOT_PHONE = Text(
    "请填写11位手机号码，或带区号的固定电话，如 010-12345678",
    "Enter an 11-digit mobile number, or a landline with its area code, such as 010-12345678",
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in the form it is stored: `13800000000`, `010-12345678`, `010-12345678-801`."""

    number: str
    kind: PhoneKind

    @property
    def masked(self) -> str:
        """The number as shown to people whose task does not need it."""
        return mask_phone(self.number)


def parse_mobile(value: str) -> Phone:
    """Read a mobile number as typed, with or without +86; raises PhoneError (`mobile-format`)."""
    number = _COUNTRY.sub("", compact(value), count=1)
    if not _MOBILE.fullmatch(number):
        raise PhoneError("mobile-format", _NOT_MOBILE)
    return Phone(number, "mobile")


def parse_phone(value: str) -> Phone:
    """Read a mobile number or a landline as typed; raises PhoneError (`phone-format`)."""
    try:
        return parse_mobile(value)
    except PhoneError:
        found = _LANDLINE.fullmatch("".join(unicodedata.normalize("NFKC", value).split()))
    if found is None:
        raise PhoneError("phone-format", _NOT_PHONE)
    return Phone("-".join(part for part in found.groups() if part), "landline")


def mask_phone(number: str) -> str:
    """`138****0019`; of a landline the area code and the last two digits stay: `010-******78`."""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[7:]}"
    found = _LANDLINE.fullmatch(number)
    if found is None:
        return "*" * len(number)
    return f"{found[1]}-{'*' * (len(found[2]) - 2)}{found[2][-2:]}"
