"""The pages for those who run the car parks, all of them."""

from gateway.portal.parking.operating import (
    days,
    describing,
    lanes,
    lists,
    lots,
    money,
    passes,
    quotas,
    tariffs,
    zones,
)

PAGES = (
    lots.pages,
    describing.pages,
    zones.pages,
    lanes.pages,
    tariffs.pages,
    lists.pages,
    passes.pages,
    quotas.pages,
    money.pages,
    days.pages,
)
