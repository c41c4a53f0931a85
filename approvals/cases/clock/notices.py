"""What the facts tell of public notices (公示): each from its publication to its end and what followed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from approvals.cases.clock.facts import ClockError, ClockFact, FactKind
from shared.text import Text

NOTICE_FACTS = frozenset(
    {FactKind.NOTICE_PUBLISHED, FactKind.NOTICE_ENDED, FactKind.NOTICE_STOPPED, FactKind.FILING_LAPSED}
)
"""What happens to notices; one before the application comes before anything was received."""

_NOT_PUBLISHED = Text("没有公示，不能记录其结束", "A notice that was not published cannot end")


@dataclass(frozen=True, slots=True)
class NoticeCourse:
    """One notice, as far as it has come; facts of one notice share their `ref`."""

    published: ClockFact
    over: ClockFact | None
    """Its end, by lapse of time or because it was stopped or the application withdrawn."""
    followed: ClockFact | None
    """What ended the time to apply after it: the application, that none came, or that it was stopped then."""


def read_notices(facts: Iterable[ClockFact]) -> Iterator[NoticeCourse]:
    """The notices that the facts tell of, earliest first; ClockError for the end of one never published."""
    every = sorted(facts, key=lambda fact: (fact.effective_on, fact.instant, fact.ref or ""))
    published = [fact for fact in every if fact.kind is FactKind.NOTICE_PUBLISHED]
    known = {fact.ref for fact in published}
    if any(fact.kind in NOTICE_FACTS and fact.ref not in known for fact in every):
        raise ClockError("clock-notice-not-published", _NOT_PUBLISHED)
    received = next((fact for fact in every if fact.kind is FactKind.RECEIVED), None)
    withdrawn = next((fact for fact in every if fact.kind is FactKind.WITHDRAWN), None)
    for start in published:
        own = [fact for fact in every if fact.ref == start.ref and fact.kind in NOTICE_FACTS]
        ended = next((fact for fact in own if fact.kind is FactKind.NOTICE_ENDED), None)
        stopped = next((fact for fact in own if fact.kind is FactKind.NOTICE_STOPPED), None)
        lapsed = next((fact for fact in own if fact.kind is FactKind.FILING_LAPSED), None)
        yield NoticeCourse(
            published=start,
            over=ended or stopped or withdrawn,
            followed=(received or lapsed or stopped) if ended else None,
        )
