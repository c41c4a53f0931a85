"""The pages for those who run the car parks, all of them."""

from gateway.portal.parking.operating import describing, lanes, lots, tariffs, zones

PAGES = (lots.pages, describing.pages, zones.pages, lanes.pages, tariffs.pages)
