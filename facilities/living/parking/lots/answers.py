"""What is answered about car parks."""

from marshmallow import fields

from facilities.living.parking.gates.model import ListingKind
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.model import DeviceKind, LotState, ZoneKind
from facilities.living.parking.vehicles import Exemption
from shared.http.schemas import Answer, bilingual, day, following, instant, string
from shared.identifiers.plates import PlateKind


class ParkingCode(Answer):
    """A code with its name."""

    code = string()
    name = bilingual()


class ParkingCodes(Answer):
    """The codes by which car parks, vehicles and tariffs are described."""

    lot_states = fields.List(fields.Nested(ParkingCode), required=True)
    zone_kinds = fields.List(fields.Nested(ParkingCode), required=True)
    device_kinds = fields.List(fields.Nested(ParkingCode), required=True)
    vehicles = fields.List(fields.Nested(ParkingCode), required=True)
    exemptions = fields.List(fields.Nested(ParkingCode), required=True)
    plate_kinds = fields.List(fields.Nested(ParkingCode), required=True)
    windows = fields.List(fields.Nested(ParkingCode), required=True)
    restarts = fields.List(fields.Nested(ParkingCode), required=True)


class LotHoursOut(Answer):
    """Opening hours."""

    weekday = fields.Integer(required=True)
    since = string()
    until = string()


class ReservationRulesOut(Answer):
    """By which rules a bay is reserved; times in minutes."""

    notice_min = fields.Integer(required=True)
    horizon_days = fields.Integer(required=True)
    shortest_min = fields.Integer(required=True)
    longest_min = fields.Integer(required=True)
    start_grid_min = fields.Integer(required=True)
    most_open = fields.Integer(required=True, allow_none=True)
    no_show_min = fields.Integer(required=True, allow_none=True)


class LotTariffOut(Answer):
    """The version of the tariff for stays that begin today."""

    number = fields.Integer(required=True)
    name = bilingual()
    effective_on = day()


class LotOut(Answer):
    """A car park, as its sign at the entrance has it."""

    id = fields.UUID(required=True)
    code = string()
    name = bilingual()
    place = string("Where it is")
    operator_name = string("Who runs it")
    complaint_phone = string("Where to complain")
    hours = fields.List(
        fields.Nested(LotHoursOut), required=True, metadata={"description": "None: open always"}
    )
    capacity = fields.Integer(required=True, metadata={"description": "How many cars its zones hold"})
    drive_in = fields.Boolean(required=True)
    early_min = fields.Integer(required=True)
    rules = fields.Nested(ReservationRulesOut, required=True)
    tariff = fields.Nested(
        LotTariffOut, required=True, allow_none=True, metadata={"description": "Null: none is in force"}
    )
    state = fields.Enum(LotState, by_value=True, required=True)
    state_name = bilingual()
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What the reader may do with it now"}
    )


class LotPage(Answer):
    """A page of the car parks, the oldest first."""

    items = fields.List(fields.Nested(LotOut), required=True)
    next = following()


class ZoneOut(Answer):
    """A zone."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    code = string()
    name = bilingual()
    kind = fields.Enum(ZoneKind, by_value=True, required=True)
    kind_name = bilingual()
    capacity = fields.Integer(required=True, metadata={"description": "How many cars it holds"})
    bays = fields.Integer(required=True, metadata={"description": "How many bays have numbers"})
    accessible = fields.Integer(
        required=True, metadata={"description": "How many of these are kept for disabled people"}
    )


class FarOut(Answer):
    """How far a zone is from a lane."""

    zone_id = fields.UUID(required=True)
    metres = fields.Integer(required=True)


class DeviceOut(Answer):
    """A camera or a barrier at a lane, or a charging point at a bay."""

    id = fields.UUID(required=True)
    lane_id = fields.UUID(required=True, allow_none=True)
    bay_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Of a charging point; else it stands at a lane"},
    )
    code = string()
    kind = fields.Enum(DeviceKind, by_value=True, required=True)
    kind_name = bilingual()
    enabled = fields.Boolean(required=True)
    made_at = instant()


class DeviceWithSecret(DeviceOut):
    """A device and its secret, which is told this once and never again."""

    secret = string("By which it signs what it says")


class LaneOut(Answer):
    """A way in or out."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    code = string()
    name = bilingual()
    direction = fields.Enum(Direction, by_value=True, required=True)
    metres = fields.List(
        fields.Nested(FarOut), required=True, metadata={"description": "The nearest zone first"}
    )
    devices = fields.List(
        fields.Nested(DeviceOut),
        required=True,
        allow_none=True,
        metadata={"description": "For operators; null for others"},
    )


class LotDetail(LotOut):
    """A car park with its zones and lanes."""

    zones = fields.List(fields.Nested(ZoneOut), required=True)
    lanes = fields.List(fields.Nested(LaneOut), required=True)


class BayOut(Answer):
    """A bay with its number."""

    id = fields.UUID(required=True)
    number = string()
    accessible = fields.Boolean(required=True, metadata={"description": "Kept for disabled people"})


class BayDetail(BayOut):
    """A bay with its number, and where it is."""

    lot_id = fields.UUID(required=True)
    zone_id = fields.UUID(required=True)


class BayPage(Answer):
    """A page of the bays of a zone."""

    items = fields.List(fields.Nested(BayOut), required=True)
    next = following()


class BayList(Answer):
    """The bays that were entered."""

    items = fields.List(fields.Nested(BayOut), required=True)


class ListingOut(Answer):
    """A vehicle on a list."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    plate = string("For people to read; starred for those who do not run the car park")
    plate_kind = fields.Enum(PlateKind, by_value=True, required=True)
    plate_kind_name = bilingual()
    kind = fields.Enum(ListingKind, by_value=True, required=True)
    exemption = fields.Enum(Exemption, by_value=True, required=True, allow_none=True)
    exemption_name = bilingual(null=True)
    why = string()
    made_at = instant()


class ListingPage(Answer):
    """A page of the vehicles on the lists of a car park."""

    items = fields.List(fields.Nested(ListingOut), required=True)
    next = following()
