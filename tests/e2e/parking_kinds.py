"""Kinds of pages about parking: what residents, members of firms and visitors see."""

from tests.e2e.kinds import Kind, press

PARKING = (
    Kind("parking", "/parking", "agent"),
    Kind(
        "parking-lot",
        "/parking/lots/{parking_lot}?vehicle=small&entered_at={parking_from}&left_at={parking_until}",
    ),
    Kind("parking-pass", "/parking/passes/{parking_pass}", "resident"),
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
