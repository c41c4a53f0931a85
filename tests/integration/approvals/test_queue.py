"""The officials' queue by the API: what the big numbers count, and the lists behind them."""

from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AUDITOR, WINDOW

_ONE_POINT = {"items": [{"target": "/answers/company/trade_name", "requirement": "请更换字号"}]}


def test_numbers_agree_with_the_lists_behind_them(desk: Desk) -> None:
    case_id = desk.submitted()
    desk.claim(WINDOW, case_id)
    assert desk.act(WINDOW, case_id, "request-correction", _ONE_POINT).status_code == 200

    for reader in (WINDOW, AUDITOR):
        queue = desk.get(reader, "/tasks?due=today").json
        assert queue["counts"]["today"] == len(queue["items"]) == 0
        in_correction = desk.get(reader, "/cases?state=correction").json["items"]
        assert [case["id"] for case in in_correction] == [case_id]
        assert queue["counts"]["correction"] == 1
    assert desk.get(WINDOW, "/tasks?due=someday").status_code == 422


def test_a_form_keeps_the_order_of_its_questions(desk: Desk) -> None:
    company = desk.get(None, f"/items/{ITEM}").json["form"]["sections"][0]
    assert list(company["schema"]["properties"])[:2] == ["region_name", "trade_name"]
