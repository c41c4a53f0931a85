"""From where to where the clocks of a case run: its rounds of intake, its stages, the end of its notice."""

from collections.abc import Iterable, Iterator

from approvals.cases.clock.course import Course
from approvals.cases.clock.facts import ClockFact, FactKind, Limit, StageLimit


def rounds(course: Course) -> Iterator[tuple[ClockFact, ClockFact | None]]:
    """Each time the materials were received, and what put an end to the authority's time to answer."""
    start: ClockFact | None = course.received
    for notice, answer in [*course.corrections, (None, None)]:
        if start is None:
            return
        yield start, notice or course.accepted or course.ended
        start = answer


def decision_span(course: Course, limit: Limit) -> tuple[ClockFact | None, ClockFact | None]:
    """From where to where a limit for the decision runs: from acceptance to the end of the case.

    One that runs from the receipt is the authority's time to answer, too: as long as nothing was accepted a
    correction notice ends it, and the complete answer starts it anew.
    """
    if not limit.from_receipt:
        return course.accepted, course.ended
    received, answered = list(rounds(course))[-1]
    asked = answered if answered and answered.kind is FactKind.CORRECTION_NOTIFIED else None
    return received, course.ended or (asked if course.accepted is None else None)


def last_ended(facts: Iterable[ClockFact]) -> ClockFact | None:
    """The end of the notice that stood its whole time, the last one where there were several."""
    ended = [fact for fact in facts if fact.kind is FactKind.NOTICE_ENDED]
    return max(ended, key=lambda fact: (fact.effective_on, fact.instant), default=None)


def span_of(
    course: Course, stage: StageLimit, noticed: ClockFact | None
) -> tuple[ClockFact | None, ClockFact | None]:
    """What a stage began with and what it ended with, as far as the case has come."""
    received, answered = list(rounds(course))[-1]
    decided = course.ended if course.ended and course.ended.kind is FactKind.DECIDED else None
    began = {
        FactKind.RECEIVED: received,
        FactKind.ACCEPTED: course.accepted,
        FactKind.REVIEWED: course.review(stage.after),
        FactKind.NOTICE_ENDED: noticed,
        FactKind.DECIDED: decided,
    }
    if stage.ends is FactKind.DELIVERED:
        return began.get(stage.starts), course.delivered
    if stage.starts is FactKind.RECEIVED and stage.ends is FactKind.ACCEPTED:
        return received, answered
    done = {
        FactKind.ACCEPTED: course.accepted,
        FactKind.REVIEWED: course.review(stage.review),
        FactKind.NOTICE_ENDED: noticed,
        FactKind.DECIDED: decided,
    }
    return began.get(stage.starts), done[stage.ends] or course.ended
