"""The demo park has two car parks and some life in them from its first start, and no more from its next."""

from uuid import UUID

import pytest

from facilities.living.parking.lots.queries import secrets_of
from facilities.living.service import service as living
from notifications.service import service as notifications
from shared.actor import Actor, Membership
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import REGISTERED, Assembly, publisher
from tests.integration.facilities.parking.setting_up import OPERATOR, RESIDENT, SettingUp


def test_the_demo_has_two_open_car_parks_and_only_the_demo(make_system: SystemFactory) -> None:
    elsewhere = make_system([living])
    elsewhere.seed()
    assert SettingUp(elsewhere).get("/lots")["items"] == []

    system = make_system([living], demo=True)
    system.seed()
    desk, runtime = SettingUp(system), system.runtime("living")
    first = desk.get("/lots", RESIDENT)["items"]
    system.seed()
    assert desk.get("/lots", RESIDENT)["items"] == first

    assert [(each["code"], each["state"], each["capacity"]) for each in first] == [
        ("P1", "open", 108),
        ("P2", "open", 200),
    ]
    for each in first:
        shown = desk.get(f"/lots/{each['id']}", OPERATOR)
        devices = [device for lane in shown["lanes"] for device in lane["devices"]]
        assert all(
            {one["kind"] for one in lane["devices"]} == {"camera", "barrier"} for lane in shown["lanes"]
        )
        ways_in = [lane for lane in shown["lanes"] if lane["direction"] == "in"]
        assert all(len(lane["metres"]) == len(shown["zones"]) for lane in ways_in)
        points = [
            point
            for zone in shown["zones"]
            for point in desk.get(f"/zones/{zone['id']}/charging-points", OPERATOR)["items"]
        ]
        devices += [point["device"] for point in points]
        with runtime.read() as session:
            secrets = secrets_of(session, runtime.context.cipher, UUID(each["id"]))
        assert {str(device) for device in secrets} == {device["id"] for device in devices}
        assert len(set(secrets.values())) == len(devices)


LIVES = Actor("account", UUID("01890000-0000-7000-8000-000000000006"), "园区居民戊", frozenset({"resident"}))
FIRM = "91990101MA0DEM048E"
AGENT = UUID("01890000-0000-7000-8000-000000000001")
MEMBER = Actor(
    kind="account",
    id=AGENT,
    name="企业经办人甲",
    roles=frozenset({"applicant"}),
    memberships=(Membership(AGENT, FIRM, "岚桥", "administrator"),),
)


@pytest.mark.parametrize("provider", ["sandbox", ""])
def test_something_has_gone_on_by_the_first_start(
    make_system: SystemFactory, clock: ManualClock, provider: str
) -> None:
    system = make_system([publisher, living, notifications], demo=True, parking_provider=provider)
    system.seed()
    told = Assembly(system, clock)
    told.hear("living", told.event(REGISTERED, uscc=FIRM, status="active"))
    system.settle()
    desk = SettingUp(system)

    def shown() -> dict[str, int]:
        """How much of everything people of the demo find."""
        own = ("cars", "reservations", "passes", "visits", "own-stays", "orders")
        firm = ("quotas", "coupons", "visits")
        lots = [each["id"] for each in desk.get("/lots", OPERATOR)["items"]]
        run = [f"/lots/{lot}/events" for lot in lots]
        run += [f"/lots/{lots[0]}/alarms"]
        return {
            **{path: len(desk.get(f"/{path}", LIVES)["items"]) for path in own},
            **{f"firm {path}": len(desk.get(f"/{path}", MEMBER)["items"]) for path in firm},
            **{path: len(desk.get(path, OPERATOR)["items"]) for path in run},
            **{
                f"stays {code}": len(desk.get("/stays", OPERATOR, lot=code)["items"]) for code in ("P1", "P2")
            },
        }

    found = shown()
    orders = found.pop("orders")
    assert all(found.values()), found
    assert orders == (2 if provider else 0), "paid at the booth where nobody else takes payments"
    (kept,) = desk.get("/passes", LIVES)["items"]
    assert kept["state"] == "active"
    system.seed()
    system.settle()
    assert shown() == {**found, "orders": orders}


def test_of_the_demos_electric_cars_one_is_charged_one_stands_on_and_one_has_left(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    system = make_system([publisher, living, notifications], demo=True)
    system.seed()
    system.settle()
    desk = SettingUp(system)
    lot = next(each for each in desk.get("/lots", OPERATOR)["items"] if each["code"] == "P1")
    charges, stands_on, over = desk.get(f"/lots/{lot['id']}/charges", OPERATOR)["items"]
    assert charges["ended_at"] is None and charges["stay_id"] is not None
    assert stands_on["freed_at"] is None and stands_on["overstay_fen"] > 0
    assert over["freed_at"] is not None and over["stay_id"] is None
    own = [each for each in desk.get("/own-stays", LIVES)["items"] if each["id"] == stands_on["stay_id"]]
    shown = desk.get(f"/own-stays/{own[0]['id']}", LIVES)
    assert [each["bay"] for each in shown["charging"]] == [stands_on["bay"]]
    assert "overstay" in {each["kind"] for each in shown["cost"]["lines"]}
    messages = system.client("notifications", LIVES).get("/messages").get_json()["items"]
    links = [each["link"] for each in messages]
    assert links.count(f"/parking/stays/{own[0]['id']}") == 2, "when it had ended, and when it cost something"
