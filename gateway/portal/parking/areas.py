"""The pages about parking, all of them."""

from gateway.portal.parking import finding
from gateway.portal.parking.operating import areas as operating

PAGES = (finding.pages, *operating.PAGES)
