"""Pricing car parks in the portal, without scripts: a form with rows, and trying a tariff out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from facilities.living.parking.lots.model import ParkingTariff
from facilities.living.parking.tariffs.published import published
from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.portal.conftest import Enter
from tests.integration.portal.operating import (
    CHINESE,
    OPERATOR,
    SIGN,
    WATCHER,
    local,
    lot_id,
    lot_of,
    own_texts,
    sent,
)


@pytest.fixture(scope="module")
def system(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """The demo park with all its services, for every test of this file."""
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("park"), ManualClock(MONDAY_MORNING))
    made = factory(installed_services(), demo=True)
    made.seed()
    made.settle()
    yield made
    factory.close()


def typed_in_the_form(page: Any) -> dict[str, Any]:
    """What the form of a tariff would send, as it stands on the page."""
    form = page.text.partition('<form id="form"')[2].partition("</form>")[0]
    values: dict[str, Any] = {}
    for name, value in re.findall(r'<input class="form-control"[^>]* name="([^"]+)" value="([^"]*)"', form):
        values[name] = value
    for tag in re.findall(r"<input class=\"form-check-input\"[^>]*>", form):
        name, value = re.findall(r'name="([^"]+)" value="([^"]*)"', tag)[0]
        if " checked" in tag:
            values.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        values[name] = chosen[0]
    return values


def test_an_operator_tries_a_tariff_out_and_publishes_it(enter: Enter) -> None:
    operator = enter(OPERATOR)
    lot = lot_of(operator, "Car park 2 (building)")
    page = operator.get(f"{lot}/tariffs")
    assert "in force" in page.text and "Up to 1.5 hours" not in page.text
    assert "new version" in page.text.lower()
    form = f"{lot}/tariffs/add"
    page = operator.get(form)
    own = typed_in_the_form(page)
    assert own["rates.1.classes"] == ["large"] and own["rates.0.unit.fen"] == "1", "that in force"

    page = operator.get(form, query_string={"from": "T2"})
    typed = typed_in_the_form(page)
    assert typed["rates.0.bands.0.since"] == "08:00" and typed["rates.0.bands.0.cap_fen"] == "40"
    assert len(typed["rates.0.bands.1.weekdays"]) == 7
    page = operator.post(form, {**typed, "action": "add:rates.0.period.caps_fen"})
    assert 'name="rates.0.period.caps_fen.0"' in page.text
    page = operator.post(form, {**typed_in_the_form(page), "action": "remove:rates.0.period.caps_fen:0"})
    assert "caps_fen.0" not in page.text
    page = operator.post(form, {**typed_in_the_form(page), "action": "add:rates"})
    more = typed_in_the_form(page)
    assert "rates.1.unit.minutes" in more
    page = operator.post(form, {**more, "action": "remove:rates:0"})
    assert "rates.1.unit.minutes" not in page.text and "bands.0" not in page.text, "the first one is gone"

    stay = {"vehicle": "small", "entered_at": local(0, "08:00"), "left_at": local(0, "22:10")}
    page = operator.post(form, {**typed, **stay, "action": "try"})
    assert page.status_code == 200 and "cost 42 yuan" in page.text, (
        "40 by day at most, two hours from 20:30 on"
    )
    assert "yp-fee" in page.text
    page = operator.post(form, {**typed, **stay, "coupons.0.fen": "5", "action": "try"})
    assert "cost 37 yuan" in page.text
    assert CHINESE.search(own_texts(page)) is None

    wrong = operator.post(
        form,
        {
            **typed,
            "name.en": "",
            "nev_discount_bp": "many",
            "rates.0.unit.fen": "-1",
            "rates.0.bands.0.until": "8 pm",
            "rates.0.bands.1.unit.minutes": "0",
            "left_at": "",
            "action": "try",
        },
    )
    assert wrong.status_code == 422
    fields = ("name-en", "nev-discount-bp", "rates-0-unit-fen", "rates-0-bands-0-until", "left-at")
    for field in (*fields, "rates-0-bands-1-unit-minutes"):
        assert f'href="#{field}"' in wrong.text, field
    assert 'value="8 pm"' in wrong.text and "Rate 1 · Hours 2 · Each unit lasts" in wrong.text

    overlap = operator.post(form, {**typed, "rates.0.bands.1.since": "19:00", "action": "publish"})
    assert overlap.status_code == 422 and 'href="#rates-0-bands-1-since"' in overlap.text
    past = operator.post(form, {**typed, "effective_on": local(-1, "00:00")[:10], "action": "publish"})
    assert past.status_code == 422 and 'href="#effective-on"' in past.text
    operator.post(form, {**typed, "effective_on": local(5, "00:00")[:10], "action": "publish"})
    page = operator.follow()
    assert "The tariff is published." in page.text and "to come" in page.text
    operator.get(form)
    again = operator.post(form, {**typed, "effective_on": local(5, "00:00")[:10], "action": "publish"})
    assert again.status_code == 409 and "error-summary" in again.text and 'value="08:00"' in again.text
    assert enter(WATCHER).get(form).status_code == 403
    assert "New version" not in enter(WATCHER).get(f"{lot}/tariffs").text


def test_every_published_example_passes_through_the_form_unchanged(
    system: SystemUnderTest, enter: Enter
) -> None:
    operator = enter(OPERATOR)
    made = sent(operator, "/parking/operating/add", {**SIGN, "code": "P8", "name.en": "Car park 8"})
    lot = made.request.path
    form = f"{lot}/tariffs/add"
    for number, key in enumerate(published(), start=1):
        typed = typed_in_the_form(operator.get(form, query_string={"from": key}))
        day = local(number, "00:00")[:10]
        operator.post(form, {**typed, "effective_on": day, "action": "publish"})
        assert operator.follow().status_code == 200, key
    with system.runtime("living").read() as session:
        rows = sa.select(ParkingTariff).where(ParkingTariff.lot_id == lot_id(lot))
        kept = session.scalars(rows.order_by(ParkingTariff.number)).all()
    for row, (key, example) in zip(kept, published().items(), strict=True):
        same = {"number": row.number, "effective_on": row.effective_on.isoformat()}
        assert row.tariff == {**example.tariff.to_json(), **same}, key
