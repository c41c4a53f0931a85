"""The pages about machines, all of them."""

from gateway.portal.machines import (
    bookings,
    correcting,
    describe,
    offering,
    own,
    search,
    statements,
    utilisation,
    wish,
)

PAGES = (
    search.pages,
    wish.pages,
    bookings.pages,
    own.pages,
    describe.pages,
    offering.pages,
    statements.pages,
    utilisation.pages,
    correcting.pages,
)
