"""What a vehicle is to a car park: its class for the tariff, and whether it goes free. Pure."""

from enum import StrEnum

from shared.identifiers.plates import Plate, PlateColor, PlateKind
from shared.text import Text


class VehicleClass(StrEnum):
    """The classes that a tariff may tell apart."""

    SMALL = "small"
    LARGE = "large"
    NEV_SMALL = "nev_small"
    NEV_LARGE = "nev_large"
    MOTORCYCLE = "motorcycle"


CLASS_NAMES: dict[VehicleClass, Text] = {
    VehicleClass.SMALL: Text("小型车", "Small vehicle"),
    VehicleClass.LARGE: Text("大型车", "Large vehicle"),
    VehicleClass.NEV_SMALL: Text("小型新能源车", "Small new-energy vehicle"),
    VehicleClass.NEV_LARGE: Text("大型新能源车", "Large new-energy vehicle"),
    VehicleClass.MOTORCYCLE: Text("摩托车", "Motorcycle"),
}
NEW_ENERGY = frozenset({VehicleClass.NEV_SMALL, VehicleClass.NEV_LARGE})


class Exemption(StrEnum):
    """Vehicles that park free while on duty, and those of disabled people.

    As the regulation of one city lists them (滨州停车场管理条例, art. 18); a park chooses among them.
    """

    FIRE = "fire"
    AMBULANCE = "ambulance"
    RESCUE = "rescue"
    MILITARY = "military"
    POLICE = "police"
    DISABLED = "disabled"


EXEMPTION_NAMES: dict[Exemption, Text] = {
    Exemption.FIRE: Text("消防车", "Fire engine"),
    Exemption.AMBULANCE: Text("救护车", "Ambulance"),
    Exemption.RESCUE: Text("救灾抢险车", "Rescue vehicle"),
    Exemption.MILITARY: Text("军车", "Military vehicle"),
    Exemption.POLICE: Text("警车", "Police vehicle"),
    Exemption.DISABLED: Text("残疾人专用车", "Vehicle of a disabled person"),
}

_BY_PLATE = {
    PlateKind.POLICE: Exemption.POLICE,
    PlateKind.ARMED_POLICE: Exemption.MILITARY,
    PlateKind.MILITARY: Exemption.MILITARY,
    PlateKind.EMERGENCY: Exemption.RESCUE,
}


def class_of(
    plate: Plate | None, color: PlateColor | None = None, *, motorcycle: bool = False
) -> VehicleClass:
    """The class of a vehicle by its plate and the colour that a camera reports; small when nothing says more.

    That yellow plates are those of large vehicles, but for driving schools, is an assumption of ours.
    """
    if motorcycle:
        return VehicleClass.MOTORCYCLE
    kind = None if plate is None else plate.kind
    if kind is PlateKind.NEV_SMALL:
        return VehicleClass.NEV_SMALL
    if kind is PlateKind.NEV_LARGE:
        return VehicleClass.NEV_LARGE
    large = kind is PlateKind.TRAILER or (color is PlateColor.YELLOW and kind is not PlateKind.LEARNER)
    return VehicleClass.LARGE if large else VehicleClass.SMALL


def exemption_of(plate: Plate) -> Exemption | None:
    """What its plate alone says of going free; ambulances and others are known from the park's own list."""
    return _BY_PLATE.get(plate.kind)
