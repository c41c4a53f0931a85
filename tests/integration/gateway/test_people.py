"""Officials, organisations and the demo park: what the gateway hears, keeps and says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from gateway.accounts.commands import NewAccount, appoint, create_organisation, open_account
from gateway.accounts.model import Account, Department, Organisation, PositionKind, Role
from gateway.accounts.passwords import Passwords
from gateway.accounts.queries import actor_of, find_by_username, read_actor
from gateway.service import service as gateway_service
from shared.actor import SYSTEM
from shared.database import Base
from shared.errors import Conflict, InvalidInput, NotFound
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Event, encode
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime
from shared.testing.schema import schema_differences
from shared.testing.systems import SystemFactory, SystemUnderTest

from .conftest import ENTERPRISE_REGISTERED, GatewayClient

AGENT = UUID("01890000-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BUREAU = "11990101MB0DEM2282"
ENTERPRISE = {
    "uscc": "91990101MA0DEM080R",
    "name": "示范市知渡工业软件有限公司",
    "applicant_account_id": str(AGENT),
}


def _event(data: dict[str, Any], sequence: int = 1) -> bytes:
    return encode(
        Event(
            id=new_id(),
            type=ENTERPRISE_REGISTERED.type,
            source="enterprise",
            subject=str(data.get("uscc")),
            sequence=sequence,
            time=NOW,
            data=data,
        )
    )


def _said(runtime: Runtime, event_type: str) -> list[dict[str, Any]]:
    with runtime.read() as session:
        query = (
            sa.select(OutboxMessage.body)
            .where(OutboxMessage.type == event_type)
            .order_by(OutboxMessage.position)
        )
        return [json.loads(body) for body in session.scalars(query)]


def test_the_schema_is_what_the_models_expect(system: SystemUnderTest) -> None:
    assert schema_differences(system.runtime("gateway").database, "gateway") == []


def test_a_registered_enterprise_becomes_an_organisation_of_its_applicant(
    client: GatewayClient, system: SystemUnderTest
) -> None:
    client.sign_in("agent")
    assert client.get("/api/v1/me").get_json()["memberships"] == []

    Consumer(system.runtime("gateway")).receive(_event(ENTERPRISE))

    [membership] = client.get("/api/v1/me").get_json()["memberships"]
    assert membership["role"] == "admin"
    assert membership["organisation"]["uscc"] == ENTERPRISE["uscc"]
    assert membership["organisation"]["name"] == ENTERPRISE["name"]
    actor = client.get("/api/v1/enterprise/cases").get_json()["actor"]
    assert actor["memberships"] == [
        [membership["organisation"]["id"], ENTERPRISE["uscc"], ENTERPRISE["name"], "admin"]
    ]
    [event] = _said(system.runtime("gateway"), "yuanban.gateway.organisation.created.v1")
    assert event["subject"] == membership["organisation"]["id"]
    assert event["data"] == {
        "organisation_id": membership["organisation"]["id"],
        "uscc": ENTERPRISE["uscc"],
        "name": ENTERPRISE["name"],
        "members": [{"account_id": str(AGENT), "role": "admin"}],
        "closed": False,
    }


def test_the_same_event_again_changes_nothing_and_a_newer_one_the_name(system: SystemUnderTest) -> None:
    gateway = system.runtime("gateway")
    body = _event(ENTERPRISE)
    renamed, late = ({**ENTERPRISE, "name": name} for name in ("新名称", "迟到的名称"))
    for again in (body, body, _event(renamed, sequence=3), _event(late, sequence=2)):
        Consumer(gateway).receive(again)

    with gateway.read() as session:
        organisation = session.scalars(sa.select(Organisation)).one()
        assert (organisation.name, len(organisation.members)) == ("新名称", 1)
        assert {row.state for row in session.scalars(sa.select(InboxMessage))} == {"done"}
    told = _said(gateway, "yuanban.gateway.organisation.created.v1")
    assert [each["data"]["name"] for each in told] == [ENTERPRISE["name"], "新名称"]


@pytest.mark.parametrize("order", [(1, 2, 2), (2, 1)])
def test_the_organisation_of_a_closed_enterprise_is_marked_in_whatever_order_one_hears_of_it(
    client: GatewayClient, system: SystemUnderTest, order: tuple[int, ...]
) -> None:
    gateway = system.runtime("gateway")
    for sequence in order:
        status = {1: "active", 2: "closed"}[sequence]
        Consumer(gateway).receive(_event({**ENTERPRISE, "status": status}, sequence=sequence))

    client.sign_in("agent")
    [membership] = client.get("/api/v1/me").get_json()["memberships"]
    assert (membership["role"], membership["organisation"]["closed"]) == ("admin", True)
    told = _said(gateway, "yuanban.gateway.organisation.created.v1")
    assert [event["data"]["closed"] for event in told] == [False, True]


def test_an_enterprise_without_an_applicant_has_no_members_yet(system: SystemUnderTest) -> None:
    Consumer(system.runtime("gateway")).receive(_event({**ENTERPRISE, "applicant_account_id": None}))

    with system.runtime("gateway").read() as session:
        assert session.scalars(sa.select(Organisation)).one().members == []


def test_an_unknown_applicant_keeps_the_event_for_somebody_to_look_at(system: SystemUnderTest) -> None:
    Consumer(system.runtime("gateway")).receive(_event({**ENTERPRISE, "applicant_account_id": str(new_id())}))

    with system.runtime("gateway").read() as session:
        row = session.scalars(sa.select(InboxMessage)).one()
        assert (row.state, row.reason) == ("waiting", "handler")
        assert session.scalars(sa.select(Organisation)).all() == []


def test_seeding_again_changes_nothing(system: SystemUnderTest) -> None:
    gateway = system.runtime("gateway")
    before = _snapshot(gateway)

    system.seed()

    assert _snapshot(gateway) == before
    assert len(before["department"]) == 12
    assert len(before["account"]) == 23
    with gateway.read() as session:
        names = list(session.scalars(sa.select(Account.name)))
    assert len(set(names)) == len(names), "slips and timelines tell people apart by their names"


def test_seeding_with_another_demo_password_changes_it(
    make_system: SystemFactory, system: SystemUnderTest
) -> None:
    changed = make_system(
        [gateway_service],
        database_url=system.settings.database_url,
        demo=True,
        demo_password="another one",
    )
    changed.seed()
    client = GatewayClient(changed, changed.edge_app.test_client(use_cookies=False))

    assert client.try_sign_in("agent", "yuanban-demo").status_code == 401
    assert client.try_sign_in("agent", "another one").status_code == 200


def test_appointments_say_the_whole_state_in_order(system: SystemUnderTest) -> None:
    gateway = system.runtime("gateway")
    wanted = [(BUREAU, PositionKind.WINDOW), (BUREAU, PositionKind.REVIEWER)]
    for positions in (wanted, wanted, []):
        with gateway.transaction(SYSTEM) as tx:
            account = find_by_username(tx.session, "window")
            assert account is not None
            appoint(tx, account, positions)

    told = [
        event
        for event in _said(gateway, "yuanban.gateway.official.appointed.v1")
        if event["data"]["name"] == "窗口人员乙"
    ]

    assert [int(event["sequence"]) for event in told] == [1, 2, 3]
    assert [[each["kind"] for each in event["data"]["positions"]] for event in told] == [
        ["window"],
        ["window", "reviewer"],
        [],
    ]
    assert told[0]["data"]["positions"][0] == {
        "department_code": BUREAU,
        "department_name": "示范区行政审批局",
        "kind": "window",
    }


def test_the_short_way_to_an_actor_leads_to_the_same_as_the_long_one(system: SystemUnderTest) -> None:
    gateway = system.runtime("gateway")
    with gateway.transaction(SYSTEM) as tx:
        account = find_by_username(tx.session, "window")
        assert account is not None
        other = tx.session.scalars(sa.select(Department.code).where(Department.code != BUREAU)).first()
        assert other is not None
        appoint(
            tx,
            account,
            [(BUREAU, PositionKind.WINDOW), (BUREAU, PositionKind.APPROVER), (other, PositionKind.REVIEWER)],
        )
        for number, uscc in enumerate(("91990101MA0DEM013U", "91990101MA0DEM021N")):
            create_organisation(tx, uscc, f"企业{number}", account.id)

    with gateway.read() as session:
        account = find_by_username(session, "window")
        assert account is not None
        short = read_actor(session, account.id, demo=True, address="203.0.113.1")
        long = actor_of(account, "203.0.113.1")

    assert short is not None
    assert (len(short.positions), len(short.memberships)) == (3, 2)
    assert replace(short, positions=(), memberships=()) == replace(long, positions=(), memberships=())
    assert set(short.positions) == set(long.positions)
    assert set(short.memberships) == set(long.memberships)


def test_nobody_is_appointed_in_a_department_that_does_not_exist(system: SystemUnderTest) -> None:
    gateway = system.runtime("gateway")
    with pytest.raises(NotFound), gateway.transaction(SYSTEM) as tx:
        account = find_by_username(tx.session, "window")
        assert account is not None
        appoint(tx, account, [("11990101MB0DEM0000", PositionKind.WINDOW)])


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"username": "x"}, ["/username"]),
        ({"username": "../etc"}, ["/username"]),
        ({"username": "名字"}, ["/username"]),
        ({"password": "short"}, ["/password"]),
        ({"password": "x" * 201}, ["/password"]),
        ({"password": "my-newcomer-1"}, ["/password"]),
        ({"username": "1", "password": "1", "mobile": "123"}, ["/username", "/password", "/mobile"]),
    ],
)
def test_every_wrong_field_of_a_new_account_is_named(
    sqlite_system: SystemUnderTest, changes: dict[str, str], wrong: list[str]
) -> None:
    gateway = sqlite_system.runtime("gateway")
    fields = {"username": "newcomer", "name": "新人", "password": "a good long one", **changes}
    wanted = NewAccount(roles=frozenset({Role.APPLICANT}), **fields)  # type: ignore[arg-type]

    with pytest.raises(InvalidInput) as caught, gateway.transaction(SYSTEM) as tx:
        open_account(tx, Passwords(gateway.settings), wanted)

    assert [error.pointer for error in caught.value.errors] == wrong


def test_a_user_name_is_taken_however_it_is_written(system: SystemUnderTest) -> None:
    gateway = system.runtime("gateway")
    wanted = NewAccount("AGENT", "冒名者", frozenset({Role.APPLICANT}), "a good long one")

    with pytest.raises(Conflict), gateway.transaction(SYSTEM) as tx:
        open_account(tx, Passwords(gateway.settings), wanted)


def test_a_mobile_number_is_kept_sealed_and_shown_masked(
    client: GatewayClient, system: SystemUnderTest
) -> None:
    gateway = system.runtime("gateway")
    wanted = NewAccount(
        "newcomer", "新人", frozenset({Role.APPLICANT}), "a good long one", mobile="+86 138 0013 8000"
    )
    with gateway.transaction(SYSTEM) as tx:
        sealed = open_account(tx, Passwords(gateway.settings), wanted).contact_sealed

    assert sealed is not None
    assert b"13800138000" not in sealed
    assert gateway.context.cipher.open(sealed) == {"mobile": "13800138000"}
    me = client.sign_in("newcomer", "a good long one").get("/api/v1/me").get_json()
    assert me["mobile"] == "138****8000"


def _snapshot(runtime: Runtime) -> dict[str, list[Any]]:
    tables = (Account, Department, Organisation, OutboxMessage)
    with runtime.read() as session:
        return {
            table.__tablename__: sorted(map(repr, session.execute(sa.select(*_columns(table))).all()))
            for table in tables
        }


def _columns(table: type[Base]) -> list[Any]:
    return list(sa.inspect(table).local_table.columns)
