"""The enterprise service as tests run it: the shipped one, whose A1 names every special procedure."""

from dataclasses import replace

from approvals.enterprise.service import service
from approvals.items.catalogue import Catalogue
from tests.unit.item_cases import catalogue_for_tests

enterprise = replace(
    service, resources=lambda settings: {**service.resources(settings), Catalogue: catalogue_for_tests()}
)
