"""Tables as CSV for spreadsheet programs: read as UTF-8, and no cell ever computed by them. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BOM = "\ufeff"
"""Without it spreadsheet programs take the file for one in the encoding of their system."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_FORMULA = tuple("=+-@|%＝＋－＠")
"""By what a cell begins that some program would compute."""


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV (RFC 4180) with a byte order mark; to be sent as UTF-8."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return _BOM + written.getvalue()


def _safe(cell: str) -> str:
    """A cell that stays a text: behind an apostrophe where it looks like a formula and is no plain number."""
    kept = "".join(each for each in cell if each >= " " or each in "\n\t")
    kept = kept.encode("utf-8", "replace").decode()
    if _NUMBER.fullmatch(kept):
        return kept
    # Some programs cut white space and invisible characters off before they look.
    shown = re.sub(r"^[\s\u200b-\u200f\u2060\ufeff]+", "", kept)
    return f"'{kept}" if shown.startswith(_FORMULA) or kept[:1] in {"\n", "\t"} else kept
