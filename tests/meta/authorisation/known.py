"""What lists may show: read straight from the databases, by rules of this table and none of the services'."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tests.park.park import Park
from tests.park.people import NOBODY, PEOPLE

Entry = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """What the words of the table need to know of whoever asks."""

    id: UUID
    organisations: frozenset[str]
    departments: frozenset[str]
    posts: frozenset[tuple[str, str]]


Rule = Callable[[Caller, Entry], bool]


@dataclass(frozen=True)
class Known:
    """The entries of one list, and what each word of the table means by them."""

    service: str
    sql: str
    """Gives each entry's `id`, and what the rules look at."""
    rules: Mapping[str, Rule]
    key: str = "id"
    """Where an item of the answer has that `id`."""
    without_filter: Callable[[Entry], bool] = lambda _entry: True
    """Entries that the list shows when nothing is asked for."""
    searches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values for each further query parameter that the OpenAPI document does not list itself."""

    def shown(self, answer: Any) -> list[str]:
        """Ids of the entries in an answer."""
        return [str(item[self.key]) for item in answer.json["items"]]

    def entries(self, park: Park, caller: str, words: str, *, every: bool = False) -> set[str]:
        """Ids of what `words` ("own + organisation") let the caller see; `every`: whatever the filter."""
        if words == "none":
            return set()
        who = _caller(park, caller)
        found = [entry for entry in read(park, self.service, self.sql) if every or self.without_filter(entry)]
        named = [self.rules[word] for word in words.split(" + ")]
        return {_text(entry["id"]) for entry in found if any(rule(who, entry) for rule in named)}


def read(park: Park, service: str, sql: str) -> list[Entry]:
    """What a query finds in a service's database."""
    with park.system.runtime(service).database.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(sql)).mappings()]


def known(park: Park, path: str) -> Known | None:
    """What is known of the list at a path, if it is one that shows different things to different people."""
    service, _, name = path.lstrip("/").partition("/")
    if name == "stuck-events":
        sql = "SELECT event_id AS id FROM inbox_message WHERE state IN ('waiting', 'parked')"
        return Known(service, sql, {"all": _all})
    if name == "audit/anchors":
        return Known(service, "SELECT number AS id FROM audit_anchor", {"all": _all}, key="number")
    return LISTS.get(path)


def _all(_caller: Caller, _entry: Entry) -> bool:
    return True


def _own_account(caller: Caller, entry: Entry) -> bool:
    return UUID(entry["account"]) == caller.id


def _in_the_organisation(caller: Caller, entry: Entry) -> bool:
    return entry["organisation"] in caller.organisations


_KINDS = {
    "intake": "window",
    "review": "reviewer",
    "decision": "approver",
    "extension": "approver",
    "delivery": "window",
    "check": "reviewer",
    "revocation": "approver",
    "payment": "reviewer",
    "objection": "reviewer",
}

LISTS: Mapping[str, Known] = {
    "/enterprise/cases": Known(
        "enterprise",
        "SELECT id, applicant_id, on_behalf_of AS organisation, department, state,"
        " COALESCE((SELECT group_concat(p.department) FROM case_department p"
        " WHERE p.case_id = approval_case.id), '') AS parts FROM approval_case",
        {
            "own": lambda caller, case: UUID(case["applicant_id"]) == caller.id,
            "organisation": _in_the_organisation,
            "department": lambda caller, case: (
                not caller.departments.isdisjoint({case["department"], *case["parts"].split(",")})
                and case["state"] != "draft"
            ),
            "handed in": lambda _caller, case: case["state"] != "draft",
        },
        searches={"state": ("draft", "received", "correction", "granted")},
    ),
    "/enterprise/handovers": Known(
        "enterprise",
        "SELECT id, department, handover.state FROM approval_case JOIN handover ON case_id = id",
        {"department": lambda caller, case: case["department"] in caller.departments, "all": _all},
    ),
    "/enterprise/tasks": Known(
        "enterprise",
        "SELECT id, department, kind, state FROM task",
        {
            "post": lambda caller, task: (task["department"], _KINDS[task["kind"]]) in caller.posts,
            "all": _all,
        },
        without_filter=lambda task: task["state"] in {"open", "claimed"},
        searches={"item": ("00013112700401",), "q": ("示范市", "99"), "due": ("today",)},
    ),
    "/enterprise/supervision-records": Known(
        "enterprise",
        "SELECT id, department FROM supervision_record",
        {"department": lambda caller, record: record["department"] in caller.departments, "all": _all},
        searches={"item": ("00013112700401",), "department": ("11990101MB0DEM2282",)},
    ),
    "/enterprise/enterprises": Known(
        "enterprise",
        "SELECT uscc AS id FROM enterprise",
        {"all": _all},
        key="uscc",
        searches={"q": ("示范市",)},
    ),
    "/enterprise/credit-records": Known(
        "enterprise",
        "SELECT id, account_id, uscc AS organisation, repaired_at FROM credit_record",
        {
            "own": lambda caller, record: (
                record["account_id"] is not None and UUID(record["account_id"]) == caller.id
            ),
            "organisation": _in_the_organisation,
            "all": _all,
        },
        searches={"standing": ("active",), "q": ("99",)},
    ),
    "/living/enterprises": Known(
        "living",
        "SELECT uscc AS id, uscc AS organisation FROM enterprise_copy",
        {"organisation": _in_the_organisation, "all": _all},
        key="uscc",
    ),
    "/living/parking/lots": Known(
        "living",
        "SELECT id, state FROM parking_lot",
        {"in use": lambda _caller, lot: lot["state"] != "draft", "all": _all},
    ),
    "/production/enterprises": Known(
        "production",
        "SELECT uscc AS id, uscc AS organisation FROM enterprise_copy",
        {"organisation": _in_the_organisation, "all": _all},
        key="uscc",
    ),
    "/production/machines": Known(
        "production",
        "SELECT id, state FROM machine",
        {"offered": lambda _caller, machine: machine["state"] == "published"},
        searches={
            "process": ("turning",),
            "material": ("carbon_steel",),
            "accuracy_um": ("10",),
            "travel_x_mm": ("300",),
            "travel_y_mm": ("200",),
            "travel_z_mm": ("200",),
            "place": ("3号",),
            "max_fen": ("12000",),
            "quantity": ("1",),
            "with_operator": ("false",),
            "owner": ("91",),
            "pieces": ("5",),
            "starts_at": ("2026-12-10T01:00:00+00:00",),
            "ends_at": ("2026-12-10T04:00:00+00:00",),
            "unit": ("hour",),
        },
    ),
    "/production/own-machines": Known(
        "production",
        "SELECT id, owner AS organisation FROM machine",
        {"organisation": _in_the_organisation},
    ),
    "/production/machine-bookings": Known(
        "production",
        "SELECT id, customer, owner FROM machine_booking",
        {
            "sides": lambda caller, booking: (
                not caller.organisations.isdisjoint({booking["customer"], booking["owner"]})
            ),
            "all": _all,
        },
    ),
    "/production/machine-series": Known(
        "production",
        "SELECT id, customer, owner FROM machine_series",
        {
            "sides": lambda caller, series: (
                not caller.organisations.isdisjoint({series["customer"], series["owner"]})
            ),
            "all": _all,
        },
    ),
    "/production/machine-waitlist": Known(
        "production",
        "SELECT id, customer, owner FROM machine_waiting",
        {
            "sides": lambda caller, entry: (
                not caller.organisations.isdisjoint({entry["customer"], entry["owner"]})
            ),
            "all": _all,
        },
    ),
    "/production/statements": Known(
        "production",
        "SELECT firm AS id, firm AS organisation FROM monthly_statement",
        {"organisation": _in_the_organisation, "all": _all},
        key="firm",
    ),
    "/production/firm-payments": Known(
        "production",
        "SELECT id, firm AS organisation FROM firm_payment",
        {"organisation": _in_the_organisation, "all": _all},
    ),
    "/production/machine-disputes": Known(
        "production",
        "SELECT id, customer, owner FROM machine_dispute",
        {
            "sides": lambda caller, dispute: (
                not caller.organisations.isdisjoint({dispute["customer"], dispute["owner"]})
            ),
            "all": _all,
        },
        searches={"running": ("true",)},
    ),
    "/production/machine-ratings": Known(
        "production",
        "SELECT id FROM machine_rating WHERE shown_at IS NOT NULL",
        {"shown": _all},
        searches={"firm": ("91",)},
    ),
    "/living/parking/stays": Known(
        "living",
        "SELECT id, state FROM parking_stay",
        {"all": _all},
        searches={"plate": ("苏A·12345",), "lot": ("GATES",)},
    ),
    "/living/parking/own-stays": Known(
        "living",
        """
        SELECT stay.id, account_id AS account FROM parking_stay AS stay
        JOIN parking_car ON plate = mark AND registered_at <= entered_at WHERE state = 'inside'
        UNION SELECT subject_id, made_by FROM parking_payment
        WHERE subject = 'stay' AND made_by IS NOT NULL AND refunds IS NULL
        """,
        {"own": _own_account},
    ),
    "/living/parking/orders": Known(
        "living",
        "SELECT id, made_by FROM parking_order WHERE made_by IS NOT NULL",
        {"own": lambda caller, order: UUID(order["made_by"]) == caller.id},
    ),
    "/living/parking/coupons": Known(
        "living",
        "SELECT id, giver AS organisation, used_at FROM parking_coupon",
        {"organisation": _in_the_organisation, "all": _all},
        searches={"used": ("false",)},
    ),
    "/living/parking/reservations": Known(
        "living",
        "SELECT id, account_id AS account FROM parking_reservation",
        {"own": _own_account, "all": _all},
        searches={"lot": ("P1",)},
    ),
    "/living/parking/passes": Known(
        "living",
        "SELECT id, holder_id AS account FROM parking_pass",
        {"own": _own_account, "all": _all},
        searches={"lot": ("P5",)},
    ),
    "/living/parking/quotas": Known(
        "living",
        "SELECT id, firm AS organisation FROM parking_quota",
        {"organisation": _in_the_organisation, "all": _all},
        searches={"lot": ("Q1",)},
    ),
    "/living/parking/visits": Known(
        "living",
        "SELECT id, firm AS organisation FROM parking_visit",
        {"organisation": _in_the_organisation, "all": _all},
        searches={"lot": ("P1",)},
    ),
    "/notifications/messages": Known(
        "notifications",
        "SELECT id, recipient FROM message",
        {"own": lambda caller, message: UUID(message["recipient"]) == caller.id},
    ),
}


def _caller(park: Park, name: str) -> Caller:
    if name == NOBODY:
        return Caller(UUID(int=0), frozenset(), frozenset(), frozenset())
    person = PEOPLE[name]
    sql = "SELECT account_id, uscc FROM organisation JOIN organisation_member ON organisation_id = id"
    return Caller(
        id=person.id,
        organisations=frozenset(
            row["uscc"] for row in read(park, "gateway", sql) if UUID(row["account_id"]) == person.id
        ),
        departments=frozenset(department for department, _kind in person.posts),
        posts=frozenset((department, kind.value) for department, kind in person.posts),
    )


def _text(value: str | int) -> str:
    """SQLite keeps a UUID without its hyphens."""
    text = str(value)
    return str(UUID(text)) if len(text) == 32 else text
