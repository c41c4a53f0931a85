"""Plates as people write them into a form."""

from collections.abc import Sequence

from facilities.living.parking.vehicles import VehicleClass, class_of
from shared.errors import FieldError, InvalidInput
from shared.identifiers.errors import PlateError
from shared.identifiers.plates import Plate, parse_plate
from shared.text import Text

_TWICE = Text("车牌号重复", "This plate is there already")


def read_plate(value: str, pointer: str = "/plate") -> Plate:
    """A plate of a form that exists; InvalidInput says what is wrong with it."""
    try:
        return parse_plate(value)
    except PlateError as error:
        raise InvalidInput(errors=[FieldError(pointer, error.code, error.message)]) from error


def read_plates(values: Sequence[str], pointer: str = "/plates") -> list[Plate]:
    """Plates of which none is there twice; InvalidInput names each that is wrong."""
    found: dict[str, Plate] = {}
    wrong: list[FieldError] = []
    for number, value in enumerate(values):
        try:
            plate = parse_plate(value)
        except PlateError as error:
            wrong.append(FieldError(f"{pointer}/{number}", error.code, error.message))
            continue
        if plate.number in found:
            wrong.append(FieldError(f"{pointer}/{number}", "twice", _TWICE))
        found[plate.number] = plate
    if wrong:
        raise InvalidInput(errors=wrong)
    return list(found.values())


def display(number: str) -> str:
    """A normalised plate as people write it."""
    return parse_plate(number).display


def vehicle_of(number: str) -> VehicleClass:
    """The class that a normalised plate alone says."""
    return class_of(parse_plate(number))
