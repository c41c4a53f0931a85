"""The URLs of a broker and of databases by way of a proxy of the tests."""

import sqlalchemy as sa
from kombu import Connection

from shared.testing.tcp_proxy import TcpProxy

BROKER_PORT = 5672
DATABASE_PORT = 5432


def broker_address(url: str) -> tuple[str, int]:
    """Where the broker listens."""
    broker = Connection(url)
    return broker.hostname or "127.0.0.1", broker.port or BROKER_PORT


def broker_through(proxy: TcpProxy, url: str) -> str:
    """The same broker, by way of the proxy."""
    broker = Connection(url)
    return f"amqp://{broker.userid}:{broker.password}@127.0.0.1:{proxy.port}/{broker.virtual_host.strip('/')}"


def database_address(url: str) -> tuple[str, int]:
    """Where the database server listens."""
    parsed = sa.make_url(url)
    return parsed.host or "127.0.0.1", parsed.port or DATABASE_PORT


def database_through(proxy: TcpProxy, url: str) -> str:
    """The same databases (`{service}` stays), by way of the proxy and readable by it."""
    parsed = sa.make_url(url)
    here = parsed.set(host="127.0.0.1", port=proxy.port).update_query_dict({"sslmode": "disable"})
    return here.render_as_string(hide_password=False).replace("%7Bservice%7D", "{service}")
