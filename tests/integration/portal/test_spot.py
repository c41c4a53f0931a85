"""Correcting on the spot at the desk without scripts, and what the applicant sees of it."""

from typing import Any

from tests.integration.portal.conftest import Browser
from tests.integration.portal.test_desk import claim, official, submitted


def test_answers_are_chosen_corrected_and_shown_to_the_applicant(open_browser: Any) -> None:
    case = submitted(open_browser, "云更正")
    window = official(open_browser, "window")
    claim(window, case)
    page = f"/desk/cases/{case}/correct"
    assert page in window.get(f"/desk/cases/{case}").text
    chooser = window.get(page).text
    assert "Which answers are to be corrected?" in chooser and "/answers/shareholders/rows/0/name" in chooser
    room, number = "/answers/premises/room", "/answers/shareholders/rows/0/document_number"
    chosen = {"field": [room, number], "action": "correct"}
    names = {"premises.room": "502室", "shareholders.rows.0.document_number": "990101199001010018"}
    form = window.get(f"{page}?field={room}&field={number}").text
    assert 'name="premises.room"' in form and 'value="501室"' in form
    unagreed = window.post(page, {**chosen, **names})
    assert unagreed.status_code == 422 and 'href="#consent-present"' in unagreed.text
    assert 'value="502室"' in unagreed.text, "what was typed is kept"
    wrong = window.post(page, {**chosen, **names, "consent": "phone"})
    assert wrong.status_code == 422
    assert 'href="#f-shareholders-rows-0-document_number"' in wrong.text and 'value="502室"' in wrong.text
    same = {**names, "shareholders.rows.0.document_number": "990101199001010019"}
    unchanged = window.post(page, {**chosen, **same, "consent": "phone"})
    assert unchanged.status_code == 422 and "This is what stands there already" in unchanged.text
    only = {
        "field": [room],
        "premises.room": "502室",
        "action": "correct",
        "consent": "phone",
        "note": "Lease",
    }
    window.get(f"{page}?field={room}")
    assert window.post(page, {**only, "action": "correct", "consent": "phone"}).status_code == 303
    assert "The answers are corrected" in window.follow().text

    applicant: Browser = open_browser().sign_in("agent")
    seen = applicant.get(f"/applications/{case}").text
    for part in ("当场更正", "<del>501室</del>", "<ins>502室</ins>", "申请人电话同意", "Lease"):
        assert part in seen, part
    assert "501室" in window.get(f"/desk/cases/{case}?tab=opinions").text
