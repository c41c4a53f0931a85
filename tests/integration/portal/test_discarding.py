"""Throwing a draft away in the browser, without scripts."""

import re
from typing import Any

import pytest

from tests.integration.portal.conftest import Browser


def name_it(applicant: Browser, application: str, trade_name: str) -> None:
    """Fill in what the company is to be called."""
    applicant.get(f"{application}/sections/company")
    applicant.post(f"{application}/sections/company", {"action": "draft", "trade_name": trade_name})


def listed(applicant: Browser) -> list[str]:
    """The applications of the list, as paths."""
    return re.findall(r'<a href="(/applications/[0-9a-f-]{36})"', applicant.get("/applications").text)


@pytest.mark.parametrize(
    ("language", "link", "question", "said"),
    [
        ("zh", "删除草稿", "确定删除这份草稿？", "草稿已删除。"),
        ("en", "Delete the draft", "Delete this draft?", "The draft is deleted."),
    ],
)
def test_a_draft_is_thrown_away_after_one_question(
    applicant: Browser, language: str, link: str, question: str, said: str
) -> None:
    applicant.client.set_cookie("lang", language)
    application = applicant.start()
    assert f'href="{application}/discard"' in applicant.get(application).text
    assert link in applicant.page.text  # type: ignore[union-attr]
    assert f'href="{application}/discard"' in applicant.get("/applications?state=draft").text

    assert f"<h1>{question}</h1>" in applicant.get(f"{application}/discard").text
    assert application in listed(applicant), "asking changes nothing"
    applicant.get(f"{application}/discard")
    applicant.post(f"{application}/discard")

    assert said in applicant.follow().text
    assert application not in listed(applicant)
    assert applicant.get(application).status_code == 404


def test_a_second_click_is_told_kindly_that_nothing_is_left_to_do(applicant: Browser) -> None:
    application = applicant.start()
    applicant.get(f"{application}/discard")
    guards = {name: applicant.hidden(name) for name in ("csrf_token", "version")}

    first, second = (applicant.client.post(f"{application}/discard", data=guards) for _ in range(2))

    assert first.headers["Location"] == "/applications?discarded=now"
    assert second.headers["Location"] == "/applications?discarded=before"
    page = applicant.get(second.headers["Location"])
    assert page.status_code == 200
    assert "这份草稿已经不在了" in page.text
    assert applicant.get(f"{application}/discard").headers["Location"] == "/applications?discarded=before"


def test_a_draft_that_changed_meanwhile_is_shown_again_first(applicant: Browser) -> None:
    application = applicant.start()
    applicant.get(f"{application}/discard")
    seen = applicant.hidden("version")
    name_it(applicant, application, "改动")

    applicant.get(f"{application}/discard")
    page = applicant.post(f"{application}/discard", {"version": seen})

    assert page.status_code == 412
    assert "草稿在此期间有改动" in page.text
    assert application in listed(applicant)
    applicant.get(f"{application}/discard")
    assert applicant.post(f"{application}/discard").status_code == 303


def test_what_was_handed_in_offers_no_such_thing(open_browser: Any) -> None:
    agent = open_browser().sign_in("agent2")
    handed_in = re.findall(
        r'<a href="(/applications/[0-9a-f-]{36})"', agent.get("/applications?state=received").text
    )[0]
    assert "/discard" not in agent.page.text
    assert "/discard" not in agent.get(handed_in).text

    page = agent.get(f"{handed_in}/discard")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1]
    agent.get(handed_in)
    answer = agent.post(f"{handed_in}/discard", {"version": "999"})
    assert answer.status_code == 412
    assert "不能删除" in answer.text


def test_nobody_throws_away_somebody_elses_draft(open_browser: Any) -> None:
    owner, other = open_browser().sign_in("agent"), open_browser().sign_in("agent2")
    application = owner.start()
    owner.get(f"{application}/discard")
    other.get("/applications")

    answer = other.post(f"{application}/discard", {"version": owner.hidden("version")})

    assert answer.headers["Location"] == "/applications?discarded=before"
    assert application in listed(owner)


@pytest.mark.parametrize("version", ["", "x", "-1", "１"])
def test_a_version_that_is_none_changes_nothing(applicant: Browser, version: str) -> None:
    application = applicant.start()
    applicant.get(f"{application}/discard")

    assert applicant.post(f"{application}/discard", {"version": version}).status_code == 400
    assert application in listed(applicant)


def test_a_forged_form_changes_nothing(applicant: Browser) -> None:
    application = applicant.start()
    applicant.get(f"{application}/discard")

    assert applicant.post(f"{application}/discard", {"csrf_token": "forged"}).status_code == 400
    assert application in listed(applicant)


def test_visitors_sign_in_first(visitor: Browser) -> None:
    gone = "/applications/01890000-0000-7000-8000-00000000ffff/discard"
    assert visitor.get(gone).headers["Location"].startswith("/sign-in?next=")
