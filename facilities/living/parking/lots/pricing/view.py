"""Tariffs as they are shown, and what a stay would cost."""

from collections.abc import Mapping
from typing import Any

from facilities.living.parking.tariffs.charging import MINUTE
from facilities.living.parking.tariffs.fees import Fee
from facilities.living.parking.tariffs.published import published
from facilities.living.parking.tariffs.tariff import Tariff

Json = dict[str, Any]


def tariff_out(tariff: Tariff) -> Json:
    """A version of a tariff."""
    return tariff.to_json()


def shape_of(tariff: Tariff) -> Json:
    """A tariff in the form in which it is entered."""
    kept = tariff.to_json()
    return {name: value for name, value in kept.items() if name not in {"number", "effective_on"}}


def published_out() -> Json:
    """The tariffs to begin with."""
    return {
        "items": [
            {"key": each.key, "source": each.source, "words": each.words, "tariff": shape_of(each.tariff)}
            for each in published().values()
        ]
    }


def fee_out(tariff: Tariff, found: Fee, typed: Mapping[str, Any], number: int | None) -> Json:
    """What a stay would cost by a tariff; `number` is None of one that is no car park's."""
    return {
        "tariff": number,
        "tariff_name": tariff.name.to_dict(),
        "minutes": (typed["left_at"] - typed["entered_at"]) // MINUTE,
        "total_fen": found.total_fen,
        "lines": [
            {**line.to_json(), "coupon": None if line.coupon is None else int(line.coupon)}
            for line in found.lines
        ],
    }
