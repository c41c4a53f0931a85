"""The pages for those who run the car parks, all of them."""

from gateway.portal.parking.operating import (
    alarms,
    days,
    describing,
    lanes,
    lists,
    live,
    lots,
    money,
    occupancy,
    passes,
    quotas,
    stays,
    tariffs,
    zones,
)

PAGES = (
    lots.pages,
    describing.pages,
    zones.pages,
    lanes.pages,
    live.pages,
    alarms.pages,
    stays.pages,
    occupancy.pages,
    tariffs.pages,
    lists.pages,
    passes.pages,
    quotas.pages,
    money.pages,
    days.pages,
)
