"""Handing materials in, looking at them, replacing them, taking them back."""

import hashlib
import io

import pytest

from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AGENT, WINDOW
from tests.integration.approvals.refusals import nothing_changes, refusal
from tests.unit.material_samples import image, pdf

MATERIAL = "articles"


def _draft(desk: Desk) -> str:
    case_id: str = desk.client(AGENT).post("/cases", json={"item_code": ITEM}).json["id"]
    return case_id


@pytest.mark.parametrize(
    ("data", "media_type", "pages", "name"),
    [
        (pdf(pages=3), "application/pdf", 3, "articles.pdf"),
        (image("JPEG", (60, 40)), "image/jpeg", 1, "articles.jpg"),
        (image("PNG", (60, 40)), "image/png", 1, "articles.png"),
    ],
    ids=["pdf", "jpeg", "png"],
)
def test_each_accepted_kind_is_kept_byte_for_byte_and_shown_as_pictures(
    lasting_desk: Desk, data: bytes, media_type: str, pages: int, name: str
) -> None:
    case_id = _draft(lasting_desk)
    answer = lasting_desk.upload(AGENT, case_id, MATERIAL, data, Content_Type=media_type)
    assert answer.status_code == 201 and answer.headers["ETag"] == '"1"'
    uploaded = answer.json["uploaded"]
    assert uploaded["sha256"] == hashlib.sha256(data).hexdigest()
    assert (uploaded["media_type"], uploaded["size"], uploaded["pages"]) == (media_type, len(data), pages)
    assert uploaded["file_name"] == name

    sent = lasting_desk.get(AGENT, f"/cases/{case_id}/materials/{MATERIAL}")
    assert sent.data == data and sent.content_type == media_type and sent.headers["ETag"] == '"1"'
    for number in range(1, pages + 1):
        page = lasting_desk.get(AGENT, f"/cases/{case_id}/materials/{MATERIAL}/pages/{number}")
        assert page.status_code == 200 and page.data.startswith(b"\x89PNG")
    for beyond in ("0", str(pages + 1), "9" * 25):
        refusal(lasting_desk.get(AGENT, f"/cases/{case_id}/materials/{MATERIAL}/pages/{beyond}"), 404)


def test_a_form_hands_a_file_in_too(lasting_desk: Desk) -> None:
    case_id = _draft(lasting_desk)
    answer = lasting_desk.client(AGENT).put(
        f"/cases/{case_id}/materials/{MATERIAL}",
        data={"file": (io.BytesIO(pdf()), "公司 章程.pdf")},
        headers={"If-None-Match": "*"},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json["uploaded"]["file_name"] == "公司 章程.pdf"


def test_a_replacement_names_the_version_it_replaces(enterprise_desk: Desk) -> None:
    case_id = _draft(enterprise_desk)
    first = enterprise_desk.upload(AGENT, case_id, MATERIAL, pdf())
    with nothing_changes(enterprise_desk.system):
        refusal(enterprise_desk.upload(AGENT, case_id, MATERIAL, pdf(2)), 412, "stale-version")
        refusal(enterprise_desk.upload(AGENT, case_id, MATERIAL, pdf(2), If_Match='"7"'), 412)
        refusal(enterprise_desk.upload(AGENT, case_id, MATERIAL, pdf(2), If_None_Match='"1"'), 428)
    second = enterprise_desk.upload(AGENT, case_id, MATERIAL, pdf(2), If_Match=first.headers["ETag"])
    assert second.status_code == 200 and second.headers["ETag"] == '"2"'
    assert second.json["uploaded"]["pages"] == 2
    with nothing_changes(enterprise_desk.system):
        refusal(enterprise_desk.upload(AGENT, case_id, MATERIAL, pdf(3), If_Match=first.headers["ETag"]), 412)
    assert enterprise_desk.get(AGENT, f"/cases/{case_id}/materials/{MATERIAL}").data == pdf(2)


def test_a_first_upload_with_if_match_finds_nothing_to_replace(lasting_desk: Desk) -> None:
    case_id = _draft(lasting_desk)
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.upload(AGENT, case_id, MATERIAL, If_Match='"1"'), 412)


def test_a_material_can_be_taken_back_and_handed_in_anew(enterprise_desk: Desk) -> None:
    case_id = _draft(enterprise_desk)
    path = f"/cases/{case_id}/materials/{MATERIAL}"
    client = enterprise_desk.client(AGENT)
    etag = enterprise_desk.upload(AGENT, case_id, MATERIAL).headers["ETag"]
    with nothing_changes(enterprise_desk.system):
        refusal(client.delete(path), 428, "version-required")
        refusal(client.delete(path, headers={"If-Match": '"9"'}), 412, "stale-version")
    taken_back = client.delete(path, headers={"If-Match": etag})
    assert taken_back.status_code == 200 and taken_back.json["uploaded"] is None
    refusal(enterprise_desk.get(AGENT, path), 404)
    with nothing_changes(enterprise_desk.system):
        refusal(client.delete(path, headers={"If-Match": etag}), 404)
    assert enterprise_desk.upload(AGENT, case_id, MATERIAL).status_code == 201


def test_the_materials_of_a_submitted_case_cannot_change(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    path = f"/cases/{case_id}/materials/{MATERIAL}"
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.upload(AGENT, case_id, MATERIAL, pdf(2), If_Match='"1"'), 409, "wrong-state")
        refusal(lasting_desk.client(AGENT).delete(path, headers={"If-Match": '"1"'}), 409, "wrong-state")
        optional = next(m for m in lasting_desk.case(AGENT, case_id)["materials"] if not m["uploaded"])
        refusal(lasting_desk.upload(AGENT, case_id, optional["code"]), 409, "wrong-state")
    assert lasting_desk.get(AGENT, path).data == pdf()


def test_only_the_applicant_hands_materials_in(lasting_desk: Desk) -> None:
    case_id = lasting_desk.submitted()
    lasting_desk.claim(WINDOW, case_id)
    path = f"/cases/{case_id}/materials/{MATERIAL}"
    with nothing_changes(lasting_desk.system):
        refusal(lasting_desk.upload(WINDOW, case_id, MATERIAL, If_Match='"1"'), 403)
        refusal(lasting_desk.client(WINDOW).delete(path, headers={"If-Match": '"1"'}), 403)


def test_a_version_of_a_file_that_was_taken_back_never_comes_again(lasting_desk: Desk) -> None:
    """Else who saw the first file would replace another one unseen."""
    case_id = lasting_desk.draft()
    path = f"/cases/{case_id}/materials/{MATERIAL}"
    client = lasting_desk.client(AGENT)
    assert client.delete(path, headers={"If-Match": '"1"'}).status_code == 200
    again = lasting_desk.upload(AGENT, case_id, MATERIAL, pdf(2))
    assert (again.status_code, again.headers["ETag"]) == (201, '"2"')
    refusal(lasting_desk.upload(AGENT, case_id, MATERIAL, pdf(3), If_Match='"1"'), 412)
    refusal(client.delete(path, headers={"If-Match": '"1"'}), 412)
    replaced = lasting_desk.upload(AGENT, case_id, MATERIAL, pdf(3), If_Match='"2"')
    assert (replaced.status_code, replaced.headers["ETag"]) == (200, '"3"')
    assert client.delete(path, headers={"If-Match": '"3"'}).status_code == 200
    assert lasting_desk.upload(AGENT, case_id, MATERIAL).headers["ETag"] == '"4"'
