"""Whoever parks, and short words for their requests."""

from datetime import datetime
from typing import Any

from shared.actor import Actor, Membership
from shared.ids import new_id
from shared.testing.systems import SystemUnderTest

FIRM, OTHER_FIRM = "91990101MA0DEM013U", "91990101MA0DEM021N"


def person(*roles: str, of: tuple[str, ...] = ()) -> Actor:
    """Somebody with an account, with these roles, who is a member of these firms."""
    memberships = tuple(Membership(new_id(), uscc, "示范企业", "member") for uscc in of)
    return Actor(
        kind="account", id=new_id(), name="示范人员", roles=frozenset(roles), memberships=memberships
    )


class Caller:
    """Sends somebody's requests below `/api/v1/living/parking` and says what went wrong."""

    def __init__(self, system: SystemUnderTest, actor: Actor | None) -> None:
        self.actor = actor
        self._client = system.client("living", actor)

    def ask(self, method: str, path: str, body: Any = None, version: int | str | None = None) -> Any:
        """Any request; `version` goes into If-Match."""
        headers = {} if version is None else {"If-Match": str(version)}
        return self._client.send(method, f"/parking{path}", json=body, headers=headers)

    def get(self, path: str) -> Any:
        """What is there."""
        return ok(self.ask("GET", path))

    def act(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """Use a verb on a thing as it is now."""
        thing = path if method == "PUT" and not path.endswith("/cars") else path.rpartition("/")[0]
        version = self.ask("GET", thing).headers.get("ETag", '"1"')
        return self.ask(method, path, body or {}, version)


def ok(answer: Any) -> Any:
    """The body of an answer that is none of a refusal."""
    assert answer.status_code < 300, answer.text
    return answer.get_json()


def slug(answer: Any) -> str:
    """By which name the request was refused."""
    assert answer.status_code >= 400, answer.text
    return str(answer.get_json()["type"]).rpartition(":")[2]


def codes(answer: Any) -> set[tuple[str, str]]:
    """What was wrong with which field."""
    assert answer.status_code in (409, 422), answer.text
    return {(each["pointer"], each["code"]) for each in answer.get_json()["errors"]}


def span(start: datetime, end: datetime) -> dict[str, str]:
    """From when until when."""
    return {"starts_at": start.isoformat(), "ends_at": end.isoformat()}
