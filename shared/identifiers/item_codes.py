"""Codes of government service items (政务服务事项), nested in one another.

* 基本编码, 12 characters `RR TT DDNNN SSS`: region, item type, main item, sub-item (`000` none, `00Y` for a
  main item that has sub-items);
* 基本编码 and a two-digit serial, 14 characters: a 业务办理项 of the national catalogue;
* 实施编码, 31: credit code of the implementing body, level (1–7), 基本编码;
* 业务办理项编码, 33: 实施编码 and the same two-digit serial.

That is profile `39554` (GB/T 39554, national practice). The older form of GB/T 39046 (`39046`) is known by
its greatest lengths alone, 10 and 24, and is kept as an opaque string.
"""

import re
from dataclasses import dataclass
from typing import Literal

from shared.identifiers.compact import compact
from shared.identifiers.errors import Caution, ItemCodeError
from shared.identifiers.regions import region_cautions
from shared.identifiers.uscc import Uscc, parse_uscc
from shared.text import Text

Profile = Literal["39554", "39046"]
PROFILES: tuple[Profile, ...] = ("39554", "39046")

_BASIC = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{5})([0-9]{3}|00Y)")
_LEGACY_BASIC = re.compile(r"[0-9A-Z]{1,10}")
_LEGACY_IMPLEMENTATION = re.compile(r"[0-9A-Z]{1,24}")
_SERIAL = re.compile(r"[0-9]{2}")
_LEVELS = frozenset("1234567")
_ROOT_TYPE = "00"

_BASIC_FORMAT = Text(
    "基本编码应为12位：区划2位、事项类型2位、主项5位、子项3位",
    "A basic code has 12 characters: 2 for the region, 2 for the type, 5 for the item and 3 for the sub-item",
)
_TYPE_FORMAT = Text(
    "基本编码中的事项类型“{code}”不能用于具体事项",
    "Item type {code} cannot be used for an item",
)
_CATALOGUE_FORMAT = Text(
    "目录业务办理项编码应为14位：12位基本编码加2位顺序号",
    "A catalogue item code has 14 characters: the basic code and a two-digit serial",
)
_IMPLEMENTATION_FORMAT = Text(
    "实施编码应为31位：18位统一社会信用代码、1位行使层级、12位基本编码",
    "An implementation code has 31 characters: credit code (18), level (1) and basic code (12)",
)
_LEVEL_FORMAT = Text("行使层级代码应为1至7，现为“{code}”", "The level is 1 to 7; this one is {code}")
_BUSINESS_FORMAT = Text(
    "业务办理项编码应为33位：31位实施编码加2位顺序号",
    "A business item code has 33 characters: the implementation code and a two-digit serial",
)
_LEGACY_FORMAT = Text(
    "按 GB/T 39046 的旧式编码应为不超过{n}位的数字或大写字母",
    "A code of the older GB/T 39046 form has at most {n} characters, digits or capital letters",
)


@dataclass(frozen=True, slots=True)
class BasicCode:
    """基本编码; the parts are empty in profile 39046, where the text is opaque."""

    text: str
    profile: Profile
    region_prefix: str = ""
    item_type: str = ""
    main_item: str = ""
    sub_item: str = ""
    cautions: tuple[Caution, ...] = ()

    @property
    def has_sub_items(self) -> bool:
        """Whether this is a main item that is only carried out through its sub-items."""
        return self.sub_item == "00Y"


@dataclass(frozen=True, slots=True)
class CatalogueItemCode:
    """基本编码 and serial: a 业务办理项 of the national catalogue."""

    basic: BasicCode
    serial: str

    @property
    def text(self) -> str:
        """The 14 characters."""
        return self.basic.text + self.serial


@dataclass(frozen=True, slots=True)
class ImplementationCode:
    """实施编码; body, level and basic code are None and empty in profile 39046."""

    text: str
    profile: Profile
    body: Uscc | None = None
    level: str = ""
    basic: BasicCode | None = None


@dataclass(frozen=True, slots=True)
class BusinessItemCode:
    """业务办理项编码, profile 39554."""

    implementation: ImplementationCode
    serial: str

    @property
    def text(self) -> str:
        """The 33 characters."""
        return self.implementation.text + self.serial


def parse_basic_code(value: str, profile: Profile = "39554") -> BasicCode:
    """Read a 基本编码; raises ItemCodeError (`basic-code-format`, `basic-code-type`)."""
    text = compact(value)
    if profile == "39046":
        _require(_LEGACY_BASIC, text, "basic-code-format", _LEGACY_FORMAT.format(n=10))
        return BasicCode(text, profile)
    found = _require(_BASIC, text, "basic-code-format", _BASIC_FORMAT)
    region, item_type, main_item, sub_item = found.groups()
    if item_type == _ROOT_TYPE:
        raise ItemCodeError("basic-code-type", _TYPE_FORMAT.format(code=item_type))
    cautions = () if region == "00" else region_cautions(f"{region}0000")
    return BasicCode(text, profile, region, item_type, main_item, sub_item, cautions)


def parse_catalogue_item_code(value: str) -> CatalogueItemCode:
    """Read 基本编码 and serial (14); raises ItemCodeError (`catalogue-code-format` and those inside)."""
    text = compact(value)
    if len(text) != 14:
        raise ItemCodeError("catalogue-code-format", _CATALOGUE_FORMAT)
    _require(_SERIAL, text[12:], "catalogue-code-format", _CATALOGUE_FORMAT)
    return CatalogueItemCode(parse_basic_code(text[:12]), text[12:])


def parse_implementation_code(value: str, profile: Profile = "39554") -> ImplementationCode:
    """Read a 实施编码; raises ItemCodeError (`implementation-code-…` and those inside) or UsccError."""
    text = compact(value)
    if profile == "39046":
        message = _LEGACY_FORMAT.format(n=24)
        _require(_LEGACY_IMPLEMENTATION, text, "implementation-code-format", message)
        return ImplementationCode(text, profile)
    if len(text) != 31:
        raise ItemCodeError("implementation-code-format", _IMPLEMENTATION_FORMAT)
    body, level, basic = parse_uscc(text[:18]), text[18], parse_basic_code(text[19:])
    if level not in _LEVELS:
        raise ItemCodeError("implementation-code-level", _LEVEL_FORMAT.format(code=level))
    return ImplementationCode(text, profile, body, level, basic)


def parse_business_item_code(value: str) -> BusinessItemCode:
    """Read a 业务办理项编码; raises ItemCodeError (`business-code-format` and those inside) or UsccError."""
    text = compact(value)
    if len(text) != 33:
        raise ItemCodeError("business-code-format", _BUSINESS_FORMAT)
    _require(_SERIAL, text[31:], "business-code-format", _BUSINESS_FORMAT)
    return BusinessItemCode(parse_implementation_code(text[:31]), text[31:])


def make_implementation_code(*, body: str, level: str, basic: str) -> ImplementationCode:
    """The 实施编码 under which `body` carries out the item `basic` at `level`; raises as the parser does."""
    return parse_implementation_code(f"{body}{level}{basic}")


def make_business_item_code(*, body: str, level: str, catalogue_item: str) -> BusinessItemCode:
    """The 业务办理项编码 under which `body` carries out a catalogue item; raises as the parser does."""
    return parse_business_item_code(f"{body}{level}{catalogue_item}")


def _require(pattern: re.Pattern[str], text: str, code: str, message: Text) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ItemCodeError(code, message)
    return found
