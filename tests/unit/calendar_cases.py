"""A notice for 2027 as it might be. It is invented: the State Council has published none yet."""

from typing import Any

from approvals.calendar.notice import Entered
from shared.text import Text

TITLE = Text("（测试虚构）2027年部分节假日安排", "(Invented for a test) Public holidays in 2027")
CSV = """date,kind,name
2027-01-01,off,元旦
2027-01-02,off,元旦
2027-01-03,off,元旦
2027-01-04,off,元旦
2027-01-10,work,元旦
2027-02-05,off,春节
2027-02-06,off,春节
2027-02-07,off,春节
2027-02-08,off,春节
2027-02-09,off,春节
2027-02-10,off,春节
2027-02-20,work,春节
2027-04-05,off,清明节
2027-05-01,off,劳动节
2027-05-02,off,劳动节
2027-05-03,off,劳动节
2027-06-09,off,端午节
2027-09-15,off,中秋节
2027-10-01,off,国庆节
2027-10-02,off,国庆节
2027-10-03,off,国庆节
2027-10-04,off,国庆节
"""
"""Monday 4 January is off, which the forecast does not know, and Sunday 10 January is worked."""


def body(csv: str = CSV, **changes: object) -> dict[str, object]:
    """The notice as a client sends it."""
    return {
        "title": TITLE.to_dict(),
        "document": "测试〔2026〕1号",
        "published_on": "2026-11-20",
        "url": "https://example.test/2027",
        "csv": csv,
        **changes,
    }


def entered(csv: str | None = CSV, **changes: Any) -> Entered:
    """The notice as the rules judge it."""
    fields: dict[str, Any] = {
        "title": TITLE,
        "document": "测试〔2026〕1号",
        "published_on": "2026-11-20",
        "url": "https://example.test/2027",
        "lines": None,
        "csv": csv,
    }
    return Entered(**(fields | changes))
