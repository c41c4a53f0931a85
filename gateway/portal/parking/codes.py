"""Codes to be scanned: addresses drawn as QR codes."""

import segno
from markupsafe import Markup

from gateway.portal.context import current_settings


def outside(path: str) -> str:
    """A path of this site as somebody outside scans or types it."""
    return current_settings().public_url.rstrip("/") + path


def drawn(url: str) -> Markup:
    """An address of this site as a QR code."""
    svg = segno.make_qr(url, error="m", boost_error=False).svg_inline(
        scale=8, omitsize=True, svgclass="ym-code", lineclass=None
    )
    return Markup(svg)  # noqa: S704 - made here, of an address of this site
