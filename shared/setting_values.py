"""What a setting may be: each function takes one value, or refuses it with a sentence naming the variable.

No sentence repeats a URL: it may hold a password.
"""

from decimal import Decimal, InvalidOperation
from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa
from limits import parse_many
from sqlalchemy.exc import ArgumentError

from shared.blobs import folder_of

HIGHEST_PORT = 65535
MOST_YELLOW_DAYS = 100
SECRET_LENGTH = 32
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

_DATABASES = "postgresql+psycopg://user@host/yuanban_{service} or sqlite:////folder/{service}.sqlite3"
_BROKERS = "memory:// or amqp://user:password@host/vhost (amqps:// for TLS)"


class SettingsError(ValueError):
    """A setting is missing or contradicts another; the message names the variable."""


def share(variable: str, text: str) -> str:
    """A part of a whole, from 0 to 1, as a decimal number, so that it is exact."""
    try:
        part = Decimal(text.strip())
    except InvalidOperation as error:
        raise SettingsError(f"{variable}: give a number from 0 to 1, such as 0.2") from error
    if not 0 <= part <= 1:  # NaN is neither
        raise SettingsError(f"{variable}: give a number from 0 to 1, such as 0.2")
    return str(part)


def database_url(text: str) -> str:
    """A template of database URLs in which `{service}` tells one service's database from another's."""
    variable = "YUANBAN_DATABASE_URL"
    one, other = (_database(variable, text.replace("{service}", name)) for name in ("one", "other"))
    if (one.host, one.port, one.database) == (other.host, other.port, other.database):
        raise SettingsError(
            f"{variable}: without {{service}} in the name of the database all services would share one; "
            f"give {_DATABASES}"
        )
    return text


def _database(variable: str, text: str) -> sa.URL:
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(f"{variable}: this cannot be read as a URL; give {_DATABASES}") from error
    if url.drivername not in {"postgresql+psycopg", "sqlite"}:
        raise SettingsError(f"{variable}: {url.drivername!r} is not supported; give {_DATABASES}")
    if not url.database or "{" in text or (url.port or 1) > HIGHEST_PORT:
        raise SettingsError(f"{variable}: its database or its port cannot be; give {_DATABASES}")
    if url.drivername == "sqlite" and (url.host or url.database == ":memory:"):
        raise SettingsError(
            f"{variable}: SQLite needs a file, after three or four slashes; give {_DATABASES}"
        )
    return url


def broker_url(text: str) -> str:
    """The event broker."""
    variable = "YUANBAN_BROKER_URL"
    parts = _split(variable, text, _BROKERS)
    if parts.scheme not in {"memory", "amqp", "amqps"}:
        raise SettingsError(f"{variable}: {parts.scheme!r} is not supported; give {_BROKERS}")
    if parts.scheme != "memory" and not parts.hostname:
        raise SettingsError(f"{variable}: the host is missing; give {_BROKERS}")
    return text


def blobs_url(text: str) -> str:
    """Where files are kept."""
    try:
        folder_of(text)
    except ValueError as error:
        raise SettingsError(f"YUANBAN_BLOBS_URL: {error}") from error
    return text


def web_url(variable: str, text: str) -> str:
    """The base URL of something that answers HTTP, without a slash at its end."""
    wanted = "http://host:port or https://host"
    parts = _split(variable, text, wanted)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{variable}: give {wanted}")
    return text.rstrip("/")


def outside_url(variable: str, text: str, *, may_be_plain: bool) -> str:
    """The base URL of a system outside, over TLS; empty where there is none.

    Without TLS only to this machine itself, and in a demo.
    """
    if not text:
        return ""
    url = web_url(variable, text)
    parts = urlsplit(url)
    if parts.scheme != "https" and not may_be_plain and parts.hostname not in _THIS_MACHINE:
        raise SettingsError(f"{variable}: what goes there must go over TLS; give https://host")
    return url


def secret(variable: str, text: str, *, needed: str = "") -> str:
    """A secret shared with a system outside; `needed` by that system's URL."""
    if needed and not text:
        raise SettingsError(f"{variable}: the system that is connected must be given one")
    if text and (len(text) < SECRET_LENGTH or not text.isascii() or not text.isprintable() or " " in text):
        raise SettingsError(f"{variable}: at least {SECRET_LENGTH} ASCII characters, chosen at random")
    return text


def networks(text: str) -> tuple[str, ...]:
    """Networks from which the edge answers `/metrics`, separated by commas."""
    try:
        return tuple(str(ip_network(each.strip())) for each in text.split(",") if each.strip())
    except ValueError as error:
        raise SettingsError(f"YUANBAN_METRICS_FROM: {error}; give networks like 10.1.0.0/16") from error


def rate(variable: str, text: str) -> str:
    """How many requests one client may send, as the library `limits` words it."""
    try:
        parse_many(text)
    except ValueError as error:
        raise SettingsError(f"{variable}: give a rate like “1200 per minute”") from error
    return text


def _split(variable: str, text: str, wanted: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"{variable}: this cannot be read as a URL; give {wanted}") from error
    if port == 0 or any(character.isspace() for character in text):
        raise SettingsError(f"{variable}: this cannot be read as a URL; give {wanted}")
    return parts
