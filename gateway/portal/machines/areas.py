"""The pages about machines, all of them."""

from gateway.portal.machines import (
    bookings,
    correcting,
    describe,
    offering,
    own,
    repeat,
    search,
    series,
    statements,
    utilisation,
    waitlist,
    wish,
)

PAGES = (
    search.pages,
    wish.pages,
    repeat.pages,
    bookings.pages,
    series.pages,
    waitlist.pages,
    own.pages,
    describe.pages,
    offering.pages,
    statements.pages,
    utilisation.pages,
    correcting.pages,
)
