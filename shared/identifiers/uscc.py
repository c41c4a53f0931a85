"""统一社会信用代码, the identity of a legal body (GB 32100-2015), and the organisation code in it (GB 11714).

`department + category + region(6) + organisation code(9) + check`. python-stdnum has the outer check digit;
the inner one, the two-character prefixes and the reasons a person can act on are here. Department `Y`, `A`
and `N` are letters, which python-stdnum's own `validate` refuses, so its check digit is used and not that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from stdnum.cn import uscc as stdnum_uscc

from shared.identifiers.compact import compact
from shared.identifiers.errors import Caution, UsccError
from shared.identifiers.regions import Region, find_region, region_cautions
from shared.tables import read_table
from shared.text import Text

_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_LENGTH = Text(
    "统一社会信用代码应为18位，现为{n}位",
    "A unified social credit code has 18 characters; this one has {n}",
)
_CHARACTERS = Text(
    "统一社会信用代码只能包含数字和大写字母（不含 I、O、S、V、Z）：“{characters}”不能使用",
    "A unified social credit code consists of digits and letters except I, O, S, V and Z: {characters}",
)
_DEPARTMENT = Text(
    "统一社会信用代码第1位“{c}”不是已知的登记管理部门代码",
    "The first character {c} is not a known registering department",
)
_REGION = Text(
    "统一社会信用代码第3至8位应为6位数字的行政区划代码",
    "Characters 3 to 8 must be the six digits of a division code",
)
_ORG_CHECK = Text(
    "统一社会信用代码第9至17位的组织机构代码校验位不正确，请核对",
    "The check character of the organisation code (characters 9 to 17) is wrong; please check it",
)
_CHECKSUM = Text(
    "统一社会信用代码校验位不正确，请核对是否输错",
    "The check character is wrong; please check for a typing error",
)
_ORG_SHAPE = Text(
    "组织机构代码应为9位数字或大写字母",
    "An organisation code has nine characters, digits or letters",
)
_CATEGORY_UNKNOWN = Text(
    "统一社会信用代码第2位“{c}”不在现有机构类别对照表中，请核对",
    "The kind of body {c} is not in our table; please check it",
)


@dataclass(frozen=True, slots=True)
class UsccKind:
    """What the first two characters say: who registers the body and what kind of body it is."""

    prefix: str
    department: Text
    name: Text


@dataclass(frozen=True, slots=True)
class Uscc:
    """A unified social credit code that passed every check; `cautions` are not errors."""

    code: str
    kind: UsccKind | None
    region_code: str
    region: Region | None
    organisation_code: str
    cautions: tuple[Caution, ...]

    @property
    def prefix(self) -> str:
        """Department and category, such as `91` for an enterprise."""
        return self.code[:2]

    @property
    def is_enterprise(self) -> bool:
        """Whether the holder is an enterprise (91)."""
        return self.prefix == "91"


def parse_uscc(value: str) -> Uscc:
    """Read a code as typed (case, spaces and full-width characters are forgiven).

    Raises UsccError with code `uscc-length`, `uscc-characters`, `uscc-department`, `uscc-region`,
    `uscc-checksum` or `uscc-organisation-check`. An unknown region or category is a caution.
    """
    code = compact(value)
    if len(code) != 18:
        raise UsccError("uscc-length", _LENGTH.format(n=len(code)))
    _check_characters(code)
    if code[0] not in {prefix[0] for prefix in load_uscc_kinds()}:
        raise UsccError("uscc-department", _DEPARTMENT.format(c=code[0]))
    region_code = code[2:8]
    if not region_code.isdigit():
        raise UsccError("uscc-region", _REGION)
    if stdnum_uscc.calc_check_digit(code[:17]) != code[17]:
        raise UsccError("uscc-checksum", _CHECKSUM)
    if org_check_digit(code[8:16]) != code[16]:
        raise UsccError("uscc-organisation-check", _ORG_CHECK)
    kind = load_uscc_kinds().get(code[:2])
    cautions = region_cautions(region_code)
    if kind is None:
        cautions = (Caution("uscc-category-unknown", _CATEGORY_UNKNOWN.format(c=code[1])), *cautions)
    return Uscc(code, kind, region_code, find_region(region_code), code[8:17], cautions)


def make_uscc(*, region: str, org_code: str, department: str = "9", category: str = "1") -> str:
    """The code of a body from its parts; `org_code` is the nine-character organisation code.

    Raises UsccError when the parts do not make a valid code.
    """
    if len(org_code) != 9:
        raise UsccError("organisation-code-shape", _ORG_SHAPE)
    body = f"{department}{category}{region}{org_code}"
    if len(body) != 17:
        raise UsccError("uscc-length", _LENGTH.format(n=len(body) + 1))
    _check_characters(body)
    return parse_uscc(body + stdnum_uscc.calc_check_digit(body)).code


def make_org_code(body: str) -> str:
    """The nine-character organisation code for an eight-character body (GB 11714)."""
    return body + org_check_digit(body)


def org_check_digit(body: str) -> str:
    """The check character of GB 11714 for the first eight characters of an organisation code.

    Raises UsccError (`organisation-code-shape`) unless these are eight digits or capital letters.
    """
    if len(body) != 8 or not (body.isascii() and body.isalnum() and body == body.upper()):
        raise UsccError("organisation-code-shape", _ORG_SHAPE)
    total = sum(int(c, 36) * weight for c, weight in zip(body, _ORG_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def format_uscc(code: str) -> str:
    """The code in groups for reading aloud: `91 990101 MA0DEM013 U`."""
    return f"{code[:2]} {code[2:8]} {code[8:17]} {code[17:]}"


@cache
def load_uscc_kinds() -> Mapping[str, UsccKind]:
    """What the first two characters mean, by those characters; read on first use and kept."""
    return {
        row["department"] + row["category"]: UsccKind(
            prefix=row["department"] + row["category"],
            department=Text(row["department_zh"], row["department_en"]),
            name=Text(row["name_zh"], row["name_en"]),
        )
        for row in read_table("shared.identifiers", "uscc_kinds.csv")
    }


def _check_characters(code: str) -> None:
    wrong = "".join(dict.fromkeys(c for c in code if c not in _ALPHABET))
    if wrong:
        raise UsccError("uscc-characters", _CHARACTERS.format(characters=wrong))
