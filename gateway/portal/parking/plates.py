"""Plates as they are typed into forms: one's own are suggested, several stand one a line."""

import re
from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option
from gateway.portal.parking.asking import load_parking

_ONE_OF_SEVERAL = re.compile(r"/plates/([0-9]{1,3})")
_MOST = 32
_MOST_TYPED = 4000


def own_cars() -> list[Json]:
    """The cars that the reader has registered; none of a visitor."""
    return list(load_parking("cars")["items"]) if current_person() else []


def plate_control(cars: Iterable[Json], label: object | None = None) -> Control:
    """The question for one plate, with one's own as suggestions."""
    known = tuple(Option(car["plate"], car["name"] or car["plate"]) for car in cars)
    return Control("plate", label or _l("Number plate"), options=known, most=_MOST, width="short")


def plates_control(hint: object) -> Control:
    """The question for several plates."""
    return Control("plates", _l("Number plates, one a line"), "lines", hint=hint, most=_MOST_TYPED)


def with_their_plates(errors: Iterable[Json], plates: Sequence[str]) -> list[Json]:
    """Errors about one of several plates, all in one sentence that says which plate each is about."""
    found, others = [], []
    for error in errors:
        match = _ONE_OF_SEVERAL.match(error["pointer"])
        if match and int(match[1]) < len(plates):
            found.append(_("%(row)s: %(label)s", row=plates[int(match[1])], label=error["message"]))
        else:
            others.append(error)
    if found:
        others.append({"pointer": "/plates", "message": _("; ").join(found)})
    return others


def vehicle_of(plate: str, cars: Iterable[Json]) -> str:
    """The class of a plate that its people have registered; small for any other."""

    def same(typed: str) -> str:
        return "".join(_letters(typed)).upper()

    return next((str(car["vehicle"]) for car in cars if same(car["plate"]) == same(plate)), "small")


def _letters(typed: str) -> Iterator[str]:
    return (each for each in typed if each.isalnum())
