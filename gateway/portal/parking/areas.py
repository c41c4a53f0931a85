"""The pages about parking, all of them."""

from gateway.portal.parking import (
    cars,
    coupons,
    finding,
    passes,
    paying,
    quotas,
    reservations,
    reserving,
    scanning,
    stays,
    visits,
)
from gateway.portal.parking.operating import areas as operating

PAGES = (
    finding.pages,
    cars.pages,
    reserving.pages,
    reservations.pages,
    paying.pages,
    passes.pages,
    scanning.pages,
    stays.pages,
    visits.pages,
    quotas.pages,
    coupons.pages,
    *operating.PAGES,
)
