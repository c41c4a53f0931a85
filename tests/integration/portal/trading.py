"""What firms do about machines in the portal again and again."""

import re
from typing import Any

from tests.integration.portal.conftest import Browser
from tests.integration.portal.demo_park import local

CUSTOMER, OWNER = "agent", "agent2"


CHINESE = re.compile(r"[\u4e00-\u9fff]")


def wish(days: int, since: str, until: str, **more: str) -> dict[str, str]:
    return {"starts_at": local(days, since), "ends_at": local(days, until), **more}


def found(browser: Browser, name: str) -> str:
    """The path of a machine that the search shows."""
    text = browser.get("/machines").text
    match = re.search(rf'href="(/machines/[0-9a-f-]+)[^"]*">{name}<', text)
    assert match, text
    return match[1]


def held(browser: Browser, machine: str, asked: dict[str, str]) -> str:
    """The path of a booking that is held, by the forms of the portal."""
    page = browser.get(f"{machine}/wish", query_string=asked)
    assert page.status_code == 200, page.text
    hidden = {name: browser.hidden(name) for name in ("starts_at", "ends_at", "with_operator")}
    firm = re.search(r'<option value="([0-9A-Z]{18})"', page.text)
    assert firm
    posted = browser.post(f"{machine}/hold", {**hidden, "on_behalf_of": firm[1], "purpose": "trial part"})
    assert posted.status_code == 303, posted.text
    return browser.follow().request.path


def press(browser: Browser, booking: str, verb: str) -> Any:
    """Press one of the buttons of a booking's page."""
    browser.get(booking)
    browser.post(f"{booking}/{verb}")
    return browser.follow()


def own_texts(page: Any) -> str:
    """The main part without what people have typed in Chinese."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"<(textarea|input)[^>]*>", "", main)
    return re.sub(r"[^<>]*(示范市|1号楼|2号楼|演示|恒温|配刀库)[^<>]*", "", main)


def form_of(page: Any) -> dict[str, Any]:
    """The values of the form that a page shows, as a browser would send them."""
    values: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page.text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") == "checkbox":
            if " checked" in tag:
                values.setdefault(attributes["name"], []).append(attributes["value"])
        elif "name" in attributes:
            values[attributes["name"]] = attributes.get("value", "")
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
        values[name] = chosen[1] if chosen else ""
    for name, inner in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page.text, re.DOTALL
    ):
        values[name] = inner
    return values


def listed(owner: Browser, **changes: Any) -> str:
    """The path of a draft, listed by the form."""
    values = form_of(owner.get("/my-machines/add"))
    owner.post("/my-machines/add", {**values, **DRAFT, **changes})
    page = owner.follow()
    assert "listed as a draft" in page.text
    return page.request.path


DRAFT = {
    "owner": "91990101MA0DEM013U",
    "name.zh": "激光切割机",
    "name.en": "Laser cutter",
    "process": "laser_cutting",
    "materials": ["stainless", "aluminium"],
    "place": "Hall 3",
    "confidentiality": "open",
    "price.unit_fen": "120.50",
    "hours.1": "08:00-12:00, 13:00-18:00",
}
