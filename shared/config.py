"""Settings: read from the environment once, typed, and refused at start when they make no sense."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from environs import Env, EnvError
from marshmallow.validate import OneOf, Range

from shared import setting_values as values
from shared.setting_values import SettingsError as SettingsError

SECRET_LENGTH = values.SECRET_LENGTH
DEMO_PASSWORD = "yuanban-demo"  # noqa: S105 - the published password of the demo accounts

_UPSTREAM = "YUANBAN_UPSTREAM_"
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations. Domain code sees none of it."""

    data_dir: Path
    database_url: str
    """A template; `{service}` is replaced by the service's name."""
    broker_url: str
    """`memory://` (the embedded shape) or `amqp://…` (RabbitMQ, one process a role)."""
    blobs_url: str
    secret_key: str = field(repr=False)
    bind: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://localhost:8000"
    demo: bool = False
    demo_password: str = field(default=DEMO_PASSWORD, repr=False)
    threads: int = 8
    log_format: str = "console"
    log_level: str = "INFO"
    request_limit: str = "1200 per minute"
    """How many requests one client may send, as the library `limits` words it; the next three count too."""
    write_limit: str = "300 per minute"
    upload_limit: str = "60 per minute"
    sign_in_limit: str = "60 per minute"
    """From one address, whoever tries to be who; an office may have one for all its people."""
    yellow_share: str = "0.2"
    """When a limit's light turns yellow: at most this share of it is left …"""
    yellow_days: int = 2
    """… and at most so many working days."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front and are believed about the client's address."""
    password_memory_kib: int = 19456
    """Memory of one argon2id hash; with `password_rounds` the first recommendation of OWASP. Not read from
    the environment: only tests make it cheaper."""
    password_rounds: int = 2
    upstreams: Mapping[str, str] = field(default_factory=dict)
    """Base URL of each service that runs in a process of its own, by service name."""
    broker_prefix: str = ""
    """Stands before the name of every exchange and queue, so that installations can share one broker."""
    tax_url: str = ""
    """Base URL of the tax authority's system, or of what stands in front of it; empty: not connected."""
    tax_secret: str = field(default="", repr=False)
    """Bearer secret that it knows us by."""
    tax_callback_secret: str = field(default="", repr=False)
    """Signs what it pushes to us; empty: it may not push."""
    tax_poll_s: int = 900
    """Seconds between two questions about one case."""
    address_secret: str = field(default="", repr=False)
    """Signs addresses that whoever has them may use; empty: the key of the service does."""
    parking_provider: str = ""
    """Who takes payments for parking: `sandbox`, with which nobody pays any money; empty: cash alone."""
    metrics_port: int = 0
    """Where a process answers `/metrics` to operators; 0: a web process at its own port, a worker nowhere."""
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks from which the edge answers `/metrics`."""

    @classmethod
    def from_env(cls) -> "Settings":
        """Read `YUANBAN_*` and `PORT`; raises SettingsError naming the variable at fault."""
        try:
            return cls._read(Env())
        except EnvError as error:
            raise SettingsError(str(error)) from error

    @classmethod
    def _read(cls, env: Env) -> "Settings":
        data_dir = Path(env.str("YUANBAN_DATA_DIR", "var")).resolve()
        port = env.int("PORT", 8000, validate=Range(1, values.HIGHEST_PORT))
        public_url = env.str("YUANBAN_PUBLIC_URL", f"http://localhost:{port}")
        databases = env.str("YUANBAN_DATABASE_URL", f"sqlite:///{quote(str(data_dir))}/{{service}}.sqlite3")
        metrics_from = env.str("YUANBAN_METRICS_FROM", "127.0.0.0/8,::1/128")
        broker_url = values.broker_url(env.str("YUANBAN_BROKER_URL", "memory://"))
        upstreams = _upstreams(os.environ)
        demo = env.bool("YUANBAN_DEMO", False)
        tax_url = env.str("YUANBAN_TAX_URL", "")
        alone = broker_url.startswith("memory://") and not upstreams
        return cls(
            data_dir=data_dir,
            database_url=values.database_url(databases),
            broker_url=broker_url,
            blobs_url=values.blobs_url(env.str("YUANBAN_BLOBS_URL", (data_dir / "blobs").as_uri())),
            bind=env.str("YUANBAN_BIND", "127.0.0.1"),
            port=port,
            public_url=values.web_url("YUANBAN_PUBLIC_URL", public_url),
            demo=demo,
            demo_password=env.str("YUANBAN_DEMO_PASSWORD", DEMO_PASSWORD),
            threads=env.int("YUANBAN_THREADS", 8, validate=Range(min=1)),
            log_format=env.str("YUANBAN_LOG_FORMAT", "console", validate=OneOf(("console", "json"))),
            log_level=env.str("YUANBAN_LOG_LEVEL", "INFO", validate=OneOf(_LOG_LEVELS)),
            request_limit=_rate(env, "YUANBAN_REQUEST_LIMIT", "1200 per minute"),
            write_limit=_rate(env, "YUANBAN_WRITE_LIMIT", "300 per minute"),
            upload_limit=_rate(env, "YUANBAN_UPLOAD_LIMIT", "60 per minute"),
            sign_in_limit=_rate(env, "YUANBAN_SIGN_IN_LIMIT", "60 per minute"),
            yellow_share=values.share("YUANBAN_YELLOW_SHARE", env.str("YUANBAN_YELLOW_SHARE", "0.2")),
            yellow_days=env.int("YUANBAN_YELLOW_DAYS", 2, validate=Range(0, values.MOST_YELLOW_DAYS)),
            trusted_proxies=env.int("YUANBAN_TRUSTED_PROXIES", 0, validate=Range(min=0)),
            upstreams=upstreams,
            broker_prefix=env.str("YUANBAN_BROKER_PREFIX", ""),
            tax_url=values.outside_url("YUANBAN_TAX_URL", tax_url, may_be_plain=demo),
            tax_secret=values.secret("YUANBAN_TAX_SECRET", env.str("YUANBAN_TAX_SECRET", ""), needed=tax_url),
            tax_callback_secret=values.secret(
                "YUANBAN_TAX_CALLBACK_SECRET", env.str("YUANBAN_TAX_CALLBACK_SECRET", "")
            ),
            tax_poll_s=env.int("YUANBAN_TAX_POLL_S", 10 if demo else 900, validate=Range(1, 86400)),
            address_secret=values.secret("YUANBAN_ADDRESS_SECRET", env.str("YUANBAN_ADDRESS_SECRET", "")),
            parking_provider=env.str(
                "YUANBAN_PARKING_PROVIDER", "sandbox" if demo else "", validate=OneOf(("", "sandbox"))
            ),
            metrics_port=env.int("YUANBAN_METRICS_PORT", 0, validate=Range(0, values.HIGHEST_PORT)),
            metrics_from=values.networks(metrics_from),
            # Last: on a first start it writes a file, and nothing is written for settings that are refused.
            secret_key=_secret(env.str("YUANBAN_SECRET_KEY", ""), data_dir, may_make_one=alone),
        )

    @property
    def is_embedded(self) -> bool:
        """True when every service lives in one process and no broker is asked."""
        return self.broker_url.startswith("memory://")

    def database_url_for(self, service: str) -> str:
        """The database of one service."""
        return self.database_url.replace("{service}", service)


def _secret(given: str, data_dir: Path, *, may_make_one: bool) -> str:
    if given and len(given) < SECRET_LENGTH:
        raise SettingsError(f"YUANBAN_SECRET_KEY: at least {SECRET_LENGTH} characters, chosen at random")
    if not given and not may_make_one:
        # Each of them would make its own, and what one has sealed no other could open.
        raise SettingsError("YUANBAN_SECRET_KEY: services with processes of their own must be given one")
    try:
        return given or _own_secret(data_dir)
    except OSError as error:
        raise SettingsError(f"YUANBAN_DATA_DIR: {data_dir}: {error.strerror}") from error


def _rate(env: Env, variable: str, default: str) -> str:
    return values.rate(variable, env.str(variable, default))


def _upstreams(environ: Mapping[str, str]) -> dict[str, str]:
    """`YUANBAN_UPSTREAM_<SERVICE>` of every service that is named."""
    found = {}
    for variable, url in environ.items():
        if variable.startswith(_UPSTREAM) and url:
            found[variable.removeprefix(_UPSTREAM).lower()] = values.web_url(variable, url)
    return found


def _own_secret(data_dir: Path) -> str:
    """The embedded shape makes its own key on first start and keeps it readable by its owner only."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Written whole under another name and then linked: whoever starts at the same time, or dies
        # half-way, leaves one complete key behind.
        draft = data_dir / f"secret_key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < SECRET_LENGTH:
        raise SettingsError(f"{path}: the key is damaged; restore it, or set YUANBAN_SECRET_KEY")
    return key
