"""One approval, from application to certificate, by the API."""

from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, APPROVER


def test_a_company_is_established_and_everybody_concerned_learns_of_it(desk: Desk) -> None:
    case_id = desk.decided()
    desk.system.settle()

    case = desk.case(AGENT, case_id)
    assert case["state"] == "granted"
    uscc = case["certificate"]["uscc"]
    assert uscc.startswith("91990101")

    names = [entry["key"] for entry in desk.get(AGENT, f"/cases/{case_id}/timeline").json["items"]]
    assert names == ["received", "accepted", "review_started", "reviewed", "granted", "certificate_issued"]

    slips = desk.get(AGENT, f"/cases/{case_id}/slips").json["items"]
    assert [slip["kind"] for slip in slips] == ["receipt", "acceptance_notice", "grant_decision"]
    for slip in slips:
        pdf = desk.get(AGENT, f"/cases/{case_id}/slips/{slip['id']}")
        assert pdf.status_code == 200 and pdf.data.startswith(b"%PDF")

    licence = desk.get(AGENT, f"/cases/{case_id}/certificate")
    assert licence.data.startswith(b"%PDF")
    check = desk.get(None, f"/verify/{case['certificate']['id']}").json
    assert check["valid"] and check["holder"] == {"name": "示范市示范区云栖湾精密传动有限公司", "uscc": uscc}

    for service in ("living", "production"):
        copies = desk.system.client(service, APPROVER).get(f"/enterprises/{uscc}")
        assert copies.status_code in {200, 403, 404}
    messages = desk.client(AGENT, "notifications").get("/messages").json
    assert len(messages["items"]) >= 4
