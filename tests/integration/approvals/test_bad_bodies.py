"""Bodies and addresses that are wrong in themselves: each is refused, named and without effect."""

import io
from typing import Any

import pytest

from shared.http.paging import Cursor
from tests.integration.approvals.desk import ITEM, Desk
from tests.integration.approvals.people import AGENT, WINDOW
from tests.integration.approvals.refusals import nothing_changes, pointers, refusal, wrongs

JSON = {"Content-Type": "application/json"}


class CountingStream(io.BytesIO):
    """A body that says how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        found = super().read(size)
        self.taken += len(found)
        return found

    def readinto(self, buffer: Any, /) -> int:
        """The same, into a buffer."""
        size = super().readinto(buffer)
        self.taken += size
        return size


def _draft(desk: Desk) -> tuple[Any, str, dict[str, str]]:
    client = desk.client(AGENT)
    case_id = client.post("/cases", json={"item_code": ITEM}).json["id"]
    return client, f"/cases/{case_id}", {"If-Match": '"1"', **JSON}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"answers": {"company": ',
        b'{"answers": {}} trailing',
        b'{"answers": {"\xff": {}}}',
        b"\x00\x01\x02",
        b"[" * 200_000,
        b'{"answers":' * 5_000,
        b'{"answers": {"company": {"registered_capital": ' + b"9" * 5_000 + b"}}}",
    ],
    ids=["open", "cut", "trailing", "no-utf8", "binary", "deep-list", "deep-object", "endless-number"],
)
def test_a_body_that_is_no_json_cannot_be_read(lasting_desk: Desk, body: bytes) -> None:
    client, path, headers = _draft(lasting_desk)
    with nothing_changes(lasting_desk.system):
        problem = refusal(client.patch(path, data=body, headers=headers), 400, "bad-request")
    assert "JSON" in problem["detail"]


def test_json_of_senseless_depth_is_refused(lasting_desk: Desk) -> None:
    client, path, headers = _draft(lasting_desk)
    body = b'{"answers": {"company": {"trade_name": ' + b"[" * 200 + b"]" * 200 + b"}}}"
    with nothing_changes(lasting_desk.system):
        refusal(client.patch(path, data=body, headers=headers), 400, "bad-request")


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"1", b"true"])
def test_a_body_that_is_no_object_is_of_the_wrong_type(lasting_desk: Desk, body: bytes) -> None:
    client, path, headers = _draft(lasting_desk)
    with nothing_changes(lasting_desk.system):
        problem = refusal(client.patch(path, data=body, headers=headers), 422, "invalid-input")
    assert wrongs(problem) == {"/": "type"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"/answers": "required"}),
        ({"answers": None}, {"/answers": "null"}),
        ({"answers": []}, {"/answers": "type"}),
        (
            {"answers": {"company": "x", "premises": [1]}},
            {"/answers/company": "type", "/answers/premises": "type"},
        ),
        ({"answers": {"company": None}}, {"/answers/company": "null"}),
        ({"answers": {"company": {"trade_name": ["x"]}}}, {"/answers/company/trade_name": "type"}),
        ({"answers": {"shareholders": {"rows": {"0": {}}}}}, {"/answers/shareholders/rows": "type"}),
        ({"answers": {"shareholders": {"rows": ["x"]}}}, {"/answers/shareholders/rows/0": "type"}),
        (
            {"answers": {"company": {"zz": 1, "a/b": 2}, "nowhere": {}}},
            {
                "/answers/company/zz": "unknown",
                "/answers/company/a~1b": "unknown",
                "/answers/nowhere": "unknown",
            },
        ),
        (
            {"answers": {"shareholders": {"rows": [{"zz": 1}]}}},
            {"/answers/shareholders/rows/0/zz": "unknown"},
        ),
        (
            {"answers": {}, "query": 1, "a/b": 2, "json": 3},
            {"/query": "unknown", "/a~1b": "unknown", "/json": "unknown"},
        ),
        ({"answers": {"company": {"trade_name": "字" * 3000}}}, {"/answers/company/trade_name": "too_long"}),
        ({"answers": {"shareholders": {"rows": [{}] * 300}}}, {"/answers/shareholders/rows": "too_long"}),
    ],
)
def test_every_wrong_type_and_every_unknown_name_is_named(
    lasting_desk: Desk, body: dict[str, Any], expected: dict[str, str]
) -> None:
    client, path, headers = _draft(lasting_desk)
    with nothing_changes(lasting_desk.system):
        problem = refusal(client.patch(path, json=body, headers=headers), 422, "invalid-input")
    assert wrongs(problem) == expected


@pytest.mark.parametrize(
    ("verb", "body", "expected"),
    [
        ("submit", {}, ["/declaration"]),
        ("submit", {"declaration": "yes"}, ["/declaration"]),
        ("submit", {"declaration": False}, ["/declaration"]),
        ("submit", {"declaration": True, "extra": 1}, ["/extra"]),
        ("withdraw", {"reason": 5}, ["/reason"]),
        ("withdraw", {"reason": "长" * 501}, ["/reason"]),
        ("answer-correction", {"x": 1}, ["/x"]),
        ("accept", {"x": 1}, ["/x"]),
        ("decline", {}, ["/ground", "/kind", "/reason"]),
        ("decline", {"kind": "other", "ground": 1, "reason": None}, ["/ground", "/kind", "/reason"]),
        (
            "request-correction",
            {"items": [{"target": 1}, "x"]},
            ["/items/0/requirement", "/items/0/target", "/items/1"],
        ),
        ("decide", {"granted": "perhaps"}, ["/granted"]),
    ],
)
def test_verbs_name_every_wrong_field_of_their_bodies(
    lasting_desk: Desk, verb: str, body: dict[str, Any], expected: list[str]
) -> None:
    client, path, headers = _draft(lasting_desk)
    with nothing_changes(lasting_desk.system):
        problem = refusal(client.post(f"{path}/{verb}", json=body, headers=headers), 422, "invalid-input")
    assert sorted(pointers(problem)) == expected


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "image/png"])
def test_another_media_type_than_json_is_not_taken(lasting_desk: Desk, content_type: str) -> None:
    client, path, headers = _draft(lasting_desk)
    headers["Content-Type"] = content_type
    with nothing_changes(lasting_desk.system):
        refusal(client.patch(path, data=b"answers=1", headers=headers), 415, "unsupported-media")


@pytest.mark.parametrize("declared", [True, False], ids=["with-length", "chunked"])
def test_twenty_megabytes_of_json_are_refused_before_they_are_read(
    lasting_desk: Desk, declared: bool
) -> None:
    client, path, headers = _draft(lasting_desk)
    stream = CountingStream(b'{"answers": {' + b" " * (20 * 1024 * 1024))
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    with nothing_changes(lasting_desk.system):
        answer = client.patch(
            path, input_stream=stream, headers=headers, environ_overrides={} if declared else chunked
        )
        refusal(answer, 413, "too-large")
    assert stream.taken <= 1024 * 1024 + 64 * 1024


@pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b"], ids=["nul", "half-a-surrogate"])
def test_text_that_no_database_keeps_is_refused_where_it_stands(enterprise_desk: Desk, text: str) -> None:
    case_id = enterprise_desk.submitted()
    client = enterprise_desk.client(AGENT)
    headers = {"If-Match": enterprise_desk.get(AGENT, f"/cases/{case_id}").headers["ETag"], **JSON}
    with nothing_changes(enterprise_desk.system):
        body = f'{{"reason": "{text}"}}'.encode()
        problem = refusal(client.post(f"/cases/{case_id}/withdraw", data=body, headers=headers), 422)
        assert wrongs(problem) == {"/reason": "characters"}
        body = f'{{"items": [{{"{text}": 1}}]}}'.encode()
        refusal(client.post(f"/cases/{case_id}/withdraw", data=body, headers=headers), 422)


def test_a_nul_in_an_address_finds_nothing_and_breaks_nothing(enterprise_desk: Desk) -> None:
    case_id = enterprise_desk.submitted()
    for path in (
        "/tasks?q=%00",
        "/cases?state=%00",
        "/enterprises/%00",
        "/enterprises?q=%00",
        f"/cases/{case_id}/materials/%00",
        f"/cases/{case_id}/check?section=%00",
        "/verify/%00",
    ):
        answer = enterprise_desk.get(WINDOW, path)
        assert answer.status_code in {400, 404, 405}, path


def test_a_cursor_that_is_not_ours_is_refused(enterprise_desk: Desk) -> None:
    some_id = "00000000-0000-0000-0000-000000000001"
    wrong = {
        "/cases": [
            "x",
            "%%%",
            "中",
            Cursor("2026-01-01", some_id).encode(),
            Cursor("2026-01-01T00:00:00", some_id).encode(),
            Cursor("0001-01-01T00:00:00+14:00", some_id).encode(),
            Cursor("2026-01-01T00:00:00+00:00", "one").encode(),
        ],
        "/tasks": ["x", Cursor("soon", "x").encode(), Cursor("2026-01-01", "x").encode()],
        "/enterprises": ["x", Cursor("\x00", "\x00").encode()],
    }
    for path, cursors in wrong.items():
        for cursor in cursors:
            answer = enterprise_desk.get(WINDOW, path, query_string={"cursor": cursor})
            refusal(answer, 400, "bad-request")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "/limit"),
        ({"limit": "101"}, "/limit"),
        ({"limit": "many"}, "/limit"),
        ({"limit": "9" * 40}, "/limit"),
        ({"kind": "other"}, "/kind"),
        ({"state": "other"}, "/state"),
        ({"light": "blue"}, "/light"),
        ({"q": "x" * 101}, "/q"),
    ],
)
def test_wrong_filters_of_the_queue_are_named(
    lasting_desk: Desk, query: dict[str, str], pointer: str
) -> None:
    problem = refusal(lasting_desk.get(WINDOW, "/tasks", query_string=query), 422, "invalid-input")
    assert pointers(problem) == [pointer]


def test_problems_speak_the_readers_language(lasting_desk: Desk) -> None:
    client, path, headers = _draft(lasting_desk)
    body = {"answers": {"company": {"zz": 1}}}
    chinese = client.patch(path, json=body, headers=headers)
    english = client.patch(path, json=body, headers={**headers, "Accept-Language": "en-GB,en;q=0.9"})
    assert chinese.json["errors"][0]["message"] == "没有名为“zz”的字段"
    assert english.json["errors"][0]["message"] == "There is no field zz"
    assert chinese.headers["Content-Language"] == "zh-CN" and english.headers["Content-Language"] == "en"
