"""Kinds of pages about parking: what residents, firms and visitors see, and those who run car parks."""

from playwright.sync_api import expect

from tests.e2e.kinds import Kind, press
from tests.e2e.windows import Window


def _no_plate(window: Window) -> None:
    window.page.get_by_label(window.words("Number plate or ticket"), exact=True).fill("")
    press("Save")(window)


def _none_there(window: Window) -> None:
    window.page.get_by_label(window.words("How many cars stand there"), exact=True).fill("0")
    window.button("Enter the count").click()
    expect(window.heading("Doubted cars")).to_be_visible()


PARKING = (
    Kind("parking", "/parking", "agent"),
    Kind(
        "parking-lot",
        "/parking/lots/{parking_lot}?vehicle=small&entered_at={parking_from}&left_at={parking_until}",
    ),
    Kind("parking-pass", "/parking/passes/{parking_pass}", "resident"),
    Kind("parking-stay-at-a-charging-point", "/parking/stays/{parking_charged}", "resident"),
    Kind("parking-pay-with-errors", "/parking/pay", then=press("See what is to be paid"), rare=True),
    *(
        Kind(f"parking-{name}", f"/parking/{path}", who, rare=True)
        for name, path, who in (
            ("cars", "cars", "resident"),
            ("reserve", "reserve", "resident"),
            (
                "reserve-preview",
                "reserve?lot_id={parking_lot}&plate=A&starts_at={parking_from}&ends_at={parking_until}",
                "resident",
            ),
            ("reservations", "reservations", "resident"),
            ("reservation", "reservations/{parking_reservation}", "resident"),
            ("reservation-move", "reservations/{parking_reservation}/move", "resident"),
            ("order", "orders/{parking_order}", None),
            ("sandbox", "orders/{parking_order}/sandbox", None),
            ("receipt", "receipts/{parking_payment}", None),
            ("orders", "orders", "resident"),
            ("passes", "passes", "resident"),
            ("pass-new", "passes/new", "resident"),
            ("stays", "stays", "resident"),
            ("stay", "stays/{parking_stay}", "resident"),
            ("visits", "visits", "agent"),
            ("visit", "visits/{parking_visit}", "agent"),
            ("visitor", "visits/{parking_visitor}", None),
            ("firm", "firm", "agent"),
            ("coupons", "coupons", "agent"),
            ("coupon-sheet", "coupons/sheet", "agent"),
            ("coupon-use", "coupons/{parking_coupon}", None),
        )
    ),
)
OPERATING = (
    Kind("operated-car-parks", "/parking/operating", "operator"),
    Kind("operated-car-park", "/parking/operating/{operated_lot}", "operator"),
    Kind("operated-add-with-errors", "/parking/operating/add", "operator", then=press("Save as a draft")),
    Kind("operated-lanes", "/parking/operating/{operated_lot}/live", "operator"),
    Kind("operated-stay", "/parking/operating/stays/{operated_stay}", "operator"),
    Kind("operated-occupancy", "/parking/operating/{operated_lot}/occupancy", "operator"),
    Kind(
        "operated-tariff-with-errors",
        "/parking/operating/{operated_lot}/tariffs/add?from=none",
        "operator",
        then=press("Publish it"),
    ),
    Kind("operated-lists", "/parking/operating/{operated_lot}/lists", "operator"),
    Kind("operated-charging", "/parking/operating/{operated_lot}/charges", "operator"),
    Kind(
        "operated-charging-points-with-errors",
        "/parking/operating/zones/{operated_charging}/charging-points",
        "operator",
        then=press("Add the charging point"),
    ),
    Kind(
        "operated-count-done",
        "/parking/operating/zones/{operated_zone}/count",
        "operator",
        then=_none_there,
        rare=True,
    ),
    Kind(
        "operated-charged-car-with-errors",
        "/parking/operating/charges/{operated_charge}/plate",
        "operator",
        then=_no_plate,
        rare=True,
    ),
    *(
        Kind(f"operated-{name}", f"/parking/operating/{path}", "operator", rare=True)
        for name, path in (
            ("alarms", "{operated_lot}/alarms"),
            ("reservations", "{operated_lot}/reservations"),
            ("visitors", "{operated_lot}/visits"),
            ("stays", "{operated_lot}/stays"),
            ("payments", "{operated_lot}/money"),
            ("day", "{operated_lot}/day"),
            ("passes", "{operated_lot}/passes"),
            ("bays-of-firms", "{operated_lot}/quotas"),
            ("tariffs", "{operated_lot}/tariffs"),
            ("stock-take", "{operated_lot}/stock-take"),
            ("bays", "zones/{operated_zone}/bays"),
            ("count", "zones/{operated_zone}/count"),
            ("lane", "lanes/{operated_lane}/edit"),
            ("opening-by-hand", "lanes/{operated_lane}/open"),
            ("device", "devices/{operated_device}"),
            ("charging-points", "zones/{operated_charging}/charging-points"),
            ("charging-point", "devices/{operated_point}"),
        )
    ),
)
