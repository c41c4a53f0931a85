"""Reading limits and the route on a written promise (告知承诺); what contradicts itself is noted."""

from typing import Any

from approvals.items.model import Item, Limit, Promise, Said
from approvals.items.reference import Reader
from approvals.items.source import Path
from shared.text import Text


def read_limit(reader: Reader, data: Any, path: Path) -> Limit:
    """A limit as it is worded."""
    if (data["n"] == 0) != (data["unit"] == "immediate"):
        reader.flaw((*path, "n"), "n is 0 if and only if the unit is immediate")
    extension = data.get("extension")
    if extension is not None and extension["unit"] != data["unit"]:
        reader.flaw((*path, "extension", "unit"), "an extension is counted in the unit of its limit")
    return Limit(
        n=data["n"],
        unit=data["unit"],
        note=reader.text(data.get("note")),
        on_the_spot=data.get("on_the_spot", False),
        extension=None if extension is None else read_limit(reader, extension, (*path, "extension")),
        from_receipt=data.get("from") == "receipt",
        **reader.shown(data, path),
    )


def read_promise(reader: Reader, reform: Any, path: Path) -> Promise | None:
    """What makes a reform a route of its own; None where it is only described.

    Promising is not open for what concerns public safety and the like unless a law says so
    (安阳市政务服务条例 art. 25), so the reform has to name the article that opens it.
    """
    data = reform.get("promise")
    if data is None:
        return None
    if reform["mode"] != "promise":
        reader.flaw((*path, "promise"), "belongs to the mode 'promise' alone")
    if not reform["verified"] or reform["basis"] is None or isinstance(reform["basis"], dict):
        reader.flaw((*path, "basis"), "a route on a promise needs an article of law that opens it")
    here = (*path, "promise")
    if data["check"]["unit"] not in ("working_day", "natural_day"):
        reader.flaw((*here, "check", "unit"), "a later check is due within days")
    on_time = data.get("promised_limit")
    return Promise(
        told=_sentences(reader, data["told"], (*here, "told")),
        promised=_sentences(reader, data["promised"], (*here, "promised")),
        consequences=_said(reader, data["consequences"], (*here, "consequences")),
        statutory=read_limit(reader, data["statutory"], (*here, "statutory")),
        promised_limit=on_time and read_limit(reader, on_time, (*here, "promised_limit")),
        check=read_limit(reader, data["check"], (*here, "check")),
    )


def check_routes(reader: Reader, item: Item) -> None:
    """Whatever is said of a route is said of one that the item has."""
    if len([reform for reform in item.reforms if reform.promise]) > 1:
        reader.flaw(("reforms",), "at most one route on a promise")
    if item.promise is not None:
        return
    routes = {
        "materials": [material.route for material in item.materials],
        "steps": [step.route for step in item.steps],
    }
    for key, named in routes.items():
        for number, route in enumerate(named):
            if route is not None:
                reader.flaw((key, number, "route"), "the item has no second route")


def _sentences(reader: Reader, data: Any, path: Path) -> tuple[Said, ...]:
    return tuple(_said(reader, entry, (*path, number)) for number, entry in enumerate(data))


def _said(reader: Reader, data: Any, path: Path) -> Said:
    return Said(text=Text.of(data["text"]), **reader.shown(data, path))
