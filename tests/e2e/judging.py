"""What is wrong with a page, whatever it is about: access, width, language, scripts, places asked."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

from shared.testing.answers import a1_answers
from tests.e2e.views import View, chinese
from tests.integration.approvals import fire
from tests.stories.stories import STORIES
from tests.unit.item_cases import TODAY

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = Axe()
_HAN = re.compile(r"[\u3007\u3400-\u9fff]+")
_ENGLISH_PHRASE = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}\b")

# Every text a reader meets: text nodes and the attributes that are read out or shown. Left out is what its
# author marked as being in another language, and what was typed.
_TEXTS = """() => {
  const texts = [], foreign = "[lang]:not(html)";
  const unread = "script, style, noscript, textarea, svg, [aria-hidden=true]";
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (element.closest(unread) || element.closest(foreign)) continue;
    texts.push(walker.currentNode.data);
  }
  for (const element of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")) {
    if (element.closest(foreign)) continue;
    const names = ["aria-label", "alt", "title", "placeholder"];
    texts.push(...names.map(name => element.getAttribute(name) || ""));
  }
  return texts.map(text => text.trim()).filter(text => text);
}"""

# Names of files, as they were uploaded, the numbers that official documents bear, and number plates.
_PLATE = r"[\u4e00-\u9fff][A-Z](?:·[A-Z0-9]{4,6}[\u4e00-\u9fff]?|\*{2,4}[A-Z0-9]{2})"
_NUMBERS = re.compile(rf"\S+\.(?:pdf|jpg|png)|\w+字〔\d{{4}}〕第\d+号|税收〔\d{{8}}〕\w+|{_PLATE}")
# Chinese words that English pages name on purpose, beside their translation.
_TERMS = ("园办",)
# What tests type, as applicants and as officials, is shown to everybody as it was written.
_TYPED = (
    *("云栖湾", "听泉湾", "鹤鸣湾", "枕月湾", "揽星湾", "拾翠湾", "栖霞湾"),
    *("样张湾", "待领湾", "万象湾", "终章湾"),
    *("材料齐全", "章程请全体股东签名", "请按社保口径核对从业人数", "与承诺一致", "拨付", "摄像头故障"),
)


class Watch:
    """Listens to everything the pages of a browser window ask for and complain about."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self._origin = origin
        self._found: list[str] = []
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)

    def take(self) -> list[str]:
        """What was found since the last call."""
        found, self._found = self._found, []
        return found

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/", "data:", "blob:")):
            self._found.append(f"asked another server: {request.url}")

    def _on_response(self, response: Response) -> None:
        # Whether a page or an answer to a form is refused is for each test to say; its parts must be there.
        parts = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (parts and response.status >= 400):
            self._found.append(f"{response.status}: {response.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        told_above = message.text.startswith("Failed to load resource: the server responded with a status")
        if message.type in {"error", "warning"} and not told_above:
            self._found.append(f"console: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self._found.append(f"script: {error.error}")


def problems_of(page: Page, view: View) -> list[str]:
    """What is wrong with the page as it stands; one line each."""
    found = list(_language_problems(page, view))
    width: int = page.evaluate("() => document.documentElement.scrollWidth")
    if width > view.size[0]:
        found.append(f"scrolls sideways: {width - view.size[0]} px")
    return found


def axe_problems(page: Page) -> list[str]:
    """What the rules of WCAG 2.2 A and AA, and good practice, have against the page."""
    # Nothing of our pages comes from elsewhere, so there is nothing to load beforehand.
    options = {
        "runOnly": {"type": "tag", "values": _RULES},
        "resultTypes": ["violations"],
        "preload": False,
    }
    violations: list[dict[str, Any]] = _AXE.run(page, options=options).response["violations"]
    return [
        f"axe {each['id']}: {each['help']}: {node['html'][:200]}"
        for each in violations
        for node in each["nodes"][:3]
    ]


def _language_problems(page: Page, view: View) -> Iterator[str]:
    declared = page.evaluate("() => document.documentElement.lang")
    if declared != view.html_language:
        yield f"<html lang> is {declared!r}"
    texts: list[str] = page.evaluate(_TEXTS)
    for text in dict.fromkeys([page.title(), *texts]):
        if view.language == "en" and _untold(text):
            yield f"Chinese on an English page: {text!r}"
        if view.language == "zh" and _is_untranslated(text):
            yield f"English on a Chinese page: {text!r}"


def _untold(text: str) -> bool:
    """Whether Chinese is left of the text once names are taken out."""
    text = _NUMBERS.sub("", text)
    if not _HAN.search(text):
        return False
    for name in names():
        text = text.replace(name, "")
    return bool(_HAN.search(text))


def _is_untranslated(text: str) -> bool:
    if text in _translated():
        return True
    return bool(_ENGLISH_PHRASE.search(text)) and not _HAN.search(text)


@cache
def _translated() -> frozenset[str]:
    """English texts whose Chinese is something else."""
    return frozenset(str(each.id) for each in chinese() if each.id and each.id != each.string)


@cache
def names() -> tuple[str, ...]:
    """Chinese that is nobody's to translate: names and what people typed, the longest first."""
    demo = files("approvals.enterprise.demo")
    documents = [
        yaml.safe_load(each.read_text("utf-8")) for each in demo.iterdir() if each.name.endswith(".yaml")
    ]
    accounts = (files("gateway.accounts") / "data/demo_accounts.csv").read_text("utf-8")
    texts = [
        *_strings(documents),
        *_strings(a1_answers()),
        *_strings(fire.ANSWERS),
        *_strings([story.answers(TODAY) for story in STORIES]),
        *accounts.split(","),
        *_said_of_machines(),
        *_said_of_car_parks(),
        *_TERMS,
        *_TYPED,
    ]
    runs = {run for text in texts for run in _HAN.findall(text)}
    return tuple(sorted(runs, key=len, reverse=True))


def _said_of_machines() -> Iterator[str]:
    """What the demo's firms say of their machines in one language; the names are in both."""
    demo = yaml.safe_load((files("facilities.production.machines") / "data/demo.yaml").read_text("utf-8"))
    for machine in (each for firm in demo["firms"] for each in firm["machines"]):
        yield from (machine[said] or "" for said in ("note", "place", "qualification"))
    yield from (booking["purpose"] for booking in demo["bookings"])
    yield from _strings(demo["uses"])


def _said_of_car_parks() -> Iterator[str]:
    """What the signs of the demo's car parks, its lists and its people say in one language."""
    demo = yaml.safe_load((files("facilities.living.parking.lots") / "data/demo.yaml").read_text("utf-8"))
    for row in demo["lots"]:
        yield from (row["lot"]["place"], row["lot"]["operator_name"])
        yield from (each["why"] for each in row["listings"])
    lived = yaml.safe_load((files("facilities.living.parking") / "data/demo.yaml").read_text("utf-8"))
    yield from (each["name"] for each in lived["resident"]["cars"])
    yield lived["by_hand"]["reason"]


def _strings(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from _strings(value)
    elif isinstance(document, list):
        for value in document:
            yield from _strings(value)
