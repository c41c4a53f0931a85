"""Events and alarms as they are shown."""

from typing import Any

from facilities.living.parking.gates.model import ALARM_NAMES, Alarm, GateEvent, Opening
from facilities.living.parking.gates.readings import DOUBT_NAMES
from shared.identifiers.errors import PlateError
from shared.identifiers.plates import parse_plate

Json = dict[str, Any]


def answered(event: GateEvent, *, repeated: bool = False) -> Json:
    """The answer to an event, with the stay to which it belongs as far as is known now."""
    return {**event.answer, "stay_id": _id(event.stay_id), "repeated": repeated}


def shown_mark(mark: str | None) -> str | None:
    """A plate with its dot, a ticket as it is."""
    if mark is None:
        return None
    try:
        return parse_plate(mark).display
    except PlateError:
        return mark


def event_out(event: GateEvent, opening: Opening | None = None) -> Json:
    """One event for operators; with the opening by hand that it was told by, if it was."""
    by_hand = opening and {"name": opening.opened_name, "reason": opening.reason}
    return {
        "id": str(event.id),
        "lane_id": str(event.lane_id),
        "direction": event.direction.value,
        "plate": shown_mark(event.mark),
        "read": event.read,
        "vehicle": event.vehicle.value,
        "confidence": event.confidence,
        "image_ref": event.image_ref,
        "seen_at": event.seen_at.isoformat(),
        "received_at": event.received_at.isoformat(),
        "at": event.at.isoformat(),
        "doubt": event.doubt and event.doubt.value,
        "doubt_name": event.doubt and DOUBT_NAMES[event.doubt].to_dict(),
        "waiting": event.waiting,
        "repeats": _id(event.repeats),
        "verdict": event.verdict.value,
        "reason": event.reason.value,
        "words": event.answer["words"],
        "notes": event.answer["notes"],
        "passed": event.passed,
        "stay_id": _id(event.stay_id),
        "by_hand": by_hand,
    }


def alarm_out(alarm: Alarm) -> Json:
    """One alarm."""
    return {
        "id": str(alarm.id),
        "version": alarm.version,
        "lot_id": str(alarm.lot_id),
        "kind": alarm.kind.value,
        "kind_name": ALARM_NAMES[alarm.kind].to_dict(),
        "plate": shown_mark(alarm.mark),
        "details": alarm.details,
        "raised_at": alarm.raised_at.isoformat(),
        "seen_at": alarm.seen_at and alarm.seen_at.isoformat(),
        "seen_by": alarm.seen_by,
        "note": alarm.note,
    }


def opened_out(opening: Opening, event: GateEvent | None) -> Json:
    """What was opened by hand, with the answer to the car that it was opened for."""
    return {
        "id": str(opening.id),
        "lane_id": str(opening.lane_id),
        "at": opening.at.isoformat(),
        "reason": opening.reason,
        "opened_name": opening.opened_name,
        "plate": shown_mark(opening.mark),
        "answer": None if event is None else answered(event),
    }


def _id(value: Any) -> str | None:
    return None if value is None else str(value)
