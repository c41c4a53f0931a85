"""What the templates may say of a booking of a machine: the fields of its events, flattened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date

from notifications.messages.facts import clause, yuan
from shared.clock import PARK_TZ
from shared.text import LANGUAGES, Text

_SAME_DAY = Text("{day}{since}至{until}", "{day}, {since} to {until}")
_DAYS = Text("{day}{since}至{last}{until}", "{day}, {since} to {last}, {until}")
_MOMENT = Text("{day}{since}", "{day}, {since}")


def booking_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The facts in the data of a booking's event, as its contract has loaded it."""
    moved = data["moved_fen"]
    expires_at = data["expires_at"]
    return {
        "machine": Text.of(data["machine_name"]),
        "customer_name": data["customer_name"],
        "owner_name": data["owner_name"],
        "time": span_said(data["starts_at"], data["ends_at"]),
        "was": span_said(data["was_starts_at"], data["was_ends_at"]) if data.get("was_starts_at") else None,
        "waits": data["state"] == "pending",
        "quantity": data["quantity"],
        "by": data["by"],
        "who": {"customer": data["customer_name"], "provider": data["owner_name"]}.get(data["by"]),
        "amount_yuan": yuan(data["amount_fen"]),
        "reason": _reason(data),
        "price_yuan": yuan(data["price_fen"]),
        "charged_yuan": yuan(moved) if moved > 0 else None,
        "returned_yuan": yuan(-moved) if moved < 0 else None,
        "answer_by": None if expires_at is None else moment_said(expires_at),
    }


def _reason(data: Mapping[str, Any]) -> Text | None:
    """Why, without a full stop of its own; events that are older than their `reason_text` say it in one."""
    both = data.get("reason_text") or dict.fromkeys(LANGUAGES, data["reason"])
    zh, en = (clause(both[language]) for language in LANGUAGES)
    return Text(zh, en) if zh and en else None


def span_said(starts_at: datetime, ends_at: datetime) -> Text:
    """From when until when, in the wall times of the park."""
    start, end = (each.astimezone(PARK_TZ) for each in (starts_at, ends_at))
    wording = _SAME_DAY if start.date() == end.date() else _DAYS
    return wording.format(day=_day(start), since=f"{start:%H:%M}", last=_day(end), until=f"{end:%H:%M}")


def moment_said(at: datetime) -> Text:
    """An instant in the park's time."""
    local = at.astimezone(PARK_TZ)
    return _MOMENT.format(day=_day(local), since=f"{local:%H:%M}")


def _day(at: datetime) -> Text:
    return Text(
        zh=format_date(at.date(), format="long", locale="zh_CN"),
        en=format_date(at.date(), format="long", locale="en_GB"),
    )


def series_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The facts in the data of a series' event, as its contract has loaded it."""
    moved = data["moved_fen"]
    expires_at = data["expires_at"]
    started = data["starts_at"], data["ends_at"]
    return {
        "machine": Text.of(data["machine_name"]),
        "customer_name": data["customer_name"],
        "owner_name": data["owner_name"],
        "time": None if None in started else span_said(*started),
        "occasions": _occasions(data["count"]),
        "left_out": _occasions(data["skipped"]) if data["skipped"] else None,
        "by": data["by"],
        "reason": _reason(data),
        "price_yuan": yuan(data["price_fen"]),
        "charged_yuan": yuan(moved) if moved > 0 else None,
        "returned_yuan": yuan(-moved) if moved < 0 else None,
        "answer_by": None if expires_at is None else moment_said(expires_at),
    }


def _occasions(count: int) -> Text:
    return Text(f"{count}次", "1 booking" if count == 1 else f"{count} bookings")
