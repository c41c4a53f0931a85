"""The pages about machines, all of them."""

from gateway.portal.machines import (
    after_use,
    bookings,
    describe,
    disputes,
    offering,
    own,
    ratings,
    search,
    wish,
)

PAGES = (
    search.pages,
    wish.pages,
    bookings.pages,
    own.pages,
    describe.pages,
    offering.pages,
    after_use.pages,
    disputes.pages,
    ratings.pages,
)
