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
)
