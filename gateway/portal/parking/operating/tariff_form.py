"""The controls of a tariff, and of a stay to try it out on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.calendar_months import weekdays
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read
from gateway.portal.machines.describing import options_of
from gateway.portal.parking.operating.tariff_rows import nested, rows_in
from gateway.portal.parking.tariffs import CHARGING, read_stay

_YUAN, _MINUTES = _l("yuan"), _l("minutes")
_SHARE = "nev_discount_bp"
EFFECTIVE = Control("effective_on", _l("First day"), "day", hint=_l("Left empty: today."))
_OVERSTAY = (
    Control("overstay.free_minutes", _l("Free time after charging"), "whole", suffix=_MINUTES),
    Control("overstay.unit.minutes", _l("Each unit after that lasts"), "whole", suffix=_MINUTES),
    Control("overstay.unit.fen", _l("Each unit after that costs"), "yuan", suffix=_YUAN),
    Control(
        "overstay.cap_fen",
        _l("One charge brings at most (optional)"),
        "yuan",
        suffix=_YUAN,
        hint=_l("Left empty: there is no cap."),
    ),
)
"""What standing on at a charging point costs; all left empty: nothing."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of hours or caps of a rate."""

    name: str
    """Below which the rows stand, such as `rates.0.bands`."""
    rows: tuple[tuple[Control, ...], ...]


@dataclass(frozen=True, slots=True)
class RateForm:
    """One rate: its controls, and those of its hours and its caps."""

    number: int
    who: Control
    plain: tuple[Control, ...]
    period: tuple[Control, ...]
    caps: Rows
    bands: Rows

    @property
    def controls(self) -> tuple[Control, ...]:
        """All of them."""
        rows = (*self.bands.rows, *self.caps.rows)
        return (self.who, *self.plain, *self.period, *(each for row in rows for each in row))


@dataclass(frozen=True, slots=True)
class TariffForm:
    """The controls of a tariff with so many rows as were typed."""

    general: tuple[Control, ...]
    rates: tuple[RateForm, ...]
    overstay: tuple[Control, ...]
    stay: tuple[Control, ...]

    @property
    def controls(self) -> tuple[Control, ...]:
        """Those of the tariff; each names its rate, as it is called in a list of what is wrong."""
        return (*self.general, *(each for rate in self.rates for each in _named(rate)), *self.overstay)

    @property
    def plain(self) -> tuple[Control, ...]:
        """All as they stand in the form, the stay's too."""
        rates = (each for rate in self.rates for each in rate.controls)
        return (*self.general, *rates, *self.overstay, *self.stay)


def form_of(typed: Mapping[str, Any], codes: Json) -> TariffForm:
    """The form for what was typed."""
    rates = tuple(_rate(number, typed, codes) for number in range(max(1, rows_in(typed, "rates"))))
    return TariffForm(_general(codes), rates, _OVERSTAY, stay_controls(codes))


def read_tariff(form: TariffForm, typed: Typed) -> tuple[Json, dict[str, str]]:
    """The tariff as the service takes it, and the page's own sentences by pointer."""
    body, own = read(form.controls, typed)
    if f"/{_SHARE}" in own:
        own[f"/{_SHARE}"] = _("Enter a share in percent, with two decimals at most")
    return nested(body), own


def read_tried(form: TariffForm, typed: Typed) -> tuple[Json, dict[str, str]]:
    """The stay to try it out on."""
    body, own = read_stay(form.stay, typed)
    coupons: Json = body.pop("coupons", {})
    if coupons:
        body["coupons"] = [{"name": {"zh": "试用优惠券", "en": "Coupon tried"}, **coupons["0"]}]
    return body, own


def stay_controls(codes: Json) -> tuple[Control, ...]:
    """What is asked about a stay that is only tried."""
    return (
        Control("vehicle", _l("Vehicle"), "choice", options=options_of(codes["vehicles"])),
        Control("entered_at", _l("It comes in"), "moment", required=True),
        Control("left_at", _l("It leaves"), "moment", required=True),
        Control(
            "exemption",
            _l("Parks free as"),
            "choice",
            options=options_of(codes["exemptions"]),
            blank=_l("nothing of the kind"),
        ),
        Control("coupons.0.minutes", _l("Coupon for time"), "whole", suffix=_MINUTES),
        Control("coupons.0.fen", _l("Coupon for an amount"), "yuan", suffix=_YUAN),
        *CHARGING,
    )


def _general(codes: Json) -> tuple[Control, ...]:
    return (
        Control("name.zh", _l("Name in Chinese"), most=120),
        Control("name.en", _l("Name in English"), most=120),
        EFFECTIVE,
        Control(
            "grace_minutes",
            _l("Time to leave after paying"),
            "whole",
            suffix=_MINUTES,
        ),
        Control(
            "merge_minutes",
            _l("Coming back goes on with the same stay within"),
            "whole",
            suffix=_MINUTES,
            hint=_l("0: each entry begins anew."),
        ),
        Control(
            _SHARE,
            _l("New-energy vehicles are spared"),
            "yuan",
            suffix="%",
            most=6,
            hint=_l("Of the fee, after coupons."),
        ),
        Control("exempt", _l("Park free"), "many", options=options_of(codes["exemptions"])),
    )


def _rate(number: int, typed: Mapping[str, Any], codes: Json) -> RateForm:
    at = f"rates.{number}"
    bands, caps = f"{at}.bands", f"{at}.period.caps_fen"
    return RateForm(
        number,
        Control(f"{at}.classes", _l("Vehicles"), "many", options=options_of(codes["vehicles"])),
        _charged(at),
        _period(at, codes),
        Rows(caps, tuple((_cap(caps, each),) for each in range(rows_in(typed, caps)))),
        Rows(bands, tuple(_band(bands, each) for each in range(rows_in(typed, bands)))),
    )


def _charged(at: str) -> tuple[Control, ...]:
    return (
        Control(f"{at}.free_minutes", _l("Free time"), "whole", suffix=_MINUTES),
        Control(f"{at}.free_included", _l("Whoever stays longer pays for the free time too"), "flag"),
        Control(f"{at}.first.minutes", _l("First block lasts (optional)"), "whole", suffix=_MINUTES),
        Control(f"{at}.first.fen", _l("First block costs"), "yuan", suffix=_YUAN),
        Control(f"{at}.unit.minutes", _l("Each unit lasts"), "whole", suffix=_MINUTES),
        Control(f"{at}.unit.fen", _l("Each unit costs"), "yuan", suffix=_YUAN),
        Control(
            f"{at}.monthly_fen",
            _l("A pass for a month (optional)"),
            "yuan",
            suffix=_YUAN,
            hint=_l("Left empty: none is sold."),
        ),
        Control(
            f"{at}.lost_entry_fen",
            _l("When nobody knows when the car came (optional)"),
            "yuan",
            suffix=_YUAN,
            hint=_l("Left empty: the first cap."),
        ),
    )


def _period(at: str, codes: Json) -> tuple[Control, ...]:
    return (
        Control(
            f"{at}.period.window",
            _l("Caps hold for"),
            "choice",
            options=options_of(codes["windows"]),
            blank=_l("nothing: there is no cap"),
        ),
        Control(
            f"{at}.period.restart",
            _l("With each new period"),
            "choice",
            options=options_of(codes["restarts"]),
        ),
        Control(f"{at}.period.shared", _l("All stays of a plate on a day have one cap together"), "flag"),
    )


def _cap(rows: str, number: int) -> Control:
    return Control(
        f"{rows}.{number}", _l("Cap of period %(number)d", number=number + 1), "yuan", suffix=_YUAN
    )


def _band(rows: str, number: int) -> tuple[Control, ...]:
    at = f"{rows}.{number}"
    days = tuple(Option(str(day), name) for day, (_short, name) in enumerate(weekdays(), start=1))
    return (
        Control(f"{at}.name.zh", _l("Name in Chinese"), most=120),
        Control(f"{at}.name.en", _l("Name in English"), most=120),
        Control(f"{at}.since", _l("From (08:00)"), most=5),
        Control(f"{at}.until", _l("Until (20:00)"), most=5),
        Control(f"{at}.unit.minutes", _l("Each unit lasts"), "whole", suffix=_MINUTES),
        Control(f"{at}.unit.fen", _l("Each unit costs"), "yuan", suffix=_YUAN),
        Control(f"{at}.cap_fen", _l("These hours at most (optional)"), "yuan", suffix=_YUAN),
        Control(f"{at}.weekdays", _l("Beginning on"), "many", options=days),
    )


def _named(rate: RateForm) -> tuple[Control, ...]:
    """The controls of a rate, each saying of which rate and which hours it is."""

    def said(each: Control, where: str) -> Control:
        return replace(each, label=f"{where} · {each.label}")

    where = _("Rate %(number)d", number=rate.number + 1)
    own = (rate.who, *rate.plain, *rate.period, *(each for row in rate.caps.rows for each in row))
    hours = [
        said(each, f"{where} · {_('Hours %(number)d', number=number)}")
        for number, row in enumerate(rate.bands.rows, start=1)
        for each in row
    ]
    return (*(said(each, where) for each in own), *hours)
