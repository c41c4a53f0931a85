"""The pages about machines, all of them."""

from gateway.portal.machines import (
    bookings,
    checking_in,
    crews,
    describe,
    feeds,
    moving,
    offering,
    own,
    search,
    wish,
)

PAGES = (
    search.pages,
    wish.pages,
    bookings.pages,
    moving.pages,
    checking_in.pages,
    feeds.pages,
    crews.pages,
    own.pages,
    describe.pages,
    offering.pages,
)
