"""The real item A1, and short ways to ask what is wrong with an application for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, get_args

from approvals.items.catalogue import Catalogue
from approvals.items.forms import validate
from approvals.items.loader import load_catalogue
from approvals.items.model import Item, ProcedureName
from shared.errors import FieldError

TODAY = date(2026, 11, 23)


@cache
def catalogue() -> Catalogue:
    """The catalogue as shipped."""
    return load_catalogue()


@cache
def a1() -> Item:
    """公司设立登记."""
    return catalogue().item("company-establishment", TODAY)


def with_every_procedure(item: Item) -> Item:
    """The item as if any procedure of 行政许可法 art. 45 could be needed; A1 names the hearing alone."""
    names = get_args(ProcedureName)
    special = [
        replace(each, procedures=names) if each.procedures else each for each in item.special_procedures
    ]
    return replace(item, special_procedures=tuple(special))


@cache
def catalogue_for_tests() -> Catalogue:
    """The shipped items, of which A1 names every procedure."""
    versions = [
        with_every_procedure(item) if item.slug == a1().slug else item for item in catalogue().versions
    ]
    return Catalogue(tuple(versions), catalogue().categories, catalogue().chapters)


def errors(
    answers: object, *, today: date = TODAY, section: str | None = None, uploaded: set[str] | None = None
) -> dict[str, FieldError]:
    """The errors by pointer."""
    found = validate(a1(), answers, today=today, section=section, uploaded=uploaded)
    return {error.pointer: error for error in found.errors}


def warnings(answers: Mapping[str, Any], *, section: str | None = None) -> dict[str, FieldError]:
    """The warnings by pointer."""
    found = validate(a1(), answers, today=TODAY, section=section)
    return {warning.pointer: warning for warning in found.warnings}
