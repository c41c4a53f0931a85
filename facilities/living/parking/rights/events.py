"""What is said about passes and about bays of firms, and whom it concerns. No plate is said in full."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from facilities.living.parking.rights.passes.model import PASS_STATE_NAMES, ParkingPass, PassState
from facilities.living.parking.rights.places import names_of
from facilities.living.parking.rights.quotas.model import QUOTA_STATE_NAMES, ParkingQuota, QuotaState
from facilities.living.parking.vehicles import VehicleClass
from shared.http.schemas import TextSchema, day, string
from shared.identifiers.plates import mask_plate
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

SERVICE = "living"

PASS_STEPS: Mapping[str, Text] = {
    "bought": Text("月卡已购买", "A pass was bought"),
    "renewed": Text("月卡已续期", "A pass was renewed"),
    "ending": Text("月卡即将到期", "A pass ends soon or today"),
    "expired": Text("月卡已到期", "A pass has expired"),
    "lapsed": Text("月卡逾期未付", "A pass or its renewal was not paid in time"),
    "suspended": Text("月卡已停用", "A pass was suspended"),
    "resumed": Text("月卡已恢复", "A pass is valid again"),
}
QUOTA_STEPS: Mapping[str, Text] = {
    "granted": Text("企业配额车位已授予", "A firm was granted bays"),
    "withdrawn": Text("企业配额车位已收回", "The bays of a firm were withdrawn"),
}


class _InZone(Schema):
    """Where something holds."""

    lot_id = fields.UUID(required=True)
    lot_name = fields.Nested(TextSchema, required=True)
    zone_id = fields.UUID(required=True)
    zone_name = fields.Nested(TextSchema, required=True)
    bays = fields.Integer(required=True, strict=True)
    plates = fields.List(fields.String(), required=True, metadata={"description": "Masked"})


class ParkingPassData(_InZone):
    """The public state of a pass."""

    pass_id = fields.UUID(required=True)
    holder_id = fields.UUID(required=True, metadata={"description": "The account that has bought it"})
    vehicle = fields.String(required=True, validate=validate.OneOf([each.value for each in VehicleClass]))
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in PassState]))
    state_name = fields.Nested(TextSchema, required=True)
    since = day("First day that is paid; null before anything is", null=True)
    until = day("Last day that is paid", null=True)
    grace_days = fields.Integer(required=True, strict=True)
    reason = string("Why it is suspended", null=True)


class ParkingQuotaData(_InZone):
    """The public state of a firm's bays."""

    quota_id = fields.UUID(required=True)
    firm = string("Unified social credit code")
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in QuotaState]))
    state_name = fields.Nested(TextSchema, required=True)


PASS_CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.{SERVICE}.parking-pass.{step}.v1",
        schema=ParkingPassData,
        meaning=meaning,
    )
    for step, meaning in PASS_STEPS.items()
}
QUOTA_CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.{SERVICE}.parking-quota.{step}.v1",
        schema=ParkingQuotaData,
        meaning=meaning,
        subscribers_optional=True,
    )
    for step, meaning in QUOTA_STEPS.items()
}
CONTRACTS = (*PASS_CONTRACTS.values(), *QUOTA_CONTRACTS.values())


def announce_pass(tx: Transaction, it: ParkingPass, step: str) -> None:
    """Emit `yuanban.living.parking-pass.<step>.v1`."""
    data = {
        "pass_id": it.id,
        "holder_id": it.holder_id,
        "vehicle": it.vehicle.value,
        "state": it.state.value,
        "state_name": PASS_STATE_NAMES[it.state].to_dict(),
        "since": it.since,
        "until": it.until,
        "grace_days": it.grace_days,
        "reason": it.suspended_for,
    }
    plates = [each.plate for each in it.cars]
    tx.emit(PASS_CONTRACTS[step], it, it.id, {**data, **_where(tx, it, plates)})


def announce_quota(tx: Transaction, it: ParkingQuota, step: str) -> None:
    """Emit `yuanban.living.parking-quota.<step>.v1`."""
    data = {
        "quota_id": it.id,
        "firm": it.firm,
        "state": it.state.value,
        "state_name": QUOTA_STATE_NAMES[it.state].to_dict(),
    }
    plates = [each.plate for each in it.cars]
    tx.emit(QUOTA_CONTRACTS[step], it, it.id, {**data, **_where(tx, it, plates)})


def _where(tx: Transaction, it: ParkingPass | ParkingQuota, plates: Sequence[str]) -> dict[str, Any]:
    names = names_of(tx.session, [it.zone_id])
    return {
        "lot_id": it.lot_id,
        "lot_name": names.lots[it.lot_id],
        "zone_id": it.zone_id,
        "zone_name": names.zones[it.zone_id],
        "bays": it.bays,
        "plates": [mask_plate(each) for each in plates],
    }
