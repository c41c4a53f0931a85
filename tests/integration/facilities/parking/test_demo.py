"""The demo park has two car parks from its first start, and no second ones from its next."""

from uuid import UUID

from facilities.living.parking.lots.queries import secrets_of
from facilities.living.service import service as living
from shared.testing.systems import SystemFactory
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
        with runtime.read() as session:
            secrets = secrets_of(session, runtime.context.cipher, UUID(each["id"]))
        assert {str(device) for device in secrets} == {device["id"] for device in devices}
        assert len(set(secrets.values())) == len(devices)
