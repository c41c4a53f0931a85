"""The pages about machines, all of them."""

from gateway.portal.machines import bookings, describe, offering, own, search, waitlist, wish

PAGES = (search.pages, wish.pages, bookings.pages, waitlist.pages, own.pages, describe.pages, offering.pages)
