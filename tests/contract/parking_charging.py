"""Cars at the charging points of a car park, by the examples of the description."""

import json
from datetime import timedelta
from typing import Any

from facilities.living.parking.gates.devices import header_of
from tests.contract.parking import RUNS, Reads
from tests.integration.facilities.parking.car_park import OPERATOR, car_park
from tests.integration.facilities.parking.charging import EVENTS, charging_bays


def charge_cars(reader: Reads) -> None:
    """A point is set up and tells, a car is named, and a bay is seen free."""
    runtime = reader.park.system.runtime("living")
    made = car_park(runtime, code="CHARGING")
    with runtime.transaction(OPERATOR) as tx:
        _lot, _zone, (bay,) = charging_bays(tx, made.lot, 1)
        bay_id = bay.id

    def sent(operation: str, path: str, version: str, **changes: Any) -> Any:
        body = {**reader.example(f"living_{operation}"), **changes}
        headers = {"If-Match": version}
        answer = reader.park.ask(RUNS, "POST", f"/living/parking/{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.get_json()

    version = reader.park.ask(RUNS, "GET", f"/living/parking/lots/{made.lot}").headers["ETag"]
    point = sent("add_charging_point", f"bays/{bay_id}/charging-points", version, code="CHARGING-1")
    at = runtime.clock.now() - timedelta(minutes=5)
    told = {**reader.example("living_tell_charging_event"), "at": at.isoformat()}
    body = json.dumps(told, ensure_ascii=False).encode()
    header = header_of(point["code"], point["secret"], "POST", EVENTS, runtime.clock.now(), body)
    headers = {"Authorization": header, "Content-Type": "application/json"}
    path = "/living/parking/charging-events"
    answer = reader.park.ask("anonymous", "POST", path, data=body, headers=headers)
    assert answer.status_code == 200, answer.text
    charge = answer.get_json()["charge_id"]
    reader.do(RUNS, "living_name_charged_car", charge_id=charge)
    reader.do(RUNS, "living_see_charging_bay_free", charge_id=charge)
