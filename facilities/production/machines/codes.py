"""The code lists that machines are described by: processes, materials, levels of confidentiality."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from shared.tables import read_table
from shared.text import Text

PROCESS, MATERIAL, CONFIDENTIALITY = "process", "material", "confidentiality"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a list: what it is called and who says so."""

    list: str
    code: str
    name: Text
    source: str


@cache
def all_codes() -> tuple[Code, ...]:
    """Every entry, in the order of the table."""
    rows = read_table("facilities.production.machines", "codes.csv")
    return tuple(
        Code(row["list"], row["code"], Text(row["name_zh"], row["name_en"]), row["source"]) for row in rows
    )


@cache
def names(of: str) -> Mapping[str, Text]:
    """The names of one list by code, in the order of the table."""
    return {each.code: each.name for each in all_codes() if each.list == of}
