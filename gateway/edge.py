"""Putting the public edge together: keys, limits, the proxy, and the portal in front of it all."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.accounts.demo import demo_sign_ins
from gateway.host import GatewayHost
from gateway.portal import assets, blueprint
from gateway.portal.context import DemoAccount, PortalSettings
from gateway.routing import figures, keyset, limits, openapi, proxy
from gateway.state import install
from shared.config import Settings
from shared.network import Network
from shared.service import Runtime, installed_services


def extend_app(app: Flask, runtime: Runtime, network: Network) -> None:
    """Add to the gateway's app what only the edge has."""
    settings = runtime.settings
    edge = install(app, runtime, network)
    keyset.register(app, edge.keys)
    proxy.register(app, edge.dispatcher)
    openapi.register(app, edge.dispatcher)
    host = GatewayHost(edge)
    limits.register(app, settings, host.account_id)
    figures.register(app, settings.metrics_from)
    app.config["SESSION_COOKIE_SECURE"] = urlsplit(settings.public_url).scheme == "https"
    blueprint.register(app, host, _portal_settings(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as Flask says to
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=0
        )
    assets.wrap_static(app)


def _portal_settings(settings: Settings) -> PortalSettings:
    sign_ins = demo_sign_ins() if settings.demo else ()
    return PortalSettings(
        public_url=settings.public_url,
        demo=settings.demo,
        demo_accounts=tuple(DemoAccount(each.username, each.role) for each in sign_ins),
        services={each.name: each.title for each in installed_services()},
    )
