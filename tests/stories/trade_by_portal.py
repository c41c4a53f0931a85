"""The firms of the stories of shared machines as users of the portal: they fill in the forms of its pages.

How a page is opened and a form sent is left to `Pages`: a browser without scripts, or a real one.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from html import unescape
from typing import Any, Protocol, TypeVar

from facilities.capacity.lifecycle import STATE_NAMES, State
from facilities.capacity.waiting.model import WAIT_STATE_NAMES, WaitState
from shared.clock import PARK_TZ
from shared.text import Text
from tests.e2e.views import Words
from tests.integration.portal.conftest import Browser
from tests.stories.html_forms import Typed, form_of
from tests.stories.trade import REFUSED, When

Code = TypeVar("Code", bound=StrEnum)

_ID = "[0-9a-f-]{36}"
_BADGE = re.compile(r'class="yb-state[^"]*">([^<]+)<')
_AMOUNT = re.compile(r">([-\d,]+(?:\.\d+)?)(?:</strong>)?</td>")
_ROW = re.compile(r"<tr .*?</tr>", re.DOTALL)
_MESSAGE = re.compile(r"<article .*?</article>", re.DOTALL)
_NEXT = re.compile(r'<a class="btn[^"]*"(?: rel="next")? href="([^"]*cursor=[^"]*)"')
_FIRST_TIME = re.compile(r"(\d\d:\d\d) – ")


class Pages(Protocol):
    """The pages that somebody who has signed in looks at."""

    words: Words

    @property
    def path(self) -> str:
        """Where they are."""

    def html(self, path: str = "") -> str:
        """The page at a path, or the one being shown."""

    def press(self, action: str, typed: Typed, button: tuple[str, str] = ("", "")) -> str:
        """Fill in the form of that action on the page being shown, and go where its button leads."""


class PlainPages:
    """In a browser without scripts."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.words = Words("en")

    @property
    def path(self) -> str:
        """Where the last answer is from."""
        assert self._browser.page is not None
        return self._browser.page.request.path

    def html(self, path: str = "") -> str:
        """What the server has answered."""
        page = self._browser.get(path) if path else self._browser.page
        assert page is not None and page.status_code == 200, page and page.text
        return page.text

    def press(self, action: str, typed: Typed, button: tuple[str, str] = ("", "")) -> str:
        """A form that asks leads to its answer, one that changes something on to another page."""
        form = form_of(self.html(), action)
        sent = form.filled(typed, button)
        if form.method == "get":
            self._browser.get(form.action, query_string=sent)
        else:
            self._browser.page = self._browser.client.post(form.action, data=sent)
            self._browser.follow()
        return self.html()


class PortalFirm:
    """Does by pages what the stories ask for."""

    def __init__(self, pages: Pages, name: str) -> None:
        self._pages = pages
        self._name = name

    def lists(self, machine: dict[str, Any]) -> str:
        """Describe it in the form, then offer it."""
        page = self._pages.html("/my-machines/add")
        closed = {f"hours.{day}": "" for day in range(1, 6)}
        typed = {**closed, **dict(_typed(machine)), "owner": self._option(page)}
        self._pages.press("/my-machines/add", typed)
        own = self._pages.path
        self._pages.press(f"{own}/publish", {})
        return own.rpartition("/")[2]

    def closes(self, machine: str, when: When) -> None:
        """On the page of closures."""
        path = f"/my-machines/{machine}/closures"
        self._pages.html(path)
        page = self._pages.press(path, {**_local(when), "reason": "A-2"})
        assert self._pages.words("The machine is closed for that time.") in unescape(page)

    def finds(self, machine: str, place: str, when: When) -> bool:
        """By the form of the search."""
        self._pages.html("/machines")
        page = self._pages.press("/machines", {**_local(when), "place": place})
        (hit,) = (each for each in page.split("<li>") if f'href="/machines/{machine}?' in each)
        return "yb-light-green" in hit

    def price(self, machine: str, when: When) -> int:
        """What the page says before anything is kept."""
        page = self._wish(machine, when)
        return _amounts(page.partition("ym-sum")[2])[0]

    def holds(self, machine: str, when: When) -> str:
        """Keep the time that was looked at."""
        page = self._wish(machine, when)
        self._pages.press(f"/machines/{machine}/hold", {"on_behalf_of": self._option(page), "purpose": "A-1"})
        return self._id("/bookings/")

    def does(self, booking: str, verb: str) -> None:
        """By a button of the booking's page, or of the page that asks first."""
        self._pages.html(f"/bookings/{booking}/cancel" if verb == "cancel" else f"/bookings/{booking}")
        self._pages.press(f"/bookings/{booking}/{verb}", {})
        assert self._pages.path == f"/bookings/{booking}"

    def state(self, booking: str) -> State:
        """What stands beside its name."""
        return self._state(self._pages.html(f"/bookings/{booking}"))

    def code(self, machine: str) -> str:
        """The end of the address on the poster."""
        page = self._pages.html(f"/my-machines/{machine}/check-in-code")
        return _only(rf"/machines/{machine}/check-in/([^<\s]+)<", page)

    def checks_in(self, machine: str, code: str, booking: str) -> None:
        """Open what the code says, and press the one button."""
        self._pages.html(f"/machines/{machine}/check-in/{code}")
        page = self._pages.press(f"{booking}/check-in", {})
        assert self._pages.words("You are checked in; the use has begun.") in unescape(page)

    def finishes(self, booking: str, ran: When) -> None:
        """With the first run of the form."""
        path = f"/bookings/{booking}/finish"
        self._pages.html(path)
        run = {"runs.0.started_at": _wall(ran.start), "runs.0.ended_at": _wall(ran.end)}
        page = self._pages.press(path, run, ("action", "finish"))
        assert self._pages.words("The use has ended and is billed.") in unescape(page)

    def account(self, booking: str) -> list[int]:
        """The table of the account, without its sum."""
        page = self._pages.html(f"/bookings/{booking}")
        return _amounts(page.partition('id="lines-title"')[2].partition("ym-sum")[0])

    def records_quality(self, booking: str) -> None:
        """By its form."""
        path = f"/bookings/{booking}/quality"
        self._pages.html(path)
        said = {"accepted_pieces": "96", "rejected_pieces": "4", "measured": "20.01"}
        page = self._pages.press(path, said)
        assert self._pages.words("The quality is recorded.") in unescape(page)

    def accepts_quality(self, booking: str) -> None:
        """By the button beside the result."""
        self._pages.html(f"/bookings/{booking}")
        page = self._pages.press(f"/bookings/{booking}/.*accept", {})
        assert self._pages.words("You have accepted the quality.") in unescape(page)

    def rates(self, booking: str, stars: int, text: str) -> None:
        """By its form."""
        path = f"/bookings/{booking}/rating"
        self._pages.html(path)
        self._pages.press(path, {"stars": str(stars), "text": text})
        assert self._pages.path == f"/bookings/{booking}"

    def reads_ratings(self, booking: str, *texts: str) -> bool:
        """On the page of the booking."""
        page = unescape(self._pages.html(f"/bookings/{booking}"))
        return all(text in page for text in texts)

    def statement(self, month: str, booking: str) -> list[int]:
        """From the list of statements to the one of the firm, page by page."""
        page = self._pages.html("/statements")
        row = next(each for each in _rows(page) if f"/{month}" in each and self._name in each)
        page = self._pages.html(_only(r'href="(/statements/[^"]+)"', row))
        rows = _rows(page)
        while following := _NEXT.search(page):
            page = self._pages.html(unescape(following[1]))
            rows += _rows(page)
        return [_amounts(row)[-1] for row in rows if f'href="/bookings/{booking}"' in row]

    def subscribes(self, machine: str) -> str:
        """The address that is there afterwards and was not before."""
        addresses = re.compile(r'value="(https?://[^"]+/machine-feeds/[^"]+)"')
        page = self._pages.html("/bookings/feeds")
        before = set(addresses.findall(page))
        page = self._pages.press("/bookings/feeds", {"of": _only(rf'value="(\w{{18}}/{machine})"', page)})
        (new,) = set(addresses.findall(page)) - before
        return unescape(new)

    def waits(self, machine: str, when: When) -> str:
        """By what the page of a full time offers."""
        page = self._wish(machine, when)
        assert self._pages.words("It is not free at that time") in unescape(page)
        self._pages.press(f"/machines/{machine}/wait", {"on_behalf_of": self._option(page)})
        return self._id("/waitlist/")

    def offered(self, entry: str) -> tuple[WaitState, str | None]:
        """The page of the entry and its link to the booking."""
        page = self._pages.html(f"/waitlist/{entry}")
        found = re.search(rf'href="/bookings/({_ID})"', page)
        return self._coded(WAIT_STATE_NAMES, page), found and found[1]

    def books_weekly(self, machine: str, when: When, times: int) -> str:
        """Through the look at every date."""
        wish = "&".join(f"{name}={value}" for name, value in _local(when).items())
        self._pages.html(f"/machines/{machine}/repeat?{wish}")
        page = self._pages.press("/repeat/preview", {"every": "WEEKLY", "count": str(times)})
        counts = {"free": times - 1, "refused": 1, "later": 0}
        said = "%(free)d free, %(refused)d cannot be had, %(later)d later"
        assert self._pages.words(said, **counts) in unescape(page)
        self._pages.press(f"/machines/{machine}/repeat", {"on_behalf_of": self._option(page)})
        return self._id("/bookings/series/")

    def approves_all(self, series: str) -> None:
        """By one button."""
        self._pages.html(f"/bookings/series/{series}")
        page = self._pages.press("/approve", {})
        assert self._pages.words("Every date that waited is approved.") in unescape(page)

    def moves_date(self, series: str, date: datetime, since: str) -> None:
        """By the link beside the date."""
        self._of_date(series, "change", date)
        page = self._pages.press("/change", {"since": since})
        assert self._pages.words("The dates are changed.") in unescape(page)

    def gives_up_from(self, series: str, date: datetime) -> None:
        """By the link beside the date, for what follows too."""
        self._of_date(series, "cancel", date)
        page = self._pages.press("/cancel", {"scope": "following"})
        assert self._pages.words("The dates are cancelled.") in unescape(page)

    def dates(self, series: str) -> list[tuple[str, str]]:
        """The table of the series."""
        page = unescape(self._pages.html(f"/bookings/series/{series}"))
        found = []
        for row in _rows(page):
            time, state = _FIRST_TIME.search(row), _BADGE.search(row)
            if time and state:
                refused = state[1] == self._pages.words("Could not be had")
                found.append((time[1], REFUSED if refused else self._state(row).value))
        return found

    def told(self, about: str) -> int:
        """Through all pages of the inbox."""
        page = self._pages.html("/messages")
        messages = _MESSAGE.findall(page)
        while following := _NEXT.search(page):
            page = self._pages.html(unescape(following[1]))
            messages += _MESSAGE.findall(page)
        return sum(about in message for message in messages)

    def _wish(self, machine: str, when: When) -> str:
        self._pages.html(f"/machines/{machine}")
        return self._pages.press(f"/machines/{machine}/wish", _local(when))

    def _of_date(self, series: str, verb: str, date: datetime) -> None:
        page = self._pages.html(f"/bookings/series/{series}")
        day = date.astimezone(PARK_TZ).date()
        link = _only(rf'href="([^"]*/{verb}\?occurrence={day}[^"]*)"', page)
        self._pages.html(unescape(link))

    def _option(self, page: str) -> str:
        """The firm among those that the page lets one choose."""
        return _only(rf'<option value="([0-9A-Z]{{18}})"[^>]*>[^<]*{self._name}', page)

    def _state(self, page: str) -> State:
        """The first badge of a page or of a row."""
        return self._coded(STATE_NAMES, page)

    def _coded(self, names: Mapping[Code, Text], page: str) -> Code:
        said = unescape(_only(_BADGE.pattern, page))
        return next(code for code, name in names.items() if name.in_(self._pages.words.language) == said)

    def _id(self, below: str) -> str:
        return _only(rf"^{below}({_ID})$", self._pages.path)


def _typed(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """A request as somebody would type it: amounts in yuan, each part by the name of its control."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _typed(part, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from _typed(dict(enumerate(value)), name)
    elif isinstance(value, list):
        yield from ((name, each) for each in value)
    elif value is True:
        yield name, "true"
    elif value is not False:
        yield name, str(Decimal(value) / 100) if name.endswith("_fen") else str(value)


def _amounts(page: str) -> list[int]:
    """The amounts in yuan of the cells that end a row, in fen."""
    return [int(Decimal(each.replace(",", "")) * 100) for each in _AMOUNT.findall(page)]


def _rows(page: str) -> list[str]:
    return _ROW.findall(page)


def _local(when: When) -> dict[str, str]:
    return {"starts_at": _wall(when.start), "ends_at": _wall(when.end)}


def _wall(instant: datetime) -> str:
    """By the wall clock of the park, as such a control takes it."""
    return instant.astimezone(PARK_TZ).strftime("%Y-%m-%dT%H:%M")


def _only(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found is not None, (pattern, page)
    return found[1]
