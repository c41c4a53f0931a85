"""The pages about parking, all of them."""

from gateway.portal.parking import cars, finding, reservations, reserving

PAGES = (finding.pages, cars.pages, reserving.pages, reservations.pages)
