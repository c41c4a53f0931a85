"""How devices prove who they are: they sign what they say with the secret they were given.

    Authorization: Device code="P1-in",time="2026-11-23T01:00:00Z",signature="<hex>"

The signature is the HMAC-SHA256, by the secret, of method, path, time (as it is written there) and body, each
followed by a line feed but the last. The time is within five minutes of ours. Whoever is not believed is told
nothing but that; why, the log knows.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.model import Device, DeviceKind, Lane, Lot, LotState, ParkingTariff
from facilities.living.parking.tariffs.tariff import Tariff
from shared.cipher import Cipher
from shared.clock import local_date
from shared.errors import Unauthenticated
from shared.text import Text

SCHEME = "Device"
PATIENCE = timedelta(minutes=5)
"""By how much the time of a signature may differ from ours."""
_HEADER = re.compile(
    r'Device code="([\x21\x23-\x7e]{1,32})", ?time="([0-9TZ:.+-]{1,40})", ?signature="([0-9a-f]{64})"'
)
_NOBODY = b"the secret of no device, so that an unknown one takes as long as any other"
_SAID = Text("设备身份验证失败", "The device could not be recognised")

# Put together once: every event of every camera asks for its post.
_PLACE = sa.select(Lot.id, Lot.state, Lot.hours, Lot.drive_in, Lane.id, Lane.direction).join(
    Lot, Lot.id == Lane.lot_id
)
_POST_OF_DEVICE = (
    _PLACE.add_columns(Device.id, Device.code, Device.secret, Device.enabled, Device.kind)
    .add_columns(
        sa.select(sa.cast(ParkingTariff.tariff, sa.Text))
        .where(ParkingTariff.lot_id == Lot.id, ParkingTariff.effective_on <= sa.bindparam("today"))
        .order_by(ParkingTariff.effective_on.desc())
        .limit(1)
        .scalar_subquery()
        .label("tariff"),
        sa.select(GateEvent.id)
        .where(GateEvent.device_id == Device.id, GateEvent.device_event == sa.bindparam("event"))
        .scalar_subquery()
        .label("told"),
    )
    .join(Device, Device.lane_id == Lane.id)
    .where(Device.code == sa.bindparam("code"))
)

log = structlog.get_logger(__name__)


class UnknownDevice(Unauthenticated):
    """Nobody we know has signed this; alike for every reason."""

    def __init__(self, reason: str, code: str | None = None) -> None:
        super().__init__(_SAID)
        log.warning("device-refused", reason=reason, device=code)

    @property
    def headers(self) -> dict[str, str]:
        """How a device proves who it is."""
        return {"WWW-Authenticate": SCHEME}


@dataclass(frozen=True, slots=True)
class Post:
    """A lane with what belongs to it, and the device there that speaks; None where a person acts."""

    lot_id: UUID
    lot_state: LotState
    hours: list[dict[str, Any]]
    drive_in: bool
    lane_id: UUID
    direction: Direction
    device_id: UUID | None = None
    code: str = ""
    kind: DeviceKind | None = None
    laid_down: tuple[date, Tariff | None] | None = None
    """The tariff for stays that begin on a local day, where it was read with the device."""
    told: UUID | None = None
    """As what the event is kept that the device tells, where it has told it before."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was signed, and by which header."""

    method: str
    path: str
    body: bytes
    authorization: str


def signature_of(secret: str, method: str, path: str, time: str, body: bytes) -> str:
    """The signature of a request, in hex."""
    told = "\n".join((method, path, time, "")).encode() + body
    return hmac.digest(secret.encode(), told, sha256).hex()


def header_of(code: str, secret: str, method: str, path: str, at: datetime, body: bytes) -> str:
    """The header `Authorization` that a device sends at an instant."""
    time = at.isoformat()
    return (
        f'{SCHEME} code="{code}",time="{time}",signature="{signature_of(secret, method, path, time, body)}"'
    )


def post_of_device(
    session: Session, cipher: Cipher, request: Request, now: datetime, event: str = ""
) -> Post:
    """The device at a lane that has signed a request, with its lane and lot; UnknownDevice when none has.

    `event` is the device's id of the event of a car that it tells.
    """
    row = signer(session, cipher, request, now, _POST_OF_DEVICE, today=local_date(now), event=event)
    place, (device_id, code, _secret, _enabled, kind, tariff, told) = row[:6], row[6:]
    laid_down = (local_date(now), None if tariff is None else Tariff.from_text(tariff))
    lot_id, state, hours, drive_in, lane_id, direction = place
    return Post(lot_id, state, hours, drive_in, lane_id, direction, device_id, code, kind, laid_down, told)


def signer(
    session: Session,
    cipher: Cipher,
    request: Request,
    now: datetime,
    query: sa.Select[*tuple[Any, ...]],
    **asked: Any,
) -> sa.Row[*tuple[Any, ...]]:
    """Of those devices that a query finds by their `code`, the one that has signed a request, as its row.

    The query tells `secret` and `enabled`. UnknownDevice when none of them has.
    """
    found = _HEADER.fullmatch(request.authorization)
    if found is None:
        raise UnknownDevice("header")
    code, time, signature = found.groups()
    row = session.connection().execute(query, {"code": code, **asked}).one_or_none()
    secret = _NOBODY.decode() if row is None else cipher.open_bytes(row.secret).decode()
    right = signature_of(secret, request.method, request.path, time, request.body)
    if not hmac.compare_digest(right, signature) or row is None:
        raise UnknownDevice("unknown" if row is None else "signature", code)
    if not row.enabled:
        raise UnknownDevice("disabled", code)
    if not _is_near(time, now):
        raise UnknownDevice("time", code)
    return row


def post_at(session: Session, lane_id: UUID) -> Post | None:
    """A lane at which a person acts; None when there is no such lane."""
    row = session.execute(_PLACE.where(Lane.id == lane_id)).one_or_none()
    return None if row is None else Post(*row)


def _is_near(time: str, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(time)
        return at.tzinfo is not None and abs(at - now) <= PATIENCE
    except (ValueError, OverflowError):
        return False
