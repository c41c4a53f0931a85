"""Small tables that ship with the code as CSV files: read when asked for, never on import."""

import csv
from importlib import resources


def read_table(package: str, name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>` inside `package`; lines that start with `#` are comments.

    Raises FileNotFoundError when the table does not ship with the package and ValueError when a row
    has more or fewer cells than the heading.
    """
    text = resources.files(package).joinpath("data", name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    reader = csv.DictReader(lines, strict=True)
    rows: list[dict[str, str]] = []
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(f"{package}/data/{name}, row {reader.line_num}: not as many cells as headings")
        rows.append(row)
    return rows
