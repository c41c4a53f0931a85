"""Which vehicles may not come into a car park, and which park free: putting them on a list and off it.

Lists are no part of how the car park is set up: its version stays. That a vehicle is on a list once is the
database's to hold.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from facilities.living.parking.gates.model import Listing, ListingKind
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.lots.policy import require_operator
from facilities.living.parking.vehicles import Exemption
from shared.database import table_of
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.identifiers.errors import PlateError
from shared.identifiers.plates import Plate, parse_plate
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_LISTED = Text("该车辆已在名单中", "The vehicle is on that list already")
_NOT_LISTED = Text("名单中没有这辆车", "There is no such vehicle on the lists of the car park")
_WHY_FREE = Text("请选择免费停放的原因", "Say why it parks free")
_NOT_FREE = Text("禁止入场的车辆不填写免费原因", "What may not come in does not park free")


def put_on_list(
    tx: Transaction, lot: Lot, *, plate: str, kind: ListingKind, exemption: Exemption | None, why: str
) -> Listing:
    """Let a vehicle come in no more, or park free.

    Raises InvalidInput with everything that is wrong, Conflict where it is on that list already.
    """
    require_operator(tx.actor)
    found = _wrong_reason(kind, exemption)
    read = _read(plate)
    if isinstance(read, FieldError):
        raise InvalidInput(errors=[read, *found])
    if found:
        raise InvalidInput(errors=found)
    made = Listing(
        id=new_id(),
        lot_id=lot.id,
        mark=read.number,
        kind=kind,
        exemption=exemption,
        why=why,
        made_at=tx.now,
        made_by=tx.actor.id,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(made)
            tx.session.flush()
    except IntegrityError as error:
        raise Conflict(_LISTED, slug="listed-already") from error
    tx.audit("vehicle.listed", "parking_lot", lot.id, {"listing": str(made.id), "kind": kind})
    return made


def take_off_list(tx: Transaction, lot: Lot, listing_id: UUID) -> Listing:
    """Forget it, and return what it was. NotFound when it is not there, or was taken off meanwhile."""
    require_operator(tx.actor)
    found = tx.session.scalar(sa.select(Listing).where(Listing.id == listing_id, Listing.lot_id == lot.id))
    if found is None:
        raise NotFound(_NOT_LISTED)
    tx.session.expunge(found)
    listing = table_of(Listing)
    # Of two that take it off at once the second finds nothing left to delete.
    gone = sa.delete(listing).where(listing.c.id == listing_id).returning(listing.c.id)
    if tx.session.scalar(gone) is None:
        raise NotFound(_NOT_LISTED)
    details = {"listing": str(listing_id), "kind": found.kind}
    tx.audit("vehicle.unlisted", "parking_lot", lot.id, details)
    return found


def _read(plate: str) -> Plate | FieldError:
    try:
        return parse_plate(plate)
    except PlateError as error:
        return FieldError("/plate", error.code, error.message)


def _wrong_reason(kind: ListingKind, exemption: Exemption | None) -> list[FieldError]:
    if kind is ListingKind.EXEMPT and exemption is None:
        return [FieldError("/exemption", "required", _WHY_FREE)]
    if kind is ListingKind.BANNED and exemption is not None:
        return [FieldError("/exemption", "banned", _NOT_FREE)]
    return []
