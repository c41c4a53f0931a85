"""A car park is set up by what the description says."""

from typing import Any, Protocol

from werkzeug.test import TestResponse

from shared.testing.contract import Json
from tests.contract.park import Park

RUNS = "operator"


class Reads(Protocol):
    """Carries out operations by their ids."""

    park: Park

    def do(self, role: str, operation_id: str, body: Any = None, **places: Any) -> TestResponse:
        """Carry out an operation with its example, or another body."""
        ...

    def example(self, operation_id: str) -> Any:
        """The example of the body of an operation."""
        ...


def set_up_parking(reader: Reads) -> None:
    """Every request about setting up car parks that takes a body."""

    def done(operation: str, body: Any = None, **places: str) -> Json:
        found: Json = reader.do(RUNS, f"living_{operation}", body, **places).get_json()
        return found

    def example(operation: str, **changes: Any) -> Json:
        return {**reader.example(f"living_{operation}"), **changes}

    lot = done("create_parking_lot")["id"]
    done("change_parking_lot", lot_id=lot)
    zone = done("add_parking_zone", lot_id=lot)["id"]
    done("change_parking_zone", zone_id=zone)
    done("add_parking_bays", zone_id=zone)
    near = [{"zone_id": zone, "metres": 40}]
    lane = done("add_parking_lane", example("add_parking_lane", metres=near), lot_id=lot)["id"]
    done("change_parking_lane", example("change_parking_lane", metres=near), lane_id=lane)
    way_out = example("add_parking_lane", metres=near, code="OUT", direction="out")
    done("add_parking_lane", way_out, lot_id=lot)
    camera = example("add_parking_device", code="EXAMPLE-1")  # its own may be taken by what was asked before
    device = done("add_parking_device", camera, lane_id=lane)["id"]
    for verb in ("disable_parking_device", "enable_parking_device", "renew_parking_device_secret"):
        done(verb, device_id=device)
    today = reader.park.system.clock.today().isoformat()
    tariff = example("add_parking_tariff", effective_on=today)
    done("add_parking_tariff", tariff, lot_id=lot)
    stay = {"entered_at": f"{today}T01:00:00+00:00", "left_at": f"{today}T04:00:00+00:00"}
    done("try_parking_tariff", example("try_parking_tariff", **stay))
    done("try_parking_lot_tariff", example("try_parking_lot_tariff", **stay), lot_id=lot)
    listing = done("add_parking_listing", lot_id=lot)["id"]
    done("remove_parking_listing", lot_id=lot, listing_id=listing)
    done("open_parking_lot", lot_id=lot)
    done("close_parking_lot", lot_id=lot)
