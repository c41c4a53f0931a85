"""Asking the services: a refusal becomes an exception that the error pages can show."""

import re
from typing import Any
from urllib.parse import quote

from flask import g, request
from werkzeug.exceptions import BadRequest

from gateway.clients import ApiResponse
from gateway.portal.context import Json, current_client, current_settings
from gateway.portal.posted import number_of

ENTERPRISE = "enterprise"
NOTIFICATIONS = "notifications"

_SERVER_ERRORS = 500
PATIENCE_S = 3.0
"""So long a page waits for what it can do without: a service may hang rather than be gone."""
_ETAG = re.compile(r'"[0-9]{1,9}"')
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class RefusedError(Exception):
    """A service refused; its problem document says why, in the reader's language."""

    def __init__(self, response: ApiResponse) -> None:
        super().__init__(f"a service answered {response.status}")
        self.response = response

    @property
    def status(self) -> int:
        """The HTTP status of the refusal."""
        return self.response.status

    @property
    def service(self) -> str:
        """Who refused."""
        return self.response.service

    @property
    def problem(self) -> Json:
        """The problem document; empty when the answer carried none."""
        return self.response.problem or {}

    @property
    def slug(self) -> str:
        """What kind of refusal it is, by its stable name."""
        return str(self.problem.get("type", "")).rpartition(":")[2]

    @property
    def errors(self) -> list[Json]:
        """One entry a wrong field: `{pointer, code, message}`."""
        return list(self.problem.get("errors") or ())


def answer_of(response: ApiResponse) -> Json:
    """The JSON of a successful answer; raises RefusedError for any other."""
    if not response.ok:
        raise RefusedError(response)
    return response.json or {}


def load(service: str, path: str, **params: str | None) -> Json:
    """GET a document; parameters without a value are left out. Raises RefusedError."""
    return _load(service, path, params, None)


def _load(service: str, path: str, params: dict[str, str | None], timeout_s: float | None) -> Json:
    given = {key: value for key, value in params.items() if value}
    return answer_of(current_client().get(service, path, params=given or None, timeout_s=timeout_s))


def load_if_up(service: str, path: str, **params: str | None) -> Json | None:
    """GET a document that a page can do without; refusals that are no trouble of the service's are raised.

    None when its service is down: the page then says at its top what is missing (`gaps`).
    """
    try:
        return _load(service, path, params, PATIENCE_S)
    except RefusedError as refusal:
        if refusal.status < _SERVER_ERRORS:
            raise
        silent: list[str] = g.setdefault("portal_gaps", [])
        if service not in silent:
            silent.append(service)
        return None


def gaps() -> list[object]:
    """Names for readers of the services that this page had to do without."""
    return [title_of(service) for service in g.get("portal_gaps", ())]


def title_of(service: str) -> object:
    """The name of a service for readers."""
    return current_settings().services.get(service, service)


def path_of(*parts: str) -> str:
    """A path below a service, every part quoted."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def case_path(case_id: str, *rest: str) -> str:
    """The path of a case or of something of it."""
    return path_of("cases", case_id, *rest)


def load_case(case_id: str) -> Json:
    """The case as its reader may see it."""
    return load(ENTERPRISE, case_path(case_id))


def load_item(code: str, version: str | None = None) -> Json:
    """An item with its guide, its materials and its form: in a version, or in the one in force."""
    return load(ENTERPRISE, path_of("items", code), version=version)


def load_whole_item_of(case: Json) -> Json:
    """The item of a case in the version under which it was filed, with what any of its ways asks for."""
    return load_item(case["item"]["code"], case["item"]["version"])


def load_item_of(case: Json) -> Json:
    """The item of a case in the version under which it was filed, as it stands on the way that it goes."""
    item = load_whole_item_of(case)
    route = case["route"]
    for part in ("materials", "steps"):
        item[part] = [each for each in item[part] if each["route"] in (None, route)]
    promise = next((reform["promise"] for reform in item["reforms"] if reform["promise"]), None)
    if route == "promise" and promise is not None:
        item["statutory_limit"], item["promised_limit"] = (
            promise["statutory_limit"],
            promise["promised_limit"],
        )
    return item


def act(case_id: str, verb: str, body: Json) -> Json:
    """One verb on a case, guarded by the version and the idempotency key that the posted form carries."""
    response = current_client().post(
        ENTERPRISE, case_path(case_id, verb), json=body, headers={**seen_version(), **own_key()}
    )
    return answer_of(response)


def seen_version() -> dict[str, str]:
    """`If-Match` with the version the reader had on the screen (hidden field `version`)."""
    version = request.form.get("version", "")
    if number_of(version) is None:
        raise BadRequest
    return {"If-Match": f'"{version}"'}


def seen_etag() -> dict[str, str]:
    """`If-Match` with the tag of the file the reader had on the screen (hidden field `etag`)."""
    etag = request.form.get("etag", "")
    if not _ETAG.fullmatch(etag):
        raise BadRequest
    return {"If-Match": etag}


def own_key() -> dict[str, str]:
    """`Idempotency-Key` of the page the form was on, so that a second click repeats the first answer."""
    key = request.form.get("idempotency_key", "")
    if not key:
        return {}
    if not _KEY.fullmatch(key):
        raise BadRequest
    return {"Idempotency-Key": key}


def problem_sentence(problem: dict[str, Any]) -> str:
    """The most telling sentence of a problem document."""
    return str(problem.get("detail") or problem.get("title") or "")
