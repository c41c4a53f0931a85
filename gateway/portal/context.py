"""What a page may know of the request: who reads, in which language, and the client that asks the services.

The gateway's app factory hands over a `PortalHost` once, through `blueprint.register`; pages never look
further than the functions here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from flask import current_app, g, request

from gateway.clients import ServiceClient
from shared.text import LANGUAGES, Language, Text

Json = dict[str, Any]

LANGUAGE_COOKIE = "lang"
_EXTENSION = "yuanban-portal"


class PortalHost(Protocol):
    """What the portal needs from the gateway, always for the request being answered."""

    def client(self) -> ServiceClient:
        """A client that acts for the signed-in person, or for nobody; must not raise for visitors."""
        ...

    def person(self) -> Json | None:
        """The document of `GET /api/v1/me` of the signed-in person, None for a visitor."""
        ...

    def sign_in(self, username: str, password: str) -> None:
        """Start a browser session; raises Problem 401 (wrong name or password) or 429 (too many attempts)."""
        ...

    def sign_out(self) -> None:
        """End the browser session; harmless for a visitor."""
        ...


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A sign-in of the demo park that the sign-in page may show."""

    username: str
    role: Text


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """What the pages show of the installation."""

    public_url: str = "http://localhost:8000"
    demo: bool = False
    demo_accounts: tuple[DemoAccount, ...] = ()
    services: Mapping[str, Text] = field(default_factory=dict)
    """Names of the services for readers, by the names that programs use."""
    park: Text = field(default=Text("示范市云澜湾数字产业园", "Yunlan Bay Digital Industrial Park (demo)"))
    park_short: Text = field(default=Text("云澜湾数字产业园", "Yunlan Bay Digital Park"))


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal of one app: kept in `app.extensions`, so that one process may hold several apps."""

    host: PortalHost
    settings: PortalSettings


def install(app_extensions: dict[str, Any], portal: Portal) -> None:
    """Remember the portal of this app."""
    app_extensions[_EXTENSION] = portal


def _portal() -> Portal:
    return cast(Portal, current_app.extensions[_EXTENSION])


def current_host() -> PortalHost:
    """The gateway, as far as the portal may see it."""
    return _portal().host


def current_settings() -> PortalSettings:
    """What the pages show of this installation."""
    return _portal().settings


def current_client() -> ServiceClient:
    """The one way to a service: acts for the reader of this request, made once a request."""
    if "portal_client" not in g:
        g.portal_client = current_host().client()
    return cast(ServiceClient, g.portal_client)


def current_person() -> Json | None:
    """Who is signed in: `{id, username, name, roles, positions, memberships}`, None for a visitor."""
    if "portal_person" not in g:
        g.portal_person = current_host().person()
    return cast("Json | None", g.portal_person)


def current_language() -> Language:
    """The reader's language: the `lang` cookie, else Accept-Language, else Chinese."""
    if "portal_language" not in g:
        chosen = request.cookies.get(LANGUAGE_COOKIE)
        if chosen not in LANGUAGES:
            chosen = request.accept_languages.best_match(LANGUAGES, "zh")
        g.portal_language = chosen
    return cast(Language, g.portal_language)
