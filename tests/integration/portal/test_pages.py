"""What every page does: headers, languages, errors as pages, and nobody else's things."""

import pytest

from tests.integration.portal.conftest import ITEM, Browser


def test_a_page_carries_the_strict_headers(visitor: Browser) -> None:
    headers = visitor.get("/").headers

    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/", "/items", f"/items/{ITEM}", "/sign-in", "/help", "/privacy"])
def test_no_page_has_inline_scripts_or_styles(visitor: Browser, path: str) -> None:
    text = visitor.get(path).text

    assert " style=" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert " onclick=" not in text


def test_static_addresses_change_with_their_content_and_are_kept_for_a_year(visitor: Browser) -> None:
    text = visitor.get("/").text
    address = text.split('href="/static/css/portal.css', 1)[1].split('"', 1)[0]

    file = visitor.get(f"/static/css/portal.css{address}")

    assert address.startswith("?v=")
    assert "immutable" in file.headers["Cache-Control"]
    file.close()


def test_the_language_is_the_readers_and_the_switch_stays_on_the_page(visitor: Browser) -> None:
    assert '<html lang="zh-CN"' in visitor.get("/").text
    assert '<html lang="en"' in visitor.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).text

    answer = visitor.get("/lang/en?next=/help")

    assert answer.headers["Location"] == "/help"
    assert '<html lang="en"' in visitor.follow().text


@pytest.mark.parametrize(
    "goal", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"]
)
def test_no_link_leads_off_the_site(visitor: Browser, goal: str) -> None:
    assert visitor.get("/lang/en", query_string={"next": goal}).headers["Location"] == "/"


def test_a_form_without_its_token_is_refused(applicant: Browser) -> None:
    answer = applicant.client.post("/sign-out")

    assert answer.status_code == 400
    assert "页面已过期" in answer.text


def test_pages_are_refused_as_pages_and_the_api_as_problems(visitor: Browser) -> None:
    assert visitor.get("/nothing").mimetype == "text/html"
    assert visitor.client.post("/items").status_code == 405
    assert visitor.get("/api/nothing").mimetype == "application/problem+json"


def test_a_visitor_signs_in_and_lands_where_they_wanted_to_go(visitor: Browser) -> None:
    answer = visitor.get("/applications?state=draft")
    assert answer.headers["Location"] == "/sign-in?next=/applications?state%3Ddraft"

    visitor.follow()
    wrong = visitor.post("/sign-in", {"username": "agent", "password": "no", "next": "/applications"})
    assert wrong.status_code == 422
    assert 'value="agent"' in wrong.text
    assert "no" not in wrong.text.split('type="password"', 1)[1][:60]


def test_somebody_elses_application_is_not_there(applicant: Browser, visitor: Browser) -> None:
    application = applicant.start()
    visitor.sign_in("agent2")

    for path in ("", "/sections/company", "/materials", "/check", "/done", "/correction", "/withdraw"):
        assert visitor.get(application + path).status_code == 404, path


def test_the_guide_marks_what_is_not_verified(visitor: Browser) -> None:
    text = visitor.get(f"/items/{ITEM}").text

    assert "未核实" in text
    assert "关于“未核实”" in text
    assert "《市场主体登记管理条例》" in text


def test_officials_are_not_offered_to_apply(visitor: Browser) -> None:
    visitor.sign_in("window")

    assert "/applications/new" not in visitor.get(f"/items/{ITEM}").text


def test_what_is_no_certificate_is_said_to_be_none(visitor: Browser) -> None:
    answer = visitor.get("/verify/1.2.156.3005.2.no-such-thing")

    assert answer.status_code == 404
    assert "这不是证照标识" in answer.text
