"""`/api/v1/notifications/messages`: one's own, nobody else's."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.actor import Actor
from shared.http.paging import Cursor
from shared.ids import new_id
from shared.testing.systems import ApiClient
from tests.integration.assembly import SUBMITTED, Assembly

SOME_ID = "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c1d02"
READER = Actor(kind="account", id=new_id(), name="企业经办人甲")
EVERY_ROLE = frozenset(
    {"applicant", "official", "operator", "manager", "administrator", "auditor", "resident"}
)


@pytest.fixture
def reader(assembly: Assembly) -> ApiClient:
    return assembly.system.client("notifications", READER)


def tell(assembly: Assembly, count: int, account: Any = READER.id, apart: timedelta = timedelta(0)) -> None:
    for number in range(count):
        assembly.say(SUBMITTED, applicant_account_id=account, subject_name=f"示范企业{number}")
        assembly.clock.advance(apart)
    assembly.worker.run_until_idle()


def test_nobody_reads_without_signing_in(assembly: Assembly) -> None:
    visitor = assembly.system.client("notifications")

    for answer in (
        visitor.get("/messages"),
        visitor.get(f"/messages/{uuid4()}"),
        visitor.post(f"/messages/{uuid4()}/read"),
    ):
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"


def test_an_empty_inbox(reader: ApiClient) -> None:
    assert reader.get("/messages").get_json() == {"items": [], "next": None, "unread": 0}


def test_a_message_says_what_happened_in_both_languages(assembly: Assembly, reader: ApiClient) -> None:
    tell(assembly, 1)

    page = reader.get("/messages").get_json()

    (message,) = page["items"]
    assert page["unread"] == 1
    assert sorted(message) == ["body", "created_at", "id", "kind", "link", "read_at", "title"]
    assert message["kind"] == "case-submitted"
    assert message["title"] == {"zh": "申请已收件", "en": "Your application has been received"}
    assert message["link"].startswith("/applications/")
    assert message["created_at"].startswith("2026-11-23T01:00:00")
    assert message["read_at"] is None
    alone = reader.get(f"/messages/{message['id']}")
    assert alone.get_json() == message
    assert alone.headers["ETag"] == '"1"'


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(minutes=1)], ids=["at one instant", "apart"])
def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_repetition(
    assembly: Assembly, reader: ApiClient, apart: timedelta
) -> None:
    tell(assembly, 5, apart=apart)
    tell(assembly, 2, account=new_id())
    seen, cursor = [], None
    for expected in (2, 2, 1):
        answer = reader.get("/messages", query_string={"limit": 2, **({"cursor": cursor} if cursor else {})})
        page = answer.get_json()
        assert len(page["items"]) == expected
        assert page["unread"] == 5
        assert ("Link" in answer.headers) == (page["next"] is not None)
        seen += [message["body"]["zh"] for message in page["items"]]
        cursor = page["next"]

    assert cursor is None
    assert ["示范企业" + str(n) in body for n, body in zip((4, 3, 2, 1, 0), seen, strict=True)] == [True] * 5


def test_reading_is_remembered_once_and_may_be_repeated(assembly: Assembly, reader: ApiClient) -> None:
    tell(assembly, 2)
    message = reader.get("/messages").get_json()["items"][0]

    first = reader.post(f"/messages/{message['id']}/read", json={})
    assembly.clock.advance(timedelta(hours=1))
    second = reader.post(f"/messages/{message['id']}/read")

    assert first.status_code == second.status_code == 200
    assert first.get_json()["read_at"] == second.get_json()["read_at"] is not None
    assert first.headers["ETag"] == '"2"'
    assert reader.get("/messages").get_json()["unread"] == 1


def test_unread_is_counted_to_a_hundred_only(assembly: Assembly, reader: ApiClient) -> None:
    tell(assembly, 101)

    assert reader.get("/messages", query_string={"limit": 1}).get_json()["unread"] == 100


def test_nobody_sees_or_touches_the_messages_of_another_whatever_the_role(
    assembly: Assembly, reader: ApiClient
) -> None:
    tell(assembly, 1)
    message_id = reader.get("/messages").get_json()["items"][0]["id"]
    almighty = assembly.system.client(
        "notifications", Actor(kind="account", id=new_id(), name="审计", roles=EVERY_ROLE)
    )

    assert almighty.get("/messages").get_json() == {"items": [], "next": None, "unread": 0}
    assert almighty.get(f"/messages/{message_id}").status_code == 404
    assert almighty.post(f"/messages/{message_id}/read").status_code == 404
    assert reader.get("/messages").get_json()["unread"] == 1


def test_what_does_not_exist_is_not_found(reader: ApiClient) -> None:
    for path in (f"/messages/{uuid4()}", "/messages/1"):
        assert reader.get(path).status_code == 404
        assert reader.post(f"{path}/read").status_code == 404


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "中",
        "e30",
        Cursor("yesterday", SOME_ID).encode(),
        Cursor("2026-11-23T01:00:00", SOME_ID).encode(),
        Cursor("0001-01-01T00:00:00+14:00", SOME_ID).encode(),
        Cursor("2026-11-23T01:00:00+00:00", "\x00").encode(),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(reader: ApiClient, cursor: str) -> None:
    answer = reader.get("/messages", query_string={"cursor": cursor})

    assert answer.status_code == 400
    assert answer.get_json()["detail"] == "翻页标记无效"


@pytest.mark.parametrize("limit", ["0", "101", "many", "-1"])
def test_a_limit_out_of_range_is_refused_by_name(reader: ApiClient, limit: str) -> None:
    answer = reader.get("/messages", query_string={"limit": limit}, headers={"Accept-Language": "en"})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/limit"]


def test_a_body_with_anything_in_it_is_refused(assembly: Assembly, reader: ApiClient) -> None:
    tell(assembly, 1)
    message_id = reader.get("/messages").get_json()["items"][0]["id"]

    assert reader.post(f"/messages/{message_id}/read", json={"read_at": None}).status_code == 422
    assert reader.post(f"/messages/{message_id}/read", json=[]).status_code == 422
    assert reader.get("/messages").get_json()["unread"] == 1
