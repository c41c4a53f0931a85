"""The pages about parking, all of them."""

from gateway.portal.parking import cars, finding, paying, reservations, reserving
from gateway.portal.parking.operating import areas as operating

PAGES = (
    finding.pages,
    cars.pages,
    reserving.pages,
    reservations.pages,
    paying.pages,
    *operating.PAGES,
)
