"""The business licence: fresh codes, a public check, the same bytes for ever."""

import hashlib

from shared.identifiers.certificate_id import parse_certificate_id
from shared.identifiers.uscc import parse_uscc
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import AGENT, AUDITOR, BODY, BODY_NAME
from tests.integration.approvals.refusals import refusal


def test_every_licence_has_codes_of_its_own_that_are_valid(enterprise_desk: Desk) -> None:
    desk = enterprise_desk
    issued = []
    for name in ("云栖甲", "云栖乙"):
        case_id = desk.decided(company={"trade_name": name})
        certificate = desk.case(AGENT, case_id)["certificate"]
        assert parse_uscc(certificate["uscc"]).code == certificate["uscc"]
        assert certificate["uscc"][2:8] == "990101"
        assert parse_certificate_id(certificate["id"]).issuer == BODY
        assert certificate["url"].endswith(f"/verify/{certificate['id']}")
        entered = desk.get(AUDITOR, f"/enterprises/{certificate['uscc']}").json
        assert entered["name"] == certificate["holder"] and entered["registered_capital_fen"] == 500_000_000
        assert entered["certificate_id"] == certificate["id"]
        issued.append(certificate)
    assert len({each["uscc"] for each in issued}) == len({each["id"] for each in issued}) == 2


def test_anybody_may_check_a_licence_and_compare_its_bytes(enterprise_desk: Desk) -> None:
    """国令第716号 arts. 8–12: an electronic certificate has the force of the paper one, so it is checked."""
    case_id = enterprise_desk.decided()
    certificate = enterprise_desk.case(AGENT, case_id)["certificate"]
    checked = enterprise_desk.get(None, f"/verify/{certificate['id']}").json
    assert checked["valid"] and checked["status"] == "valid" and checked["demo"]
    assert checked["holder"] == {"name": certificate["holder"], "uscc": certificate["uscc"]}
    assert checked["issuer"] == {
        "code": BODY,
        "name": {"zh": BODY_NAME, "en": "Demo District Administrative Approval Bureau"},
    }
    assert checked["issued_on"] == "2026-11-23"
    pdfs = {enterprise_desk.get(AGENT, f"/cases/{case_id}/certificate").data for _ in range(2)}
    assert [hashlib.sha256(pdf).hexdigest() for pdf in pdfs] == [checked["sha256"]]
    lower = enterprise_desk.get(None, f"/verify/{certificate['id'].lower()}").json
    assert lower["valid"]


def test_slips_are_the_same_bytes_each_time(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    slip = lasting_desk.get(AGENT, f"/cases/{case_id}/slips").json["items"][0]["id"]
    assert len({lasting_desk.get(AGENT, f"/cases/{case_id}/slips/{slip}").data for _ in range(2)}) == 1


def test_unknown_and_malformed_identifiers_are_not_valid(lasting_desk: Desk) -> None:
    case_id = Desk(lasting_desk.system, company={"trade_name": "云栖丙"}).decided()
    known = lasting_desk.case(AGENT, case_id)["certificate"]["id"]
    parts = parse_certificate_id(known)
    unknown = str(type(parts)(parts.type_code, parts.issuer, parts.serial + "9", parts.version))
    wrong_check = known[:-1] + ("A" if known[-1] != "A" else "B")
    for identifier, status in (
        (unknown, "not_found"),
        (wrong_check, "malformed"),
        ("x", "malformed"),
        ("1.2.156.3005.2", "malformed"),
        ("x" * 5000, "malformed"),
        ("'; DROP TABLE certificate;--", "malformed"),
    ):
        answer = lasting_desk.get(None, f"/verify/{identifier}")
        assert answer.status_code == 200, answer.text
        assert (answer.json["valid"], answer.json["status"]) == (False, status), identifier
        assert "holder" not in answer.json


def test_a_case_without_a_grant_has_no_certificate(lasting_desk: Desk) -> None:
    refusal(lasting_desk.get(AGENT, f"/cases/{lasting_desk.submitted()}/certificate"), 404)
