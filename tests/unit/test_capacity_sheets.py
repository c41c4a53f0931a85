"""CSV that spreadsheet programs open as it was meant, and compute nothing of."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.sheets import csv_text


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_rows_come_back_as_they_were() -> None:
    rows = [["日期", "Amount"], ["2026-11-30", "-37.50"], ['say "hi", please', "two\nlines"], ["", "+1"]]
    assert read(csv_text(rows)) == rows
    assert csv_text([["a", "b"]]) == "\ufeffa,b\r\n"


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u200b=1",
        "\ufeff=1",
        "＝1+1",
        "－1",
        "-1e5",
        "--1",
        "=",
        "|x",
    ],
)
def test_what_looks_like_a_formula_is_a_text(cell: str) -> None:
    ((found, _),) = read(csv_text([[cell, "x"]]))
    assert found.startswith("'")


@pytest.mark.parametrize("cell", ["-1", "+1.5", "0.00", "-37.50"])
def test_a_plain_number_stays_one(cell: str) -> None:
    assert read(csv_text([[cell, "x"]])) == [[cell, "x"]]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_whatever_stands_in_a_cell_begins_no_formula_and_moves_no_other(rows: list[list[str]]) -> None:
    text = csv_text(rows)
    text.encode()
    found = read(text)
    assert [len(row) for row in found] == [len(row) for row in rows]
    for row in found:
        for cell in row:
            number = cell.lstrip("+-").replace(".", "", 1)
            assert (number.isascii() and number.isdigit()) or cell[:1] not in set("=+-@\t\r")
