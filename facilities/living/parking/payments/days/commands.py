"""Making the accounts of a day: the provider is asked for its own, and both are compared and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
import structlog

from facilities.living.parking.lots.model import Lot
from facilities.living.parking.payments.days.comparing import Difference, differences, sums
from facilities.living.parking.payments.days.queries import days_of, our_entries
from facilities.living.parking.payments.entering import appoint, count_day, note
from facilities.living.parking.payments.model import (
    CASH,
    DifferenceKind,
    ParkingDay,
    ParkingDifference,
)
from facilities.living.parking.payments.provider import Entry, Providers
from shared.errors import Conflict, FieldError, InvalidInput
from shared.messaging.errand import Failure, Payload
from shared.text import Text
from shared.transaction import Context, Transaction

log = structlog.get_logger(__name__)

_BY_COMPARING = (DifferenceKind.OURS_ONLY, DifferenceKind.THEIRS_ONLY, DifferenceKind.AMOUNTS_DIFFER)
_AGREES = "对账一致 / both accounts agree by now"
_AHEAD = Text("日期不能晚于今天", "The day cannot be later than today")
_SETTLED = Text("该差异已处理", "The difference is settled already")


def make_again(tx: Transaction, lot: Lot, day: date) -> None:
    """Let the accounts of a day be made (again) at once; of today as it stands, the night makes it anew.

    InvalidInput for a day to come.
    """
    if day > tx.today:
        raise InvalidInput(errors=[FieldError("/on", "ahead", _AHEAD)])
    for each in days_of(tx.session, lot.id, day):
        appoint(tx, lot.id, each.provider, day, at_once=True)
    tx.audit("parking-day.asked", "parking_lot", lot.id, {"day": day.isoformat()})


def settle(tx: Transaction, found: ParkingDifference, text: str) -> None:
    """Say how a difference was cleared up; Conflict where somebody has."""
    if found.settled_at is not None:
        raise Conflict(_SETTLED, slug="difference-settled")
    found.settled_at = tx.now
    found.settled_by = tx.actor.name[:120]
    found.note = text
    tx.audit("parking-difference.settled", "parking_lot", found.lot_id, {"difference": str(found.id)})


@dataclass(frozen=True, slots=True)
class Day:
    """Of which day, lot and provider the accounts are."""

    lot_id: UUID
    provider: str
    day: date


class DayErrand:
    """Asks a provider for its account of a day and keeps it beside ours."""

    def prepare(self, tx: Transaction, payload: Payload) -> Day | None:
        """What to ask for."""
        return _day(payload)

    def act(self, context: Context, request: Day) -> Sequence[Entry] | None:
        """The provider's account; None of cash, which nobody else counts."""
        if request.provider == CASH:
            return None
        return context.resources.get(Providers).reach(request.provider).statement(request.lot_id, request.day)

    def settle(self, tx: Transaction, request: Day, outcome: Sequence[Entry] | None) -> None:
        """Keep both accounts, note where they differ, and let the next day's be made as well."""
        key = (request.lot_id, request.day, request.provider)
        kept = tx.session.get_one(ParkingDay, key, with_for_update=True)
        ours = our_entries(tx.session, request.lot_id, request.provider, request.day)
        kept.ours = sums(ours)
        kept.theirs = None if outcome is None else sums(outcome)
        kept.made_at = tx.now
        if outcome is not None:
            _compare(tx, request, differences(ours, outcome))
        if request.day < tx.today:
            count_day(tx, request.lot_id, request.provider, tx.today)
        else:
            appoint(tx, request.lot_id, request.provider, request.day)
        details = {"day": request.day.isoformat(), "provider": request.provider}
        tx.audit("parking-day.made", "parking_lot", request.lot_id, details)

    def failed(self, tx: Transaction, payload: Payload, failure: Failure) -> None:
        """The day stays without accounts, as the operator sees; those after it are made all the same."""
        day = _day(payload)
        if failure.given_up and day.day < tx.today:
            count_day(tx, day.lot_id, day.provider, tx.today)
            details = {"day": day.day.isoformat(), "provider": day.provider}
            tx.audit("parking-day.not-made", "parking_lot", day.lot_id, details)


def _compare(tx: Transaction, request: Day, found: Sequence[Difference]) -> None:
    """Note what differs; what was noted before and differs no more is settled by that."""
    seen = {(each.reference, each.kind) for each in found}
    before = sa.select(ParkingDifference).where(
        ParkingDifference.lot_id == request.lot_id,
        ParkingDifference.day == request.day,
        ParkingDifference.provider == request.provider,
        ParkingDifference.kind.in_(_BY_COMPARING),
        ParkingDifference.settled_at.is_(None),
    )
    for each in tx.session.scalars(before):
        if (each.reference, each.kind) not in seen:
            each.settled_at, each.settled_by, each.note = tx.now, tx.actor.name, _AGREES
    for difference in found:
        note(
            tx,
            difference.kind,
            lot_id=request.lot_id,
            day=request.day,
            provider=request.provider,
            reference=difference.reference,
            ours_fen=difference.ours_fen,
            theirs_fen=difference.theirs_fen,
        )
    if found:
        log.warning("parking accounts differ", lot=str(request.lot_id), differences=len(found))


def _day(payload: Payload) -> Day:
    return Day(
        UUID(str(payload["lot_id"])), str(payload["provider"]), date.fromisoformat(str(payload["day"]))
    )
