"""Versions of items and the new kinds of item in the browser, without scripts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from approvals.enterprise.service import service as enterprise
from approvals.items.catalogue import Catalogue
from gateway.service import service as gateway
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.portal.conftest import ITEM, Browser
from tests.unit.item_versions import two_versions

LAST_MOMENT = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
FIRST_MOMENT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


@pytest.fixture
def clock_of_site() -> ManualClock:
    """The last hour of A1's first version."""
    return ManualClock(LAST_MOMENT)


@pytest.fixture
def reader(site: SystemFactory, clock_of_site: ManualClock) -> Iterator[Browser]:
    """The browser of somebody who is there while another version of A1 comes into force."""
    service = replace(
        enterprise, resources=lambda settings: {**enterprise.resources(settings), Catalogue: two_versions()}
    )
    system = site([gateway, service, notifications], clock=clock_of_site, demo=True)
    system.seed()
    yield Browser(system.edge_app.test_client())


def test_a_draft_is_moved_on_with_one_button(reader: Browser, clock_of_site: ManualClock) -> None:
    application = reader.sign_in("agent").start()
    reader.get(f"{application}/sections/company")
    reader.post(f"{application}/sections/company", {"action": "draft", "trade_name": "云栖湾"})
    assert "renew-version" not in reader.get(application).text
    clock_of_site.set(FIRST_MOMENT)

    page = reader.get(application).text
    assert "您开始填写后，事项已有新版本" in page
    assert "住所材料改为承诺。" in page and "申请表新增：住所 · 所在楼层" in page
    assert reader.get(f"{application}/check").headers["Location"] == application

    reader.get(application)
    guards = {name: reader.hidden(name) for name in ("csrf_token", "version", "idempotency_key")}
    answers = [reader.client.post(f"{application}/renew-version", data=guards) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], "a second click does no harm"
    page = reader.get(answers[0].headers["Location"]).text
    assert "草稿已转到2026.2版" in page and "renew-version" not in page
    section = reader.get(f"{application}/sections/company").text
    assert 'value="云栖湾"' in section
    assert "所在楼层" in reader.get(f"{application}/sections/premises").text


def test_what_was_handed_in_is_shown_by_its_own_version(reader: Browser, clock_of_site: ManualClock) -> None:
    handed_in = (
        reader.sign_in("agent2")
        .get("/applications?state=received")
        .text.partition('<a href="/applications/')[2]
    )
    application = "/applications/" + handed_in[:36]
    assert "楼层（选填）" in reader.get(application).text
    clock_of_site.set(FIRST_MOMENT)
    assert "楼层（选填）" in reader.get(application).text
    assert "新版本" not in reader.page.text  # type: ignore[union-attr]


def test_the_guide_names_its_version_and_leads_to_the_one_in_force(
    reader: Browser, clock_of_site: ManualClock
) -> None:
    clock_of_site.set(FIRST_MOMENT)
    page = reader.get(f"/items/{ITEM}").text
    assert "2026.2，自" in page and "与2026.1版相比的变化" in page and "/applications/new?item=" in page
    assert f'href="/items/{ITEM}?version=2026.1"' in page

    old = reader.get(f"/items/{ITEM}?version=2026.1").text
    assert "这不是现行有效的版本" in old and "查看现行有效的2026.2版" in old
    assert "/applications/new" not in old
    assert reader.get(f"/items/{ITEM}?version=none").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_guide_and_every_topic_can_be_read(visitor: Browser, language: str) -> None:
    visitor.client.set_cookie("lang", language)
    catalogue = visitor.get("/api/v1/enterprise/items").json
    assert catalogue is not None
    for item in catalogue["items"]:
        page = visitor.get(f"/items/{item['code']}")
        assert page.status_code == 200, item["slug"]
        assert item["name"][language] in unescape(page.text)
    for category, others in (("operation", 8), ("finance", 7)):
        assert visitor.get(f"/items?category={category}").text.count('<li class="yb-item">') == others
