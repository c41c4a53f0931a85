"""Industry classes (国民经济行业分类, GB/T 4754-2017): a section letter and four digits, such as `C3453`.

The table here is an extract. A code that is well formed but absent is therefore no error: it is looked at
twice by a person. A letter that does not hold the division is an error, since that part is complete.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from shared.identifiers.compact import compact
from shared.identifiers.errors import Caution, IndustryError
from shared.tables import read_table
from shared.text import Text

SOURCE = Text("GB/T 4754-2017 国民经济行业分类（节选）", "GB/T 4754-2017 industry classes (extract)")

_SHAPE = re.compile(r"[A-T][0-9]{4}")
_FORMAT = Text(
    "行业代码应为1位门类字母（A 至 T）加4位数字，如 C3453",
    "An industry code is a section letter (A to T) and four digits, such as C3453",
)
_SECTION = Text(
    "行业代码的门类字母 {letter} 与大类 {division} 不对应",
    "Section {letter} does not hold division {division}",
)
_ABSENT = Text(
    "行业代码 {code} 不在现有节选表中，将由工作人员核对",
    "Industry code {code} is not in our extract; an official will check it",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section (门类) and the divisions (大类) it holds, both ends included."""

    letter: str
    first_division: str
    last_division: str
    name: Text

    def holds(self, division: str) -> bool:
        """Whether the two-digit division belongs to this section."""
        return self.first_division <= division <= self.last_division


@dataclass(frozen=True, slots=True)
class Industry:
    """A class (小类); `verified` tells whether code and name were compared with the standard's table."""

    code: str
    name: Text
    section: Section
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The code is in the extract."""

    industry: Industry


@dataclass(frozen=True, slots=True)
class WellFormedButAbsent:
    """The code may be right, but the extract does not have it."""

    code: str
    section: Section
    caution: Caution


@dataclass(frozen=True, slots=True)
class Malformed:
    """The code cannot be right; `error` says why (`industry-format` or `industry-section`)."""

    error: IndustryError


Lookup = Found | WellFormedButAbsent | Malformed


class IndustryTable:
    """The sections and the extract of classes; built once by `load_industries`."""

    def __init__(self, sections: dict[str, Section], industries: dict[str, Industry]) -> None:
        self.sections: Mapping[str, Section] = sections
        """The twenty sections by letter."""
        self.industries: Mapping[str, Industry] = industries
        """The classes of the extract by code, in the order of the standard."""

    def lookup(self, value: str) -> Lookup:
        """What is known of a code as typed; never raises."""
        code = compact(value)
        if not _SHAPE.fullmatch(code):
            return Malformed(IndustryError("industry-format", _FORMAT))
        section = self.sections[code[0]]
        if not section.holds(code[1:3]):
            message = _SECTION.format(letter=code[0], division=code[1:3])
            return Malformed(IndustryError("industry-section", message))
        industry = self.industries.get(code)
        if industry is not None:
            return Found(industry)
        return WellFormedButAbsent(code, section, Caution("industry-unknown", _ABSENT.format(code=code)))


@cache
def load_industries() -> IndustryTable:
    """The table, read on first use and kept."""
    sections = _read_sections()
    return IndustryTable(sections, _read_industries(sections))


def lookup_industry(value: str) -> Lookup:
    """What is known of a code as typed; never raises."""
    return load_industries().lookup(value)


def _read_sections() -> dict[str, Section]:
    return {
        row["section"]: Section(
            letter=row["section"],
            first_division=row["first_division"],
            last_division=row["last_division"],
            name=Text(row["name_zh"], row["name_en"]),
        )
        for row in read_table("shared.identifiers", "gbt4754_sections.csv")
    }


def _read_industries(sections: Mapping[str, Section]) -> dict[str, Industry]:
    return {
        row["code"]: Industry(
            code=row["code"],
            name=Text(row["name_zh"], row["name_en"]),
            section=sections[row["code"][0]],
            source=row["source"],
            verified=row["verified"] == "1",
        )
        for row in read_table("shared.identifiers", "gbt4754_extract.csv")
    }
