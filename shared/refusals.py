"""Every kind of refusal that any service gives: what the `type` of a problem document may say.

The kinds that only one engine knows are declared beside its rules; the API description and `docs/api.md`
list them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared import errors
from shared.text import Text

URN = "urn:yuanban:problem:"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of refusal: the end of its URN, its HTTP status, its title, and when it is given."""

    slug: str
    status: int
    title: Text
    meaning: str
    members: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    """JSON Schemas of what its documents say beside the usual, by name."""
    example: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    """Values of these members, as an example."""

    @property
    def urn(self) -> str:
        """The `type` of its problem documents."""
        return URN + self.slug


def refusal(
    raised: type[errors.Problem],
    meaning: str,
    slug: str | None = None,
    members: Mapping[str, Any] | None = None,
    example: Mapping[str, Any] | None = None,
) -> Refusal:
    """The refusal that raising `raised` gives, under a slug of its own where it has one."""
    return Refusal(slug or raised.slug, raised.status, raised.title, meaning, members or {}, example or {})


BAD_REQUEST = refusal(
    errors.BadRequest, "The address, a header, the cursor or the body cannot be read at all"
)
UNAUTHENTICATED = refusal(errors.Unauthenticated, "There is no token, or it is wrong, expired or disabled")
FORBIDDEN = refusal(errors.Forbidden, "Role, position or ownership do not allow it")
NOT_FOUND = refusal(errors.NotFound, "It does not exist, or the reader may not know that it does")
CONFLICT = refusal(errors.Conflict, "Another request got there first")
STALE_VERSION = refusal(errors.PreconditionFailed, "The version named in If-Match is not the present one")
TOO_LARGE = refusal(errors.TooLarge, "The body or the file is larger than allowed")
UNSUPPORTED_MEDIA = refusal(errors.UnsupportedMedia, "The body is not of a kind that is accepted here")
INVALID_INPUT = refusal(errors.InvalidInput, "It can be read, but fields are wrong; each one is named")
KEY_REUSED = refusal(
    errors.InvalidInput,
    "The Idempotency-Key was used for another body of the same request before",
    "idempotency-key-reused",
)
VERSION_REQUIRED = refusal(errors.PreconditionRequired, "The header If-Match is missing")
TOO_MANY_REQUESTS = refusal(errors.TooManyRequests, "The limit on requests, or on sign-ins, was passed")
UNAVAILABLE = refusal(errors.Unavailable, "Something that the answer depends on does not answer now")
TIMED_OUT = refusal(errors.TimedOut, "The request was taken, but what became of it is not known")
REQUEST_TIMED_OUT = refusal(errors.RequestTimedOut, "The body stopped coming, or came too slowly")
NOT_STUCK = refusal(errors.Conflict, "It was handled or discarded meanwhile", "not-stuck")
INTERNAL_ERROR = Refusal(
    "internal-error",
    500,
    Text("系统出现意外错误，已记录", "Something went wrong here; it has been recorded"),
    "A fault of ours; the log has it under request_id",
)
