"""What the pages about parking are about: made by the API, as residents and members of firms would."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from shared.clock import PARK_TZ
from tests.e2e.api import Json, Person

PLATE = "新A·70001"


def parking_places(resident: Person, member: Person, operator: Person) -> dict[str, str]:
    """A car inside, a reservation, a pass that waits and what was paid, a visitor and coupons."""
    lot = resident.get("/living/parking/lots")["items"][0]
    tomorrow = (datetime.now(PARK_TZ) + timedelta(days=1)).date()
    day = [datetime.fromisoformat(f"{tomorrow}T{hour}:00").replace(tzinfo=PARK_TZ) for hour in ("09", "12")]
    time = {"starts_at": day[0].isoformat(), "ends_at": day[1].isoformat()}

    def make(who: Person, path: str, **body: object) -> Json:
        made: Json = who.ask("POST", f"/living/parking/{path}", body=body).expect(201).json
        return made

    make(resident, "cars", plate=PLATE, name="")
    lane = next(
        each
        for each in resident.get(f"/living/parking/lots/{lot['id']}")["lanes"]
        if each["direction"] == "in"
    )
    make(operator, f"lanes/{lane['id']}/open", reason="摄像头故障", plate=PLATE)
    reservation = make(resident, "reservations", lot_id=lot["id"], plate="新A·70002", **time)
    bought = make(resident, "passes", lot_id=lot["id"], plates=["新A·70003"])
    paid = make(resident, "orders", pass_id=bought["id"])
    code = {"code": paid["pay_code"]}
    resident.ask("POST", "/living/parking/sandbox/pay", body=code).expect(200)
    waits = make(resident, "passes", lot_id=lot["id"], plates=["新A·70004"])
    firm = member.get("/me")["memberships"][0]["organisation"]["uscc"]
    visit = make(
        member,
        "visits",
        lot_id=lot["id"],
        plate="新A·70005",
        minutes=60,
        on_behalf_of=firm,
        **time,
    )
    coupons = make(
        member,
        "coupons",
        lot_id=lot["id"],
        giver=firm,
        name={"zh": "午餐券", "en": "Lunch"},
        minutes=60,
        valid_until=time["ends_at"],
        count=2,
    )
    return {
        "parking_lot": lot["id"],
        "parking_from": f"{tomorrow}T09:00",
        "parking_until": f"{tomorrow}T12:00",
        "parking_reservation": reservation["id"],
        "parking_pass": bought["id"],
        "parking_order": make(resident, "orders", pass_id=waits["id"])["id"],
        "parking_payment": resident.get(f"/living/parking/orders/{paid['id']}")["payment_id"],
        "parking_stay": resident.get("/living/parking/own-stays")["items"][0]["id"],
        "parking_charged": _charged(resident),
        "parking_visit": visit["id"],
        "parking_visitor": urlsplit(visit["url"]).path.removeprefix("/parking/visits/"),
        "parking_coupon": coupons["items"][0]["code"],
    }


def _charged(resident: Person) -> str:
    """The stay of the resident's car that stands on at a charging point of the demo."""
    for stay in resident.get("/living/parking/own-stays")["items"]:
        if resident.get(f"/living/parking/own-stays/{stay['id']}")["charging"]:
            return str(stay["id"])
    raise LookupError("no car of the resident has been charged")
