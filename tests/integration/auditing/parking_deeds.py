"""Every operation by which car parks are set up."""

from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.setting_up import LOT, OPERATOR, TARIFF, SettingUp

NAME = {"zh": "东区", "en": "East"}


def set_up_parking(system: SystemUnderTest) -> None:
    """A car park from the draft to its closing, with a list that somebody is put on and taken off."""
    desk = SettingUp(system)
    lot = f"/lots/{desk.ok(desk.create(code='P9'))['id']}"
    desk.ok(desk.put(lot, {name: value for name, value in LOT.items() if name != "code"}))
    zone = desk.zone(lot)
    desk.ok(desk.put(f"/zones/{zone}", {"name": NAME, "capacity": 5}))
    desk.ok(desk.on(f"/zones/{zone}", "bays", {"first": 1, "last": 2}))
    lane = f"/lanes/{desk.lane(lot, 'in')}"
    desk.lane(lot, "out")
    desk.ok(desk.put(lane, {"name": NAME, "metres": [{"zone_id": zone, "metres": 40}]}))
    device = f"/devices/{desk.ok(desk.on(lane, 'devices', {'code': 'P9-IN', 'kind': 'camera'}))['id']}"
    for verb in ("disable", "enable", "renew-secret"):
        desk.ok(desk.on(device, verb))
    desk.ok(desk.on(lot, "tariffs", TARIFF))
    stay = {"vehicle": "small", **dict.fromkeys(("entered_at", "left_at"), system.clock.now().isoformat())}
    desk.ok(desk.ask(OPERATOR, "POST", f"{lot}/tariffs/try", json=stay))
    desk.ok(desk.ask(OPERATOR, "POST", "/tariffs/try", json={**stay, "tariff": TARIFF}))
    ban = {"plate": "苏A·12345", "kind": "banned", "why": "占用消防通道"}
    listed = desk.ok(desk.ask(OPERATOR, "POST", f"{lot}/listings", json=ban))
    desk.ok(desk.ask(OPERATOR, "POST", f"{lot}/listings/{listed['id']}/remove", json={}))
    for verb in ("open", "close"):
        desk.ok(desk.on(lot, verb))
