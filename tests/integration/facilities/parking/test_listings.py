"""Vehicles that may not come in, and those that park free."""

from facilities.living.service import service as living
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.setting_up import MANAGER, OPERATOR, RESIDENT, SettingUp, refusal


def test_a_vehicle_is_on_each_list_once_and_is_taken_off(make_system: SystemFactory) -> None:
    desk = SettingUp(make_system([living]))
    created = desk.create()
    lot = f"/lots/{desk.ok(created)['id']}"
    lists = f"{lot}/listings"
    ban = {"plate": "苏a·12345", "kind": "banned", "why": "多次占用消防通道"}

    listed = desk.ok(desk.ask(OPERATOR, "POST", lists, json=ban))
    free = {"plate": "苏A·D12345", "kind": "exempt", "exemption": "disabled", "why": "残疾人专用车"}
    exempt = desk.ok(desk.ask(OPERATOR, "POST", lists, json=free))
    both = {**free, "plate": "苏A12345"}
    desk.ok(desk.ask(OPERATOR, "POST", lists, json=both))

    assert (listed["plate"], listed["plate_kind_name"]["zh"]) == ("苏A·12345", "普通汽车")
    assert (exempt["plate_kind"], exempt["exemption_name"]["en"]) == (
        "nev_small",
        "Vehicle of a disabled person",
    )
    assert refusal(desk.ask(OPERATOR, "POST", lists, json={**ban, "plate": "苏A 12345"}))[:2] == (
        409,
        "listed-already",
    )
    wrong = {"plate": "苏A·O1234", "kind": "exempt", "why": "公务"}
    assert refusal(desk.ask(OPERATOR, "POST", lists, json=wrong))[2] == {
        ("/plate", "plate-letter"),
        ("/exemption", "required"),
    }
    never = {**ban, "plate": "苏A99999", "exemption": "fire"}
    assert refusal(desk.ask(OPERATOR, "POST", lists, json=never))[2] == {("/exemption", "banned")}
    assert [each["plate"] for each in desk.get(lists, kind="exempt")["items"]] == ["苏A·D12345", "苏A·12345"]
    assert [len(desk.get(lists, plate=part)["items"]) for part in ("d123", "12345", "%%")] == [1, 3, 0]
    # Whoever sees starred plates finds one by all of it, and cannot feel their way to it.
    assert [each["plate"] for each in desk.get(lists, MANAGER, plate="苏AD12345")["items"]] == ["苏A****45"]
    assert desk.get(lists, MANAGER, plate="D1234")["items"] == []
    page = desk.get(lists, limit=2)
    assert [each["plate"] for each in desk.get(lists, cursor=page["next"])["items"]] == ["苏A·12345"]

    # Whoever only watches changes nothing, and the car park itself is as it was.
    assert desk.ask(MANAGER, "POST", lists, json=ban).status_code == 403
    assert desk.ask(RESIDENT, "GET", lists).status_code == 404
    entry = f"{lists}/{listed['id']}/remove"
    assert desk.ask(MANAGER, "POST", entry, json={}).status_code == 403
    assert desk.ok(desk.ask(OPERATOR, "POST", entry, json={})) == listed
    assert desk.ask(OPERATOR, "POST", entry, json={}).status_code == 404
    desk.ok(desk.ask(OPERATOR, "POST", lists, json=ban))
    assert desk.ask(OPERATOR, "GET", lot).headers["ETag"] == created.headers["ETag"]
