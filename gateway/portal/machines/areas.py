"""The pages about machines, all of them."""

from gateway.portal.machines import bookings, describe, moving, offering, own, search, wish

PAGES = (search.pages, wish.pages, bookings.pages, moving.pages, own.pages, describe.pages, offering.pages)
