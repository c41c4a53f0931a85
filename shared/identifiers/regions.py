"""Administrative divisions (行政区划代码, GB/T 2260).

The table is the one that python-stdnum ships (`cn/loc.dat`, taken from the Chinese Wikipedia lists of the
codes in force since 1980), plus a few codes of our own file: the code of nation-wide registries and the
fictional demo region 99. It is an extract and not the standard, so a code that is absent is something to
look at twice, never an error.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from shared.identifiers.errors import Caution
from shared.tables import read_table
from shared.text import Text

SOURCE = Text(
    "GB/T 2260 行政区划代码（据 python-stdnum 所附对照表整理，可能不全）",
    "GB/T 2260 division codes (from the table shipped with python-stdnum, possibly incomplete)",
)

_PROVINCE_LINE = re.compile(r'(\d{2}) province="')
_DIVISION_LINE = re.compile(r'  (\d{4}) county="([^"]+)"')
_NAME_IN_FORCE = re.compile(r"(?:\[(\d{4})?-(\d{4})?\])?([^\[\],]+)")
# Placeholders between a city and its districts: part of the code list, not of an address.
_GROUPINGS = frozenset(
    {"市辖区", "县", "省直辖县级行政单位", "省直辖行政单位", "自治区直辖县级行政单位", "全国"}
)


@dataclass(frozen=True, slots=True)
class Region:
    """One division; `abolished` is the last year in which the code was in force, None while it is."""

    code: str
    name: Text
    demo: bool = False
    abolished: int | None = None


class RegionTable:
    """Looks codes up; built once by `load_regions`."""

    def __init__(self, regions: dict[str, Region]) -> None:
        self._regions = regions

    def find(self, code: str) -> Region | None:
        """The division with this six-digit code; None when the extract does not have it."""
        return self._regions.get(code)

    def full_name(self, code: str) -> Text | None:
        """The name with those of the divisions above it: `江苏省苏州市吴中区`; None when it is absent."""
        own = self.find(code)
        if own is None:
            return None
        chain = [self.find(f"{code[:2]}0000"), self.find(f"{code[:4]}00"), own]
        names: dict[str, Text] = {}
        for region in chain:
            if region is not None and (region is own or region.name.zh not in _GROUPINGS):
                names.setdefault(region.name.zh, region.name)
        chinese = "".join(name.zh for name in names.values())
        if not own.demo:
            return Text.same(chinese)
        return Text(chinese, ", ".join(name.en for name in reversed(names.values())))

    def children(self, code: str) -> tuple[Region, ...]:
        """The divisions in force directly below `code`, by code; `000000` gives the provinces.

        The cities level of a municipality is its grouping 市辖区, as in the code list.
        """
        pattern, excluded = _below(code)
        return tuple(
            region
            for key, region in sorted(self._regions.items())
            if region.abolished is None
            and pattern.fullmatch(key)
            and key != excluded
            and (key.endswith("00") or region.name.zh not in _GROUPINGS)
        )


@cache
def load_regions() -> RegionTable:
    """The table, read on first use and kept."""
    regions = _read_stdnum()
    for row in read_table("shared.identifiers", "regions_extra.csv"):
        name = Text(row["name_zh"], row["name_en"])
        regions[row["code"]] = Region(row["code"], name, demo=row["demo"] == "1")
    return RegionTable(regions)


def find_region(code: str) -> Region | None:
    """The division with this six-digit code; None when the extract does not have it (then a caution)."""
    return load_regions().find(code)


def region_cautions(code: str) -> tuple[Caution, ...]:
    """What to look at twice about a region code: that the extract does not know it."""
    if find_region(code) is not None:
        return ()
    message = Text(
        "行政区划代码 {code} 不在现有对照表中，请核对",
        "Division code {code} is not in our table; please check it",
    )
    return (Caution("region-unknown", message.format(code=code)),)


def _below(code: str) -> tuple[re.Pattern[str], str]:
    if code == "000000":
        return re.compile(r"\d{2}0000"), "100000"
    if code.endswith("0000"):
        return re.compile(rf"{code[:2]}\d{{2}}00"), code
    return re.compile(rf"{code[:4]}\d{{2}}"), code


def _read_stdnum() -> dict[str, Region]:
    text = resources.files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8")
    regions: dict[str, Region] = {}
    province = ""
    for line in text.splitlines():
        if found := _PROVINCE_LINE.match(line):
            province = found[1]
        elif found := _DIVISION_LINE.match(line):
            code = province + found[1]
            regions[code] = _latest(code, found[2])
    return regions


def _latest(code: str, names: str) -> Region:
    """The newest holder of a code: `[-1991]东郊区,[1992-]东丽区` is 东丽区, in force."""
    *_, (_, last_year, name) = _NAME_IN_FORCE.findall(names)
    return Region(code, Text.same(name), abolished=int(last_year) if last_year else None)
