"""What the templates may say of a case: the fields of its events, flattened."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from shared.clock import PARK_TZ
from shared.text import Text


def case_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The facts in the data of a case event, as its contract has loaded it."""
    decision: Mapping[str, Any] = data["decision"] or {}
    correction: Mapping[str, Any] = data["correction"] or {}
    decline: Mapping[str, Any] = data["decline"] or {}
    redating: Mapping[str, Any] = data.get("redating") or {}
    previous = redating.get("previous_due_on")
    moved: Sequence[Mapping[str, Any]] = redating.get("moved") or ()
    for_all = [each for each in moved if not each["internal"]]
    due_on = _moment(data.get("due_at")) or data["due_on"]
    procedure: Mapping[str, Any] = data.get("procedure") or {}
    extension: Mapping[str, Any] = data.get("extension") or {}
    delivery: Mapping[str, Any] = data.get("delivery") or {}
    warning: Mapping[str, Any] = data.get("warning") or {}
    payment: Mapping[str, Any] = data.get("payment") or {}
    explanation: Mapping[str, Any] = data.get("explanation") or {}
    spot: Mapping[str, Any] = data.get("spot_correction") or {}
    gaps: Mapping[str, Any] = data.get("gaps") or {}
    check: Mapping[str, Any] = data.get("check") or {}
    revocation: Mapping[str, Any] = data.get("revocation") or {}
    outside = data.get("executed_in")
    handover: Mapping[str, Any] = data.get("handover") or {}
    stated = handover.get("reason")
    notice: Mapping[str, Any] = data.get("public_notice") or {}
    objection: Mapping[str, Any] = data.get("objection") or {}
    expiring: Mapping[str, Any] = data.get("expiring") or {}
    renewed: Mapping[str, Any] = data.get("renewed") or {}
    certificate = expiring or renewed or data.get("filing") or {}
    return {
        "number": data["number"],
        "item_name": Text.of(data["item_name"]),
        "subject_name": data["subject_name"],
        "state": data["state"],
        "state_name": Text.of(data["state_name"]),
        "submitted_on": data["submitted_on"],
        "due_on": due_on,
        "in_hours": data.get("due_at") is not None,
        "due_kind": data["due_kind"],
        "provisional": data["provisional"],
        "granted": decision.get("granted"),
        "decision_reason": clause(decision.get("reason")),
        "certificate_id": decision.get("certificate_id"),
        "uscc": decision.get("uscc"),
        "correction_round": correction.get("round"),
        "correction_count": correction.get("count"),
        "decline_kind": decline.get("kind"),
        "decline_reason": clause(decline.get("reason")),
        "previous_due_on": previous,
        "date_moved": None if previous is None else previous != data["due_on"],
        "moved": _moves(for_all),
        "moved_for_officials": _moves(moved),
        "answer_stays": None if previous is None else _stays(redating, data),
        "notice_title": Text.of(redating["notice"]["title"]) if redating else None,
        "procedure_name": Text.of(procedure["name"]) if procedure else None,
        "procedure_reason": clause(procedure.get("reason")),
        "procedure_days": procedure.get("expected_days"),
        "procedure_end_on": procedure.get("expected_end_on"),
        "procedure_ended_on": procedure.get("ended_on"),
        "procedures_running": data.get("running"),
        "extension_amount": Text.of(extension["amount"]) if extension else None,
        "extension_reason": clause(extension.get("reason")),
        "statutory_due_on": extension.get("due_on") or data.get("statutory_due_on"),
        "statutory_provisional": extension.get("provisional") or data.get("statutory_provisional"),
        "warning_light": warning.get("light"),
        "warning_name": Text.of(warning["name"]) if warning else None,
        "warning_due_on": _moment(warning.get("due_at")) or warning.get("due_on"),
        "explanation_reason": clause(explanation.get("reason")),
        "explanation_expected_on": explanation.get("expected_on"),
        "explanation_missed_on": explanation.get("missed_on"),
        "delivery_method": Text.of(delivery["method_name"]) if delivery else None,
        "delivered_on": delivery.get("delivered_on"),
        "gap_names": _listed(gaps["materials"]) if gaps else None,
        "corrected_fields": _listed(spot["fields"]) if spot else None,
        "consent": Text.of(spot["consent_name"]) if spot else None,
        "make_up_due_on": gaps.get("due_on"),
        "make_up_provisional": gaps.get("provisional"),
        "check_findings": clause(check.get("findings")),
        "checked_on": check.get("checked_on"),
        "correct_by": check.get("correct_by"),
        "revocation_ground": Text.of(revocation["ground_text"]) if revocation else None,
        "statement_until": revocation.get("statement_until"),
        "statement_provisional": revocation.get("statement_provisional"),
        "outside": Text.of(outside) if outside else None,
        "receipt_number": handover.get("receipt_number"),
        "handover_reason": Text.of(stated) if stated else None,
        "paid_on": payment.get("paid_on"),
        "paid_yuan": yuan(payment.get("amount_fen")),
        "notice_name": Text.of(notice["name"]) if notice else None,
        "notice_timing": notice.get("timing"),
        "notice_last_on": notice.get("last_on"),
        "notice_provisional": notice.get("provisional"),
        "file_until": notice.get("file_until"),
        "objection_by": Text.of(objection["standing_name"]) if objection else None,
        "objection_ends": objection.get("ends_case"),
        "objection_advice": Text.of(objection["advice"]) if objection.get("advice") else None,
        "certificate_name": Text.of(certificate["name"]) if certificate else None,
        "certificate_number": certificate.get("number"),
        "valid_from": renewed.get("valid_from"),
        "valid_until": certificate.get("valid_until"),
        "previous_valid_until": renewed.get("previous_valid_until"),
        "apply_by": expiring.get("apply_by"),
    }


_MOVED = Text("{name}由{before}调整为{after}", "{name}: {after} instead of {before}")
_SETTLED = Text("{name}仍为{after}，不再是预计日期", "{name}: {after} as before, no longer provisional")
_MOMENT = Text("{day}{hour}", "{day}, {hour}")


def yuan(fen: int | None) -> str | None:
    """An amount as it is written: 6172839 fen are `61,728.39` yuan."""
    return None if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


def _moves(moved: Sequence[Mapping[str, Any]]) -> Text | None:
    """Dates of further clocks that a calendar has moved, as one sentence without its end."""
    texts = [
        (_SETTLED if each["previous_on"] == each["on"] else _MOVED).format(
            name=Text.of(each["name"]), before=_day(each["previous_on"]), after=_day(each["on"])
        )
        for each in moved
    ]
    if not texts:
        return None
    return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))


def _stays(redating: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether the date of the answer is what it was."""
    before = (redating["previous_due_on"], redating["previous_provisional"])
    return before == (data["due_on"], data["provisional"])


def _day(day: date) -> Text:
    return Text(
        zh=format_date(day, format="long", locale="zh_CN"), en=format_date(day, format="long", locale="en_GB")
    )


def _moment(at: datetime | None) -> Text | None:
    """An instant in the park's time, for limits in hours."""
    if at is None:
        return None
    local = at.astimezone(PARK_TZ)
    return _MOMENT.format(day=_day(local.date()), hour=f"{local:%H:%M}")


def _listed(names: Sequence[Mapping[str, str]]) -> Text:
    return Text("、".join(name["zh"] for name in names), ", ".join(name["en"] for name in names))


def clause(reason: str | None) -> str | None:
    """An official's free text without its own full stop, so that it fits into a sentence of ours."""
    return (reason or "").strip().rstrip("。.；;") or None
