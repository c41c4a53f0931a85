"""The pages about machines, all of them."""

from gateway.portal.machines import bookings, describe, offering, own, repeat, search, series, wish

PAGES = (
    search.pages,
    wish.pages,
    repeat.pages,
    bookings.pages,
    series.pages,
    own.pages,
    describe.pages,
    offering.pages,
)
