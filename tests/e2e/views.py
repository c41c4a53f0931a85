"""How the portal is looked at: the size of the window, the language, with or without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

import gateway.portal
from shared.text import Language

DESKTOP = (1440, 900)
PHONE = (390, 844)


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at the portal."""

    size: tuple[int, int]
    language: Language
    script: bool = True
    judged_by_axe: bool = field(default=True, compare=False)
    """Axe takes a second of a core for each page, so not every look includes it."""

    @property
    def html_language(self) -> str:
        """What `<html lang>` must say."""
        return "zh-CN" if self.language == "zh" else "en"

    def __str__(self) -> str:
        width = "desktop" if self.size == DESKTOP else "phone"
        return f"{width}-{self.language}" + ("" if self.script else "-without-scripts")


@cache
def chinese() -> Catalog:
    """The portal's Chinese texts by their English ones, as the server reads them."""
    folder = Path(gateway.portal.__path__[0]) / "translations/zh_Hans_CN/LC_MESSAGES"
    with (folder / "messages.mo").open("rb") as file:
        return read_mo(file)


class Words:
    """The portal's words in one language, found by their English form; unknown ones raise KeyError."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, english: str, **values: Any) -> str:
        """A text of the portal, as readers of this language see it."""
        message = chinese().get(english)
        if message is None:
            raise KeyError(english)
        chosen = english if self.language == "en" else str(message.string)
        return chosen % values if values else chosen

    def many(self, one: str, several: str, number: int) -> str:
        """A text that depends on a number; Chinese has one form for all."""
        message = chinese().get(one)
        if message is None:
            raise KeyError(one)
        english = one if number == 1 else several
        chosen = english if self.language == "en" else next(iter(message.string or ()))
        return chosen % {"num": number}

    def say(self, text: Mapping[str, str]) -> str:
        """A text of a service."""
        return text[self.language]
