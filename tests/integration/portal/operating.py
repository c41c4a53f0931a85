"""What the tests of running car parks in the portal have in common."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.clock import PARK_TZ
from tests.conftest import MONDAY_MORNING
from tests.integration.portal.conftest import Browser

OPERATOR, WATCHER = "operator", "auditor"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ANY_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SIGN = {
    "code": "P9",
    "name.zh": "九号停车场",
    "name.en": "Car park 9",
    "place": "North gate",
    "operator_name": "Park services",
    "complaint_phone": "0990-5550199",
    "hours.1": "07:00-22:00",
    "hours.6": "22:00-06:00",
    "drive_in": "true",
    "early_min": "30",
    "rules.start_grid_min": "30",
    "rules.shortest_min": "30",
    "rules.longest_min": "1440",
    "rules.notice_min": "0",
    "rules.horizon_days": "14",
    "rules.most_open": "",
    "rules.no_show_min": "",
}
"""What the sign of a car park says, as an operator types it."""


def local(days: int, clock_time: str) -> str:
    """So many days after that Monday, by the wall clock of the park."""
    day = MONDAY_MORNING.astimezone(PARK_TZ).date() + timedelta(days=days)
    return f"{day.isoformat()}T{clock_time}"


def lot_of(browser: Browser, name: str) -> str:
    """The path of a car park that the list shows."""
    text = browser.get("/parking/operating").text
    match = re.search(rf'href="(/parking/operating/{ANY_ID})">{re.escape(name)}', text)
    assert match, text
    return match[1]


def link(page: Any, pattern: str) -> str:
    """The first link of a page whose address is like this."""
    match = re.search(rf'href="({pattern})"', page.text)
    assert match, page.text
    return match[1]


def own_texts(page: Any) -> str:
    """The main part without what people have typed in Chinese."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<(textarea|input|option)[^>]*>[^<]*", "", main)


def sent(browser: Browser, path: str, values: dict[str, Any]) -> Any:
    """A form that leads on: opened, sent and followed."""
    browser.get(path)
    browser.post(path, values)
    return browser.follow()


def lot_id(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])
