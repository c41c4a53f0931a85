"""CAS registry numbers of chemical substances (`7732-18-5`): up to seven digits, two, and a check digit.

python-stdnum computes the check digit: the digits before it, weighted by their place from the right, mod 10.
"""

import re

from stdnum import casrn

from shared.identifiers.compact import compact
from shared.identifiers.errors import CasNumberError
from shared.text import Text

_PARTS = re.compile(r"([1-9][0-9]{1,6})-?([0-9]{2})-?([0-9])")
_FORMAT = Text(
    "CAS号由三段数字组成，例如“67-64-1”", "A CAS number has three groups of digits, such as 67-64-1"
)
_CHECK = Text("CAS号的校验位不符，请核对", "The check digit of the CAS number does not fit; please check it")


def parse_cas_number(value: str) -> str:
    """A CAS number as typed, with hyphens; raises CasNumberError (`cas-number-format`, `-checksum`)."""
    found = _PARTS.fullmatch(compact(value))
    if found is None:
        raise CasNumberError("cas-number-format", _FORMAT)
    number = "-".join(found.groups())
    if casrn.calc_check_digit(number[:-1].replace("-", "")) != found[3]:
        raise CasNumberError("cas-number-checksum", _CHECK)
    return number
