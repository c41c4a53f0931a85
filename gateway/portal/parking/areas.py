"""The pages about parking, all of them."""

from gateway.portal.parking import cars, finding, paying, reservations, reserving

PAGES = (finding.pages, cars.pages, reserving.pages, reservations.pages, paying.pages)
