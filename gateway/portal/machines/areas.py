"""The pages about machines, all of them."""

from gateway.portal.machines import (
    bookings,
    checking_in,
    correcting,
    crews,
    describe,
    feeds,
    moving,
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
    moving.pages,
    checking_in.pages,
    series.pages,
    waitlist.pages,
    feeds.pages,
    crews.pages,
    own.pages,
    describe.pages,
    offering.pages,
    statements.pages,
    utilisation.pages,
    correcting.pages,
)
