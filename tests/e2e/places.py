"""What pages are about: cases in every state, those of the demo park and some made for the purpose."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from shared.clock import PARK_TZ
from tests.e2e.api import ITEM, Json, Person
from tests.e2e.parking_places import parking_places
from tests.e2e.server import Server, wait_until
from tests.e2e.stuck import park_unknown
from tests.integration.approvals import fire
from tests.park.machines import to_list
from tests.unit.material_samples import pdf

Places = dict[str, str]
"""Parts of addresses: the case in each state, and the certificate."""


def usual_places(server: Server) -> Places:
    """Cases in every state: those of the demo park, two drafts, and the tasks claimed that pages need."""
    agent, agent2 = Person(server.url, "agent"), Person(server.url, "agent2")
    found = _by_state(agent2) | {state: _by_state(agent)[state] for state in ("correction", "refused")}
    granted = agent2.case(found["granted"])["certificate"]
    certificate = granted["id"]
    found |= {"draft": agent.draft(company={"trade_name": "样张湾"}), "empty": agent.start()}
    found |= {"unclaimed": agent2.submitted(company={"trade_name": "待领湾"})}
    for official, state in (("window", "received"), ("approver", "deciding")):
        Person(server.url, official).on_task(found[state], "claim").expect(200)
    guide_only = next(item["code"] for item in agent.get("/enterprise/items")["items"] if not item["online"])
    next_year = str(agent.get("/enterprise/calendar")["items"][-1]["year"])
    return {
        **found,
        **_fire(server, agent2, granted["uscc"]),
        **_machines(agent, agent2),
        **_machine_used(agent, agent2),
        **_machine_lists(agent, agent2),
        **parking_places(Person(server.url, "resident"), agent, Person(server.url, "operator")),
        **_car_park(Person(server.url, "operator")),
        "certificate": certificate,
        "guide_only": guide_only,
        "notice": agent.get("/enterprise/notices")["items"][0]["id"],
        "stuck": park_unknown(server),
        "next_year": next_year,
    }


def _machines(customer: Person, owner: Person) -> Places:
    """The machine that is lent with the owner's approval: free and taken times, and bookings of it."""
    offered = owner.get("/production/own-machines?state=published")["items"]
    machine = next(each for each in offered if each["rules"]["needs_approval"])
    firm = customer.get("/me")["memberships"][0]["organisation"]["uscc"]
    days = customer.get(f"/production/machines/{machine['id']}/calendar?days=30")["days"]
    whole = [each["day"] for each in days if len(each["free"]) == 1 and "08:00" in _hours(each["free"][0])]
    found: Places = {"machine": machine["id"]}
    for name, day in zip(("held", "pending", "confirmed"), whole[-4:], strict=False):
        wish = {"starts_at": f"{day}T10:00:00+08:00", "ends_at": f"{day}T12:00:00+08:00"}
        body = {"machine_id": machine["id"], "on_behalf_of": firm, **wish}
        made = customer.ask("POST", "/production/machine-bookings", body=body).expect(201)
        found[f"machine_{name}"] = made.json["id"]
        for person, verb in ((customer, "confirm"), (owner, "approve"))[: _STEPS[name]]:
            path = f"/production/machine-bookings/{made.json['id']}"
            version = person.ask("GET", path).headers["ETag"]
            person.ask("POST", f"{path}/{verb}", body={}, If_Match=version).expect(200)
    for name, day in (("machine", whole[-1]), ("machine_taken", whole[-2])):
        found |= {f"{name}_from": f"{day}T10:00", f"{name}_until": f"{day}T12:00"}
    return found


def _machine_lists(customer: Person, owner: Person) -> Places:
    """A series, somebody who waits, the code of a machine, a statement, and a rating of the demo."""
    booked = customer.get("/production/machine-bookings?state=confirmed&side=customer")["items"][0]
    firm = booked["customer"]
    who = {"machine_id": booked["machine_id"], "on_behalf_of": firm}
    full = {"starts_at": booked["starts_at"], "ends_at": booked["ends_at"]}
    waits = customer.ask("POST", "/production/machine-waitlist", body={**who, **full}).expect(201).json
    day = datetime.fromisoformat(booked["starts_at"]) + timedelta(days=1, hours=5)
    times = {"starts_at": day.isoformat(), "ends_at": (day + timedelta(hours=1)).isoformat()}
    rule = {"rule": "FREQ=DAILY;COUNT=6", "mode": "skip"}
    series = (
        customer.ask("POST", "/production/machine-series", body={**who, **times, **rule}).expect(201).json
    )
    code = owner.get(f"/production/machines/{booked['machine_id']}/check-in-code")["url"]
    statement = customer.get("/production/statements")["open"][0]
    return {
        "machine_waits": waits["id"],
        "machine_series": series["id"],
        "machine_check_in": urlsplit(code).path,
        "statement": f"{statement['firm']}/{statement['month']}",
        "machine_rating": owner.get(f"/production/machine-ratings?firm={booked['owner']}")["items"][0]["id"],
    }


def _machine_used(customer: Person, owner: Person) -> Places:
    """A use that is over, its quality recorded, and a dispute about it.

    The time kept for setting up is so long that the machine is handed over at once.
    """
    firm = owner.get("/production/own-machines?state=published")["items"][0]["owner"]
    rules = {"start_grid_min": 15, "shortest_min": 30, "set_up_min": 480, "horizon_days": 2}
    body = to_list(firm, name={"zh": "线切割机", "en": "Wire eroding machine"})
    made = owner.ask("POST", "/production/machines", body={**body, "rules": rules}).expect(201)
    machine = f"/production/machines/{made.json['id']}"
    owner.ask("POST", f"{machine}/publish", body={}, If_Match=made.headers["ETag"]).expect(200)
    start = datetime.now(PARK_TZ).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    wish = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    borrower = customer.get("/me")["memberships"][0]["organisation"]["uscc"]
    wish |= {"machine_id": made.json["id"], "on_behalf_of": borrower}
    booking = customer.ask("POST", "/production/machine-bookings", body=wish).expect(201).json["id"]
    path = f"/production/machine-bookings/{booking}"
    claim = {"reason": "quality", "text": "φ20 +0.05", "claimed_fen": 2000}
    for person, verb, said in (
        (customer, "confirm", {}),
        (owner, "start", {}),
        (owner, "finish", {}),
        (customer, "disputes", claim),
    ):
        version = person.ask("GET", path).headers["ETag"]
        answered = person.ask("POST", f"{path}/{verb}", body=said, If_Match=version)
    result = {"accepted_pieces": 96, "rejected_pieces": 4, "measured": "φ20 +0.02"}
    owner.ask("PUT", f"{path}/quality", body=result, If_Match='"0"').expect(200)
    charge = owner.get(path)["charges"][0]["id"]
    return {
        "machine_used": booking,
        "machine_charge": charge,
        "machine_dispute": answered.expect(201).json["id"],
        "lender": firm,
    }


def _car_park(operator: Person) -> Places:
    """A car park of the demo where a car was let in by hand, and what belongs to it."""
    lot = operator.get("/living/parking/lots")["items"][0]["id"]
    found = operator.get(f"/living/parking/lots/{lot}")
    lane = next(each for each in found["lanes"] if each["direction"] == "in")
    opened = {"reason": "摄像头故障", "plate": "新A·12345"}
    made = operator.ask("POST", f"/living/parking/lanes/{lane['id']}/open", body=opened).expect(201).json
    return {
        **_charging(operator, next(each for each in found["zones"] if each["kind"] == "charging")),
        "operated_lot": lot,
        "operated_zone": found["zones"][0]["id"],
        "operated_lane": lane["id"],
        "operated_device": lane["devices"][0]["id"],
        "operated_stay": made["answer"]["stay_id"],
    }


def _charging(operator: Person, zone: Json) -> Places:
    """A charging point, a car at one, and their zone, in which one bay more has a number and no point."""
    at = f"/living/parking/zones/{zone['id']}"
    points = operator.get(f"{at}/charging-points")["items"]
    holds = zone["capacity"]
    more = {"name": zone["name"], "capacity": holds + 1}
    bay = {"prefix": "C", "first": holds + 1, "last": holds + 1, "digits": 3}
    for method, path, body in (("PUT", at, more), ("POST", f"{at}/bays", bay)):
        version = operator.ask("GET", at).headers["ETag"]
        assert operator.ask(method, path, body=body, If_Match=version).status in (200, 201)
    return {
        "operated_charging": zone["id"],
        "operated_point": points[0]["device"]["id"],
        "operated_charge": next(each["charge"]["id"] for each in points if each["charge"]),
    }


_STEPS = {"held": 0, "pending": 1, "confirmed": 2}
"""How many steps a booking has gone."""


def _hours(free: Json) -> str:
    """The beginning of a free time by the wall clock of the park."""
    return datetime.fromisoformat(free["starts_at"]).astimezone(PARK_TZ).strftime("%H:%M")


def _fire(server: Server, agent: Person, uscc: str) -> Places:
    """Applications for the fire inspection: a draft, one ready to promise, one granted and being checked."""
    wait_until(lambda: bool(agent.get("/me")["memberships"]), "the firm of the granted case")
    found: Places = {}
    for name, route in (
        ("fire_draft", "ordinary"),
        ("fire_promise", "promise"),
        ("fire_granted", "promise"),
    ):
        wanted = {"item_code": fire.ITEM, "on_behalf_of": uscc}
        started = agent.ask("POST", "/enterprise/cases", body=wanted).expect(201).json
        found[name] = case_id = started["id"]
        agent.act(case_id, "choose-route", {"route": route}).expect(200)
        version = agent.case(case_id)["version"]
        path, body = f"/enterprise/cases/{case_id}", {"answers": fire.ANSWERS}
        agent.ask("PATCH", path, body=body, If_Match=f'"{version}"').expect(200)
        for code in fire.BOTH_WAYS:
            agent.upload(case_id, code, pdf()).expect(201)
    agent.act(case_id, "submit", {"declaration": True, "promise": True}).expect(200)
    for official, verb, said in (
        ("firewindow", "accept", {}),
        ("fireapprover", "decide", {"granted": True}),
        ("fireinspector", None, {}),
    ):
        person = Person(server.url, official)
        person.on_task(case_id, "claim").expect(200)
        if verb is not None:
            person.act(case_id, verb, said).expect(200)
    return found


def moved_places(server: Server, places: Places) -> Places:
    """The demo cases whose clocks stand still or whose limit was extended, and the tasks that pages need."""
    agent, agent2 = Person(server.url, "agent"), Person(server.url, "agent2")
    found = {"stopped": _by_state(agent)["reviewing"], "extendable": places["accepted"]}
    for case in agent2.get("/enterprise/cases?state=reviewing")["items"]:
        extension = agent2.case(case["id"])["extension"]
        if extension is not None:
            found["asked" if extension["state"] == "requested" else "extended"] = case["id"]
    for official, name in (("reviewer", "extendable"), ("approver", "asked")):
        Person(server.url, official).on_task(found[name], "claim").expect(200)
    Person(server.url, "window").on_task(places["granted"], "claim").expect(200)
    found |= {"proposed": _to_be_revoked(server, "撤甲"), "heard": _to_be_revoked(server, "撤乙")}
    agent2.act(found["heard"], "state-objection", {"text": "我方并不知情"}).expect(200)
    Person(server.url, "approver").on_task(found["heard"], "claim").expect(200)
    return {**places, **found}


def _to_be_revoked(server: Server, name: str) -> str:
    """A case that was granted, and whose revocation is proposed."""
    agent, window, reviewer, approver = (
        Person(server.url, who) for who in ("agent2", "window", "reviewer", "approver")
    )
    case_id = agent.submitted(company={"trade_name": name})
    window.on_task(case_id, "claim").expect(200)
    window.act(case_id, "accept").expect(200)
    reviewer.on_task(case_id, "claim").expect(200)
    checks = reviewer.get(f"/enterprise/items/{ITEM}")["review_checks"]
    passed = [{"key": each["key"], "result": "pass", "note": ""} for each in checks]
    opinion = {"conclusion": "approve", "text": "齐全", "checks": passed}
    reviewer.on_task(case_id, "opinion", opinion).expect(200)
    approver.on_task(case_id, "claim").expect(200)
    approver.act(case_id, "decide", {"granted": True}).expect(200)
    proposal = {"ground": "obtained_by_deceit", "facts": "住所证明系伪造"}
    reviewer.act(case_id, "propose-revocation", proposal).expect(200)
    return case_id


def _by_state(person: Person) -> Places:
    """The oldest case in each state, for other tests make new ones; the list begins with the newest."""
    cases: list[Json] = person.get("/enterprise/cases")["items"]
    return {case["state"]: case["id"] for case in cases}
