"""What can go wrong, in words: the exceptions every service raises and the HTTP edge turns into RFC 9457."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shared.text import Text


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: where (JSON pointer into the request body), a stable code, and what is wrong."""

    pointer: str
    code: str
    message: Text


class Problem(Exception):  # noqa: N818 - the RFC calls it a problem
    """A refusal with a stable `slug`, an HTTP status and a sentence for the person who caused it."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[Text] = Text("请求有误", "The request is not valid")

    def __init__(
        self, detail: Text | None = None, errors: Sequence[FieldError] = (), slug: str | None = None
    ) -> None:
        super().__init__(detail.en if detail else self.title.en)
        self.detail = detail
        self.errors = tuple(errors)
        self.code = slug or self.slug

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers that belong to the refusal."""
        return {}

    @property
    def members(self) -> Mapping[str, Any]:
        """What the problem document says beside the members that all have: for programs, as JSON."""
        return {}


class BadRequest(Problem):
    """The message cannot be read at all (wrong JSON, a wrong cursor, a malformed header)."""


class InvalidInput(Problem):
    """The message can be read but one or more fields are wrong; every wrong field is named."""

    status = 422
    slug = "invalid-input"
    title = Text("填写的内容有误", "Some of the information is not valid")


class Unauthenticated(Problem):
    """Nobody is signed in, or the token is expired or forged."""

    status = 401
    slug = "unauthenticated"
    title = Text("请先登录", "Please sign in")

    @property
    def headers(self) -> dict[str, str]:
        """How one may prove who one is."""
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    """Signed in, but not entitled."""

    status = 403
    slug = "forbidden"
    title = Text("没有办理权限", "You are not allowed to do this")


class NotFound(Problem):
    """It does not exist, or the reader may not know that it does."""

    status = 404
    slug = "not-found"
    title = Text("没有找到", "Not found")


class Conflict(Problem):
    """The present state does not allow it, or somebody else was first."""

    status = 409
    slug = "conflict"
    title = Text("当前状态不能这样办理", "This cannot be done in the present state")


class PreconditionFailed(Problem):
    """The version in If-Match is stale, or If-None-Match found something."""

    status = 412
    slug = "stale-version"
    title = Text("内容已被他人更新，请刷新后重试", "Somebody changed this meanwhile; reload and try again")


class PreconditionRequired(Problem):
    """If-Match (or If-None-Match) is missing where it is needed."""

    status = 428
    slug = "version-required"
    title = Text("请求缺少版本号（If-Match）", "The version (If-Match) is missing")


class TooLarge(Problem):
    """The body or file is larger than allowed."""

    status = 413
    slug = "too-large"
    title = Text("文件或内容过大", "The file or message is too large")


class UnsupportedMedia(Problem):
    """The content is not of an accepted kind, whatever its name says."""

    status = 415
    slug = "unsupported-media"
    title = Text("不支持的文件类型", "This type of content is not accepted")


class TooManyRequests(Problem):
    """A limit on attempts or requests was passed."""

    status = 429
    slug = "too-many-requests"
    title = Text("操作过于频繁，请稍后再试", "Too many requests; please try again later")

    def __init__(self, detail: Text | None = None, *, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        """When to come back, in seconds."""
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}


class Unavailable(Problem):
    """Something this answer depends on does not answer at the moment."""

    status = 503
    slug = "unavailable"
    title = Text("服务暂时不可用，请稍后再试", "The service is not available at the moment; please try again")

    def __init__(self, detail: Text | None = None, *, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        """When it is worth to come back, in seconds."""
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}


class TimedOut(Problem):
    """The service took the request and did not answer in time; what it does of it is not known."""

    status = 504
    slug = "timed-out"
    title = Text("服务未能及时答复", "The service did not answer in time")


class RequestTimedOut(Problem):
    """The client stopped sending, or sends too slowly."""

    status = 408
    slug = "request-timed-out"
    title = Text("上传中断或过慢，请重新提交", "The request came too slowly; please send it again")
