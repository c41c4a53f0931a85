"""The pages about parking, all of them."""

from gateway.portal.parking import finding

PAGES = (finding.pages,)
