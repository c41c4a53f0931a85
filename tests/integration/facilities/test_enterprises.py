"""The copies of enterprises in living and production: kept from events, shown to those who may see them."""

from typing import Any

import pytest
import sqlalchemy as sa

from facilities.enterprises.model import EnterpriseCopy
from facilities.living.service import service as living
from facilities.production.service import service as production
from shared.actor import Actor, Membership
from shared.clock import ManualClock
from shared.http.paging import Cursor
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.testing.schema import schema_differences
from shared.testing.systems import ApiClient, SystemFactory
from tests.integration.assembly import REGISTERED, Assembly, publisher

FIRST, SECOND, THIRD = "91990101MA0DEM013U", "91990101MA0DEM021N", "91990101MA0DEM03XE"


def person(*roles: str, of: tuple[str, ...] = ()) -> Actor:
    memberships = tuple(Membership(new_id(), uscc, "示范企业", "member") for uscc in of)
    return Actor(
        kind="account", id=new_id(), name="示范人员", roles=frozenset(roles), memberships=memberships
    )


ENGINE = ("facilities.capacity", "facilities.enterprises")
PACKAGES = {"living": ENGINE, "production": (*ENGINE, "facilities.production")}
"""Whose tables the services have."""


@pytest.fixture
def assembly(make_system: SystemFactory, clock: ManualClock) -> Assembly:
    return Assembly(make_system([publisher, living, production]), clock)


@pytest.fixture(params=["living", "production"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def park(assembly: Assembly) -> Assembly:
    """Three registered enterprises."""
    for uscc, name, day in (
        (FIRST, "示范市云栖湾精密传动有限公司", 25),
        (SECOND, "示范市澜川新能源材料有限公司", 26),
        (THIRD, "示范市澄岸电子科技有限公司", 26),
    ):
        stored = assembly.event(REGISTERED)
        assembly.say(
            REGISTERED, uscc=uscc, name=name, established_on=stored.data["established_on"].replace(day=day)
        )
    assembly.worker.run_until_idle()
    return assembly


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["uscc"] for item in answer.get_json()["items"]]


def test_the_tables_are_those_the_models_expect(assembly: Assembly, service: str) -> None:
    assert schema_differences(assembly[service].database, *PACKAGES[service]) == []


def test_a_registered_enterprise_is_known_to_both_services(assembly: Assembly, service: str) -> None:
    assembly.say(REGISTERED)
    assembly.worker.run_until_idle()

    answer = assembly.system.client(service, person("operator")).get("/enterprises/91990101MA0DEM080R")

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.get_json() == {
        "uscc": "91990101MA0DEM080R",
        "name": "示范市知渡工业软件有限公司",
        "legal_representative": "法定代表人甲",
        "industry_code": "I6513",
        "region_code": "990101",
        "registered_capital_fen": 300_000_000,
        "established_on": "2026-11-27",
        "status": "active",
        "as_of": "2026-11-23T01:00:00+00:00",
    }


def test_only_a_newer_event_replaces_the_copy(assembly: Assembly, service: str) -> None:
    consumer = Consumer(assembly[service])
    told = [(3, "三"), (1, "一"), (2, "二"), (4, "四"), (4, "又四")]
    for sequence, name in told:
        status = "closed" if sequence == 4 else "active"
        event = assembly.event(REGISTERED, sequence=sequence, name=name, status=status)
        consumer.receive(assembly.wire(event))

    with assembly[service].read() as session:
        copy = session.scalars(sa.select(EnterpriseCopy)).one()
    assert (copy.sequence, copy.name, copy.status) == (4, "四", "closed")


@pytest.mark.parametrize("role", ["operator", "manager", "administrator", "auditor"])
def test_those_who_run_or_watch_the_park_see_all_the_youngest_first(
    park: Assembly, service: str, role: str
) -> None:
    assert codes(park.system.client(service, person(role)).get("/enterprises")) == [THIRD, SECOND, FIRST]


def test_members_see_their_own_and_learn_nothing_of_others(park: Assembly, service: str) -> None:
    member = park.system.client(service, person("applicant", of=(FIRST,)))

    assert codes(member.get("/enterprises")) == [FIRST]
    assert member.get(f"/enterprises/{FIRST}").status_code == 200
    assert member.get(f"/enterprises/{SECOND}").status_code == 404
    assert member.get("/enterprises/91990101MA0DEM9999").status_code == 404
    both = park.system.client(service, person(of=(FIRST, THIRD, "91990101MA0DEM101A")))
    assert codes(both.get("/enterprises")) == [THIRD, FIRST]


@pytest.mark.parametrize("role", ["resident", "applicant", "official"])
def test_those_who_belong_to_no_enterprise_are_refused_everywhere_alike(
    park: Assembly, service: str, role: str
) -> None:
    stranger = park.system.client(service, person(role))

    for path in ("", f"/{FIRST}", "/91990101MA0DEM9999", "/x"):
        assert stranger.get(f"/enterprises{path}").status_code == 403


def test_nobody_reads_without_signing_in(park: Assembly, service: str) -> None:
    visitor = park.system.client(service)

    assert visitor.get("/enterprises").status_code == 401
    assert visitor.get(f"/enterprises/{FIRST}").status_code == 401


def test_pages_follow_one_another_without_gap_or_repetition(park: Assembly, service: str) -> None:
    reader = park.system.client(service, person("manager"))
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        answer = reader.get("/enterprises", query_string=query)
        seen += codes(answer)
        cursor = answer.get_json()["next"]

    assert seen == [THIRD, SECOND, FIRST]
    assert cursor is None


def test_a_cursor_opens_nothing_that_the_list_does_not_show(park: Assembly, service: str) -> None:
    reader = park.system.client(service, person("manager"))
    cursor = reader.get("/enterprises", query_string={"limit": 1}).get_json()["next"]
    member = park.system.client(service, person(of=(FIRST,)))

    assert codes(member.get("/enterprises", query_string={"cursor": cursor})) == [FIRST]


@pytest.mark.parametrize(
    "cursor", ["x", Cursor("today", FIRST).encode(), Cursor("2026-11-26", "\x00").encode()]
)
def test_a_cursor_that_is_not_ours_is_refused(assembly: Assembly, service: str, cursor: str) -> None:
    reader = assembly.system.client(service, person("manager"))

    assert reader.get("/enterprises", query_string={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("code", ["x" * 300, "一", "..", "' OR 1=1 --"])
def test_what_is_no_code_is_not_found(assembly: Assembly, service: str, code: str) -> None:
    reader: ApiClient = assembly.system.client(service, person("manager"))

    assert reader.get(f"/enterprises/{code}").status_code == 404


def test_copies_are_read_only_here(park: Assembly, service: str) -> None:
    manager = park.system.client(service, person("administrator"))

    assert manager.post("/enterprises", json={}).status_code == 405
    assert manager.send("DELETE", f"/enterprises/{FIRST}").status_code == 405
