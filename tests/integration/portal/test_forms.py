"""Filling in sections, without scripts: what is kept, what is said, and what happens to a stale page."""

from io import BytesIO

from tests.integration.portal.conftest import ITEM, Browser


def test_an_empty_section_names_every_required_field_above_the_heading(applicant: Browser) -> None:
    section = f"{applicant.start()}/sections/company"
    applicant.get(section)

    page = applicant.post(section, {"action": "continue"})

    assert page.status_code == 422
    assert "<title>错误：" in page.text
    assert page.text.index('role="alert"') < page.text.index("<h1")
    assert 'href="#f-trade_name"' in page.text
    assert 'aria-describedby="f-trade_name-hint f-trade_name-error" aria-invalid="true"' in page.text
    assert 'href="#f-legal_form-0"' in page.text  # the first choice, not the set


def test_what_was_typed_is_shown_again_as_typed(applicant: Browser) -> None:
    section = f"{applicant.start()}/sections/company"
    applicant.get(section)
    typed = {"registered_capital": "12,50万", "trade_name": ' <b>"云"</b> '}

    applicant.post(section, {"action": "continue", **typed})
    again = applicant.get(section)

    for page in (applicant.page, again):
        assert page is not None
        assert 'value="12,50万"' in page.text
        assert 'value=" &lt;b&gt;&#34;云&#34;&lt;/b&gt; "' in page.text


def test_a_draft_is_saved_without_a_word_about_errors(applicant: Browser) -> None:
    application = applicant.start()
    applicant.get(f"{application}/sections/company")

    answer = applicant.post(f"{application}/sections/company", {"action": "draft", "trade_name": "一"})

    assert answer.headers["Location"].startswith(f"{application}?saved=")
    assert "草稿已保存" in applicant.follow().text


def test_rows_are_added_and_removed_without_losing_what_was_typed(applicant: Browser) -> None:
    section = f"{applicant.start()}/sections/shareholders"
    applicant.get(section)

    one = {"rows.rows": ["0"], "rows.0.name": "甲"}
    two = applicant.post(section, {**one, "action": "add:rows"})
    assert 'value="甲"' in two.text
    assert 'id="f-rows-1-row" tabindex="-1" autofocus' in two.text

    both = {"rows.rows": ["0", "1"], "rows.0.name": "甲", "rows.1.name": "乙"}
    left = applicant.post(section, {**both, "action": "remove:rows:0"})
    assert 'name="rows.0.name" value="乙"' in left.text
    assert 'value="甲"' not in left.text
    assert 'value="乙"' not in applicant.get(section).text  # nothing was saved yet


def test_a_stale_page_keeps_what_was_typed_and_overwrites_nothing(applicant: Browser) -> None:
    section = f"{applicant.start()}/sections/company"
    applicant.get(section)
    version = applicant.hidden("version")
    applicant.post(section, {"action": "draft", "trade_name": "第一窗"})
    applicant.get(section)

    stale = applicant.post(section, {"action": "draft", "trade_name": "第二窗", "version": version})

    assert stale.status_code == 412
    assert 'value="第二窗"' in stale.text
    assert "该申请已被更新" in stale.text
    assert 'value="第一窗"' in applicant.get(section).text


def as_form(answers: dict[str, object]) -> dict[str, object]:
    """Answers as a browser would send them."""
    form: dict[str, object] = {"action": "continue"}
    for name, value in answers.items():
        if isinstance(value, list):
            form[f"{name}.rows"] = [str(index) for index in range(len(value))]
            for index, row in enumerate(value):
                form.update({f"{name}.{index}.{key}": str(text) for key, text in row.items()})
        else:
            form[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return form


def test_the_check_page_leads_to_each_open_point_and_back(applicant: Browser) -> None:
    application = applicant.start()

    page = applicant.get(f"{application}/check")

    assert page.status_code == 200
    assert 'role="alert"' not in page.text  # nobody has tried to submit yet
    assert f"{application}/sections/company?return=check&amp;show=errors#f-trade_name" in page.text
    assert f"{application}/materials?return=check#m-articles" in page.text
    refused = applicant.post(f"{application}/submit", {"declaration": "true"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_a_wrong_file_is_refused_at_its_control(applicant: Browser) -> None:
    application = applicant.start()
    applicant.get(f"{application}/materials")

    file = (BytesIO(b"not a pdf"), "章程.pdf", "application/pdf")
    page = applicant.post(f"{application}/materials/articles", {"file": file})

    assert page.status_code == 422
    assert 'href="#file-articles"' in page.text
    assert 'id="file-articles-error"' in page.text


def test_the_same_button_twice_opens_one_draft(applicant: Browser) -> None:
    applicant.get(f"/items/{ITEM}")
    form = {name: applicant.hidden(name) for name in ("csrf_token", "idempotency_key")}

    answers = [applicant.client.post(f"/applications/new?item={ITEM}", data=form) for _ in range(2)]

    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert applicant.start() != answers[0].headers["Location"]  # a fresh page opens another one
