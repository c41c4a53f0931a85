"""Cars at the lanes of a car park, by the examples of the description."""

import json
from typing import Any

from facilities.living.parking.gates.codes import code_of
from facilities.living.parking.gates.devices import header_of
from tests.contract.parking import RUNS, Reads
from tests.integration.facilities.parking.car_park import car_park


def drive_through_lanes(reader: Reads) -> None:
    """What devices, drivers and the operator send."""
    runtime = reader.park.system.runtime("living")
    made = car_park(runtime, code="LANES")

    def tell(operation: str, path: str, device: str = "in", **changes: Any) -> None:
        body = json.dumps({**reader.example(f"living_{operation}"), **changes}, ensure_ascii=False).encode()
        camera = made.camera_in if device == "in" else made.camera_out
        at = f"/api/v1/living/parking/{path}"
        header = header_of(f"LANES-{device}", made.secrets[camera], "POST", at, runtime.clock.now(), body)
        headers = {"Authorization": header, "Content-Type": "application/json"}
        answer = reader.park.ask("anonymous", "POST", f"/living/parking/{path}", data=body, headers=headers)
        assert answer.status_code == 200, answer.text

    tell("tell_gate_event", "gate-events")
    tell("tell_barrier_opening", "barrier-openings", "out")  # which nothing explains
    tell("tell_gate_event", "gate-events", id="unread", plate=None, seen_at=runtime.clock.now().isoformat())
    token = code_of(runtime.context.settings, made.way_in)
    scanned = {**reader.example("living_scan_lane_code"), "token": token}
    reader.do("anonymous", "living_scan_lane_code", scanned, lane_id=made.way_in)
    reader.do(RUNS, "living_open_lane_by_hand", lane_id=made.way_in)
    reader.do(RUNS, "living_count_cars", zone_id=made.near)
    reader.do(RUNS, "living_take_stock_of_lot", lot_id=made.lot)
    alarms = reader.do(RUNS, "living_list_parking_alarms", lot_id=made.lot).get_json()["items"]
    seen = reader.example("living_see_parking_alarm")
    path = f"/living/parking/alarms/{alarms[0]['id']}/see"
    version = {"If-Match": f'"{alarms[0]["version"]}"'}
    answer = reader.park.ask(RUNS, "POST", path, json=seen, headers=version)
    assert answer.status_code == 200, answer.text
