"""Headers of every page, and the check that a `next` address stays on this site."""

from urllib.parse import urlsplit

from flask import Response

PAGE_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Swagger UI writes style attributes; it runs on a page of its own without anybody's session data.
API_DOCS_CSP = PAGE_CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
# A file somebody uploaded must not be able to run or load anything.
FILE_CSP = "default-src 'none'; frame-ancestors 'none'; sandbox"


def secure(response: Response) -> Response:
    """Headers of a page; a stricter policy already set is kept."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", PAGE_CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Cache-Control", "private, no-store")
    response.vary.update(("Cookie", "Accept-Language", "HX-Request"))
    return response


def local_path(target: str | None, default: str = "/") -> str:
    """`target` when it is a path of this site, else `default`; so no link can send a reader elsewhere."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return default
    if any(ord(letter) < ord(" ") for letter in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
