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

OVERSTAY = {
    "overstay.free_minutes": "30",
    "overstay.unit.minutes": "15",
    "overstay.unit.fen": "2",
    "overstay.cap_fen": "5",
}
"""What standing on at a charging point costs, as an operator types it."""


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


def test_standing_on_at_charging_points_has_a_price_that_is_tried_published_and_on_the_sign(
    enter: Enter,
) -> None:
    operator, resident = enter(OPERATOR), enter("resident")
    lot = lot_of(operator, "Car park 2 (building)")
    sign = lot.replace("/operating", "/lots")
    stay = {"vehicle": "nev_small", "entered_at": local(0, "08:00"), "left_at": local(0, "12:00")}
    page = resident.get(sign).text
    assert "once charged" not in page and "charging-0-ended-at" not in page, "nothing is charged yet"

    form = f"{lot}/tariffs/add"
    typed = typed_in_the_form(operator.get(form))
    assert {name: typed[name] for name in OVERSTAY} == dict.fromkeys(OVERSTAY, "")
    charged = {"charging.0.ended_at": local(0, "09:00"), "charging.0.freed_at": local(0, "10:01")}
    free = operator.post(form, {**typed, **stay, **charged, "action": "try"})
    assert free.status_code == 200 and "Standing on at charging bay" not in own_texts(free)

    priced = {**typed, **OVERSTAY}
    tried = operator.post(form, {**priced, **stay, **charged, "action": "try"})
    assert "Standing on at charging bay 1: 3 × 15 min from 2026-11-23 09:30" in own_texts(tried)
    assert typed_in_the_form(tried)["charging.0.freed_at"] == local(0, "10:01")
    until_it_leaves = {**stay, "charging.0.ended_at": local(0, "09:00")}
    tried = operator.post(form, {**priced, **until_it_leaves, "action": "try"})
    assert "10 × 15 min" in own_texts(tried) and "Standing on after charging: at most 5" in tried.text
    assert CHINESE.search(own_texts(tried)) is None

    day = local(6, "00:00")[:10]
    operator.post(form, {**priced, "effective_on": day, "action": "publish"})
    listed = operator.follow()
    assert "At a charging point, once charged" in listed.text and "At most 5 yuan each time" in listed.text
    assert "Then, beside the parking fee: 2 yuan every 15 minutes" in listed.text
    again = typed_in_the_form(operator.get(form))
    assert {name: again[name] for name in OVERSTAY} == OVERSTAY, "a new version starts from it"

    later = {**stay, "entered_at": local(6, "08:00"), "left_at": local(6, "12:00")}
    shown = resident.get(sign, query_string={**later, "charging.0.ended_at": local(6, "09:00")})
    assert "Standing on at charging bay 1: 10 × 15 min" in shown.text
    wrong = resident.get(sign, query_string={**later, "charging.0.ended_at": local(6, "07:00")})
    assert wrong.status_code == 422 and 'href="#charging-0-ended-at"' in wrong.text
    assert f'value="{local(6, "07:00")}"' in wrong.text
    alone = resident.get(sign, query_string={**later, "charging.0.freed_at": local(6, "09:00")})
    assert alone.status_code == 422 and "Enter when charging ends too" in alone.text


def test_what_is_wrong_with_the_price_of_standing_on_is_said_at_its_field(enter: Enter) -> None:
    operator = enter(OPERATOR)
    form = f"{lot_of(operator, 'Car park 2 (building)')}/tariffs/add"
    typed = {**typed_in_the_form(operator.get(form)), **dict.fromkeys(OVERSTAY, "")}
    for wrong, fields in (
        ({"overstay.free_minutes": "30"}, ("overstay-unit-minutes", "overstay-unit-fen")),
        ({"overstay.cap_fen": "5"}, ("overstay-unit-minutes", "overstay-unit-fen")),
        ({**OVERSTAY, "overstay.unit.fen": "two"}, ("overstay-unit-fen",)),
        ({**OVERSTAY, "overstay.unit.minutes": "0"}, ("overstay-unit-minutes",)),
        ({**OVERSTAY, "overstay.free_minutes": "1441"}, ("overstay-free-minutes",)),
        ({**OVERSTAY, "overstay.cap_fen": "-1"}, ("overstay-cap-fen",)),
        ({**OVERSTAY, "charging.0.ended_at": "noon"}, ("charging-0-ended-at",)),
        ({**OVERSTAY, "charging.0.freed_at": local(0, "10:00")}, ("charging-0-ended-at",)),
    ):
        charging = any(name.startswith("charging") for name in wrong)
        for action in ("try",) if charging else ("try", "publish"):
            for language in ("zh", "en"):
                operator.client.set_cookie("lang", language)
                operator.get(form)
                refused = operator.post(form, {**typed, **wrong, "effective_on": "", "action": action})
                assert refused.status_code == 422, (wrong, action)
                links = set(re.findall(r'<a href="#((?:overstay|charging)[^"]+)">', refused.text))
                assert links == set(fields), (wrong, action)
                assert all(f'id="{field}-error"' in refused.text for field in fields)
                kept = typed_in_the_form(refused)
                assert {name: kept[name] for name in wrong} == wrong


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
