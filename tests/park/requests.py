"""For every operation of the API one request that is sound, so that a refusal can only be about rights."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shared.testing import contract
from tests.park import parking
from tests.park.case_scenes import MATERIAL
from tests.park.machines import described
from tests.park.park import API
from tests.park.people import PASSWORD
from tests.park.scene import Scene
from tests.unit.calendar_cases import body as notice
from tests.unit.material_samples import pdf

SERVICE = "{service}"
"""Stands in a path for the name of each service."""
IN_EVERY_SERVICE = ("stuck-events", "audit/")
_VARIABLE = re.compile(r"{(\w+)}")


@dataclass(frozen=True, order=True)
class Operation:
    """A method and the template of a path below `/api/v1`."""

    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def variables(self) -> list[str]:
        """Names of the path's variables, in their order."""
        return _VARIABLE.findall(self.path)


CASE = "/enterprise/cases/{case_id}"
TASK = "/enterprise/tasks/{task_id}"
MACHINE = "/production/machines/{machine_id}"
MACHINE_SERIES = "/production/machine-series/{series_id}"
MACHINE_BOOKING = "/production/machine-bookings/{booking_id}"
MACHINE_DISPUTE = "/production/machine-disputes/{dispute_id}"
PASS = "/living/parking/passes/{pass_id}"
PARKING = "/living/parking"
MACHINE_RATING = "/production/machine-ratings/{rating_id}"
LOT = "/living/parking/lots/{lot_id}"

BODIES: Mapping[str, Any] = {
    "POST /auth/token": {"username": "applicant", "password": PASSWORD},
    f"PATCH {CASE}": {"answers": {"agent": {"has_agent": "false"}}},
    f"PUT {CASE}/materials/{{code}}": pdf(3),
    f"POST {CASE}/choose-route": {"route": "ordinary"},
    f"POST {CASE}/record-check": {"fulfilled": True, "findings": "与承诺一致"},
    f"POST {CASE}/submit": {"declaration": True},
    f"POST {CASE}/publish-notice": {"declaration": True},
    "POST /enterprise/notices/{notice_id}/objections": {
        "standing": "creditor",
        "name": "示范债权人",
        "reason": "尚有货款未结清",
    },
    f"POST {CASE}/check": None,
    f"POST {CASE}/renew-version": {},
    f"POST {CASE}/withdraw": {"reason": "不办了"},
    f"POST {CASE}/answer-correction": {},
    f"POST {CASE}/make-up": {},
    f"POST {CASE}/accept": {},
    f"POST {CASE}/correct-on-the-spot": {
        "changes": [{"target": "/answers/premises/room", "value": "502室"}],
        "consent": "present",
    },
    f"POST {CASE}/decline": {"kind": "refused", "ground": "not_competent", "reason": "不属于本机关职权"},
    f"POST {CASE}/request-correction": {
        "items": [{"target": f"/materials/{MATERIAL}", "requirement": "请更正"}]
    },
    f"POST {CASE}/decide": {"granted": True},
    f"POST {CASE}/start-procedure": {"kind": "testing", "reason": "样品需要检测", "expected_days": 2},
    f"POST {CASE}/end-procedure": {"kind": "testing"},
    f"POST {CASE}/request-extension": {"reason": "情形复杂"},
    f"POST {CASE}/decide-extension": {"approved": True},
    f"POST {CASE}/explain-overdue": {"reason": "申请量集中", "expected_on": "2099-12-31"},
    f"POST {CASE}/propose-revocation": {"ground": "obtained_by_deceit", "facts": "住所证明系伪造"},
    f"POST {CASE}/state-objection": {"text": "我方并不知情"},
    f"POST {CASE}/decide-revocation": {"revoked": True, "reason": "申辩不能成立"},
    f"POST {CASE}/withdraw-revocation": {"reason": "已经查明"},
    f"POST {CASE}/answer-objection": {
        "objection_id": "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e",
        "outcome": "dismissed",
        "text": "经核查不属实",
    },
    f"POST {CASE}/record-payment": {"amount_fen": 5_000_000, "voucher": "拨付2026-0012"},
    f"POST {CASE}/record-delivery": {"method": "in_person", "recipient": "企业经办人甲"},
    f"POST {CASE}/retry-handover": {},
    "POST /enterprise/tasks/claim-next": {},
    f"POST {TASK}/claim": {},
    f"POST {TASK}/release": {},
    "PUT /enterprise/calendar/{year}/draft": notice(),
    "POST /enterprise/calendar/{year}/publish": {"reason": "已与原文核对"},
    "POST /enterprise/enterprises/{uscc}/suspend": {"reason": "受灾停产"},
    "POST /enterprise/enterprises/{uscc}/resume": {"reason": "复工"},
    "POST /enterprise/credit-records": {
        "uscc": "91990101MA19YYYYXD",
        "source": "示范通报",
        "reason": "提供虚假材料",
    },
    "POST /enterprise/credit-records/{record_id}/repair": {"reason": "已核实整改"},
    f"PUT {MACHINE}": described(),
    f"POST {MACHINE}/publish": {},
    f"POST {MACHINE}/withdraw": {},
    f"POST {MACHINE}/prices": {"unit": "hour", "unit_fen": 30000, "effective_on": "2026-12-24"},
    f"POST {MACHINE}/closures": {
        "starts_at": "2026-12-24T01:00:00+00:00",
        "ends_at": "2026-12-24T05:00:00+00:00",
        "reason": "年度保养",
    },
    f"POST {MACHINE_BOOKING}/confirm": {},
    f"POST {MACHINE_BOOKING}/approve": {},
    f"POST {MACHINE_BOOKING}/reject": {"reason": "设备检修"},
    f"POST {MACHINE_BOOKING}/cancel": {"reason": "样件未到"},
    f"POST {MACHINE_BOOKING}/move": {
        "starts_at": "2026-12-24T01:00:00+00:00",
        "ends_at": "2026-12-24T05:00:00+00:00",
    },
    f"POST {MACHINE_BOOKING}/start": {},
    "POST /production/machine-waitlist/{entry_id}/leave": {},
    f"POST {MACHINE_BOOKING}/finish": {},
    f"POST {MACHINE_BOOKING}/no-show": {},
    f"POST {MACHINE_SERIES}/approve": {},
    f"POST {MACHINE_SERIES}/reject": {"reason": "设备检修"},
    f"POST {MACHINE_SERIES}/cancel": {"scope": "all", "reason": "样件未到"},
    f"POST {MACHINE_SERIES}/change": {"scope": "all", "since": "05:00", "length_min": 120},
    "POST /production/machine-feeds/{feed_id}/renew": None,
    "POST /production/machine-feeds/{feed_id}/revoke": None,
    f"PUT {MACHINE_BOOKING}/quality": {"accepted_pieces": 96, "rejected_pieces": 4},
    f"PUT {MACHINE_BOOKING}/quality/report": pdf(2),
    f"POST {MACHINE_BOOKING}/quality/accept": {},
    f"POST {MACHINE_BOOKING}/quality/propose": {"reduction_fen": 500, "text": "四件超差"},
    f"POST {MACHINE_BOOKING}/quality/agree": {},
    f"POST {MACHINE_BOOKING}/quality/decline": {},
    f"POST {MACHINE_BOOKING}/disputes": {"reason": "quality", "text": "四件超差", "claimed_fen": 500},
    f"POST {MACHINE_BOOKING}/ratings": {"stars": 4, "text": "精度好"},
    f"POST {MACHINE_DISPUTE}/statements": {"text": "来料硬度不符"},
    f"PUT {MACHINE_DISPUTE}/evidence/{{number}}": pdf(3),
    f"POST {MACHINE_DISPUTE}/offers": {"amount_fen": 200},
    f"POST {MACHINE_DISPUTE}/agree": {},
    f"POST {MACHINE_DISPUTE}/decline": {},
    f"POST {MACHINE_DISPUTE}/withdraw": {},
    f"POST {MACHINE_DISPUTE}/decide": {"amount_fen": 300, "reason": "检测报告显示超差"},
    f"POST {MACHINE_RATING}/answer": {"text": "已增派人手"},
    f"POST {MACHINE_RATING}/hide": {"reason": "含有个人信息"},
    f"PUT {LOT}": parking.described(),
    f"POST {LOT}/open": {},
    f"POST {LOT}/close": {},
    f"POST {LOT}/zones": parking.ZONE,
    "PUT /living/parking/zones/{zone_id}": {"name": parking.NAME, "capacity": 5},
    "POST /living/parking/zones/{zone_id}/bays": {"first": 1, "last": 3},
    f"POST {LOT}/lanes": parking.lane("out"),
    "PUT /living/parking/lanes/{lane_id}": {"name": parking.NAME, "metres": []},
    "POST /living/parking/devices/{device_id}/disable": {},
    "POST /living/parking/devices/{device_id}/enable": {},
    "POST /living/parking/devices/{device_id}/renew-secret": {},
    f"POST {LOT}/tariffs": {**parking.TARIFF, "effective_on": "2026-12-24"},
    f"POST {LOT}/tariffs/try": parking.STAY,
    "POST /living/parking/tariffs/try": {**parking.STAY, "tariff": parking.TARIFF},
    f"POST {LOT}/listings": parking.LISTING,
    f"POST {LOT}/listings/{{listing_id}}/remove": {},
    f"POST {PARKING}/payments/{{payment_id}}/refund": {"amount_fen": 100, "reason": "系统误收"},
    f"POST {PARKING}/refunds/{{refund_id}}/retry": {},
    f"POST {PARKING}/differences/{{difference_id}}/settle": {"note": "渠道次日补记"},
    f"POST {PARKING}/stays/{{stay_id}}/cash": {"amount_fen": 100, "receipt": "0001234"},
    f"POST {PARKING}/lots/{{lot_id}}/reconciliation": {"on": "2026-11-23"},
    f"POST {PARKING}/lanes/{{lane_id}}/open": {"reason": "车牌污损"},
    f"POST {PARKING}/alarms/{{alarm_id}}/see": {"note": "已到现场查看"},
    f"POST {PARKING}/charges/{{charge_id}}/plate": {"plate": "苏A·D67890"},
    f"POST {PARKING}/charges/{{charge_id}}/freed": {},
    f"POST {PARKING}/zones/{{zone_id}}/count": {"cars": 3},
    f"POST {PARKING}/lots/{{lot_id}}/stock-take": {"plates": ["苏A·12345"]},
    "POST /living/parking/cars/{car_id}/remove": {},
    "POST /living/parking/reservations/{reservation_id}/cancel": {},
    "POST /living/parking/reservations/{reservation_id}/move": {
        "starts_at": "2026-12-20T01:00:00+00:00",
        "ends_at": "2026-12-20T05:00:00+00:00",
    },
    f"POST {PASS}/renew": {},
    f"POST {PASS}/give-up": {},
    f"PUT {PASS}/cars": {"plates": ["京B67890"]},
    f"POST {PASS}/paid-at-booth": {},
    f"POST {PASS}/suspend": {"reason": "转借他人"},
    f"POST {PASS}/resume": {},
    "PUT /living/parking/quota-rules/{zone_id}": {"bays": 2},
    "PUT /living/parking/quotas/{quota_id}/cars": {"plates": ["京B67890"]},
    "POST /living/parking/visits/{visit_id}/take-back": {},
    "POST /notifications/messages/{message_id}/read": {},
    "POST /{service}/stuck-events/{stuck_id}/replay": {},
    "POST /{service}/stuck-events/{stuck_id}/discard": {"reason": "已由他人处理"},
}
"""A sound body for each operation that takes one, unless its object brings its own; bytes are a file.

A POST, PUT or PATCH that is missing here fails the tests that make their requests from it.
"""


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent by anybody."""

    method: str
    path: str
    options: Mapping[str, Any]

    def with_headers(self, **headers: str) -> "Request":
        """The same with more headers: `If_Match="…"`."""
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        return Request(
            self.method, self.path, {**self.options, "headers": {**self.options["headers"], **added}}
        )


def operations(description: dict[str, Any]) -> dict[Operation, contract.Operation]:
    """Every operation of an OpenAPI document with what it says of it."""
    return {
        Operation(each.path.removeprefix(API), each.method): each for each in contract.operations(description)
    }


def general(operation: Operation, services: Collection[str]) -> Operation:
    """`/living/stuck-events` is `/{service}/stuck-events`: the same in every service."""
    first, _, rest = operation.path.lstrip("/").partition("/")
    if first in services and rest.startswith(IN_EVERY_SERVICE):
        return Operation(f"/{SERVICE}/{rest}", operation.method)
    return operation


def sound_request(operation: Operation, scene: Scene, services: Collection[str]) -> Request:
    """The request that somebody entitled would make about the object, at its present version."""
    missing = [name for name in operation.variables if name not in scene.ids]
    if missing:
        raise LookupError(f"{operation}: its object has no {missing}; see tests/park/scenes.py")
    headers = {}
    if operation.method != "GET" and operation.variables and operation.variables[-1] in scene.versions:
        headers["If-Match"] = scene.versions[operation.variables[-1]]
    options: dict[str, Any] = {"headers": headers}
    if operation.method in {"POST", "PUT", "PATCH"}:
        body = _body(operation, scene, services)
        if isinstance(body, bytes):
            headers |= {
                "Content-Type": "application/pdf",
                "Content-Disposition": "attachment; filename=a.pdf",
                **scene.headers,
            }
            options["data"] = body
        elif body is not None:
            options["json"] = body
    return Request(operation.method, operation.path.format(**scene.ids), options)


def _body(operation: Operation, scene: Scene, services: Collection[str]) -> Any:
    own = operation.path.rpartition("/")[2]
    if own in scene.bodies:
        return scene.bodies[own]
    known = str(general(operation, services))
    if known not in BODIES:
        raise LookupError(f"{operation}: no sound body is known; add one to BODIES in {__name__}")
    return BODIES[known]
