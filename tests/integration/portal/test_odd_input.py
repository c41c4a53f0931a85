"""What no page of ours sends is refused or passed over; it never breaks a page."""

from io import BytesIO

import pytest

from tests.integration.portal.conftest import ITEM, Browser
from tests.unit.material_samples import pdf

MATERIAL = "articles"
MANY_DIGITS = "9" * 5000


@pytest.mark.parametrize("number", ["²", "٣", MANY_DIGITS, "-1", ""])
def test_a_row_number_that_is_none_is_passed_over(applicant: Browser, number: str) -> None:
    section = f"{applicant.start()}/sections/shareholders"
    applicant.get(section)
    rows = {"rows.rows": ["0", number], "rows.0.name": "甲"}

    page = applicant.post(section, {**rows, "action": f"remove:rows:{number}"})

    assert page.status_code == 200
    assert 'value="甲"' in page.text


@pytest.mark.parametrize("action", ["add:has_agent", "remove:has_agent:0", "add:nothing", "add:", "add"])
@pytest.mark.parametrize("typed", [{"has_agent": "true"}, {}])
def test_rows_are_added_to_lists_only(applicant: Browser, action: str, typed: dict[str, str]) -> None:
    section = f"{applicant.start()}/sections/agent"
    applicant.get(section)

    assert applicant.post(section, {"action": action, **typed}).status_code in {200, 303, 422}


@pytest.mark.parametrize("version", ["²", MANY_DIGITS, "1\n2"])
def test_a_version_that_is_none_is_refused(applicant: Browser, version: str) -> None:
    section = f"{applicant.start()}/sections/company"
    applicant.get(section)

    assert applicant.post(section, {"action": "draft", "version": version}).status_code == 400


@pytest.mark.parametrize("key", ["a\nb", "k k", "钥", "k" * 129])
def test_an_idempotency_key_that_is_none_is_refused(applicant: Browser, key: str) -> None:
    applicant.get(f"/items/{ITEM}")

    answer = applicant.post(f"/applications/new?item={ITEM}", {"idempotency_key": key})

    assert answer.status_code == 400


@pytest.mark.parametrize("etag", ['"1"\n', "1", '"²"', f'"{MANY_DIGITS}"', "*"])
def test_the_tag_of_a_file_that_is_none_is_refused(applicant: Browser, etag: str) -> None:
    materials = f"{applicant.start()}/materials"
    applicant.get(materials)
    file = (BytesIO(b"%PDF-1.7"), "a.pdf")

    assert applicant.post(f"{materials}/{MATERIAL}", {"etag": etag, "file": file}).status_code == 400
    applicant.get(materials)
    assert applicant.post(f"{materials}/{MATERIAL}/remove", {"etag": etag}).status_code == 400


@pytest.mark.parametrize("number", ["²", MANY_DIGITS, "-1", "x", "0"])
def test_a_page_number_that_is_none_shows_the_first_page(applicant: Browser, number: str) -> None:
    materials = f"{applicant.start()}/materials"
    applicant.get(materials)
    file = (BytesIO(pdf(2)), "a.pdf", "application/pdf")
    assert applicant.post(f"{materials}/{MATERIAL}", {"file": file}).status_code == 303

    page = applicant.get(f"{materials}/{MATERIAL}", query_string={"page": number})

    assert page.status_code == 200
    assert f"{materials}/{MATERIAL}/pages/1" in page.text
