"""The fire authority's people and an application for its inspection before a place opens (D5)."""

from typing import Any

from shared.actor import Actor
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, member_of, official

ITEM = "fire-safety-inspection"
BODY = "11990101MB0DEM316G"
WINDOW = official("window", 61, BODY)
INSPECTOR = official("reviewer", 62, BODY)
APPROVER = official("approver", 63, BODY)
BOTH_WAYS = ("fire_rules", "floor_plan")
ORDINARY = ("declaration", *BOTH_WAYS)
ANSWERS: dict[str, Any] = {
    "holder": {"contact_name": "示范联系人乙", "contact_mobile": "13800000001"},
    "place": {
        "place_name": "禾序云澜湾餐厅",
        "address": "示范市示范区云澜大道8号1号楼",
        "use_kind": "restaurant",
        "floor_area": "860.5",
        "floors": "地上1层至2层",
        "opening_on": "2027-06-18",
    },
    "fire": {
        "responsible_name": "示范负责人甲",
        "responsible_mobile": "13800000003",
        "exits": "3",
        "automatic_system": "false",
        "facilities": "消火栓系统、应急照明、疏散指示标志、灭火器",
    },
}


class FireDesk(Desk):
    """A desk at which a member of a registered firm applies for the inspection."""

    def __init__(self, desk: Desk, **overrides: Any) -> None:
        super().__init__(desk.system)
        self.uscc: str = self.case(AGENT, self.decided(**overrides))["certificate"]["uscc"]
        self.member: Actor = member_of(self.uscc)

    def choose(self, case_id: str, route: str) -> Any:
        """POST choose-route."""
        return self.act(self.member, case_id, "choose-route", {"route": route})

    def fire_draft(self, route: str = "ordinary") -> str:
        """A complete draft on one of the ways."""
        case_id = self.draft_of(self.member, ITEM, ANSWERS, BOTH_WAYS, self.uscc)
        if route == "promise":
            assert self.choose(case_id, route).status_code == 200
        else:
            assert self.upload(self.member, case_id, "declaration").status_code == 201
        return case_id

    def filed(self, route: str = "ordinary") -> str:
        """Handed in."""
        case_id = self.fire_draft(route)
        body = {"declaration": True, "promise": route == "promise"}
        answer = self.act(self.member, case_id, "submit", body)
        assert answer.status_code == 200, answer.text
        return case_id

    def taken_on(self, route: str = "ordinary") -> str:
        """Accepted by the fire authority's window."""
        case_id = self.filed(route)
        self.claim(WINDOW, case_id)
        answer = self.act(WINDOW, case_id, "accept")
        assert answer.status_code == 200, answer.text
        return case_id

    def granted_on_promise(self) -> str:
        """Granted at once; the later check waits."""
        case_id = self.taken_on("promise")
        self.claim(APPROVER, case_id)
        answer = self.act(APPROVER, case_id, "decide", {"granted": True})
        assert answer.status_code == 200, answer.text
        return case_id

    def check(self, case_id: str, fulfilled: bool, findings: str = "现场与承诺一致", **more: Any) -> Any:
        """POST record-check, with the check claimed."""
        self.claim(INSPECTOR, case_id)
        return self.check_again(case_id, fulfilled, findings, **more)

    def check_again(
        self, case_id: str, fulfilled: bool, findings: str = "现场与承诺一致", **more: Any
    ) -> Any:
        """POST record-check."""
        body = {"fulfilled": fulfilled, "findings": findings, **more}
        return self.act(INSPECTOR, case_id, "record-check", body)

    def fire_checks(self) -> list[dict[str, str]]:
        """The inspector's check list, all as it should be."""
        item = self.get(None, f"/items/{ITEM}").json
        return [{"key": check["key"], "result": "pass", "note": ""} for check in item["review_checks"]]
