"""The kinds of refusal that only series know."""

from collections.abc import Sequence
from dataclasses import dataclass

from facilities.capacity.rules import say_span
from facilities.capacity.series import Occurrence
from shared.clock import PARK_TZ
from shared.errors import Conflict, FieldError
from shared.refusals import refusal
from shared.text import Text

_DETAIL = Text("有日期不能预订，未作任何更改", "Some dates cannot be booked, so nothing was changed")
_ONE = Text("{span}：{reason}", "{span}: {reason}")


@dataclass(frozen=True, slots=True)
class Refused:
    """An occurrence that could not be booked or changed, and why."""

    occurrence: Occurrence
    reasons: tuple[FieldError, ...]


class OccurrencesRefused(Conflict):
    """All or nothing was asked for, and these of a series cannot be had; or none of them can."""

    slug = "occurrences-refused"
    title = Text("系列中有日期不能预订", "Some dates of the series cannot be booked")

    def __init__(self, refused: Sequence[Refused]) -> None:
        said = [
            FieldError(
                "/rule",
                reason.code,
                _ONE.format(span=say_span(each.occurrence.span, PARK_TZ), reason=reason.message),
            )
            for each in refused
            for reason in each.reasons[:1]
        ]
        super().__init__(_DETAIL, said)
        self.refused = tuple(refused)


OCCURRENCES_REFUSED = refusal(
    OccurrencesRefused, "Occurrences of a series cannot be booked; `errors` says which and why"
)
