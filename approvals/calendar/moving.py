"""What a calendar does to the dates of one case: which clock's date moves, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass

from approvals.cases.dates import INTERNAL, OpenDate, read_dates
from approvals.cases.deadline import Reckoning
from approvals.cases.lifecycle import RUNNING_STATES
from approvals.cases.model import Case
from approvals.items.model import Item
from shared.calendar import say_date
from shared.text import Text

_GOVERNING = Text(
    "因{notice}公布，到期日由{before}调整为{after}", "By {notice} the date moved from {before} to {after}"
)
_GOVERNING_SETTLED = Text(
    "因{notice}公布，{after}不再是预计日期", "By {notice} {after} is no longer provisional"
)
_OTHERS = Text("因{notice}公布，{moved}", "By {notice}: {moved}")
_AND = Text("{first}；{more}", "{first}; {more}")
_MOVED = Text("{name}由{before}调整为{after}", "{name}: from {before} to {after}")
_SETTLED = Text("{name}{after}不再是预计日期", "{name}: {after} is no longer provisional")
_INTERNAL_ALONE = Text(
    "因{notice}公布，办理环节的内部期限重新推算，答复的期限不变",
    "By {notice} an internal limit was computed anew; the date of the answer stays",
)


@dataclass(frozen=True, slots=True)
class Change:
    """The date of one clock before and after, or the same date that is no forecast any more."""

    clock: str
    before: OpenDate
    after: OpenDate

    @property
    def name(self) -> Text:
        """What the clock is called."""
        return Text.of(self.after.name)

    @property
    def is_internal(self) -> bool:
        """Whether it is the date of a stage, which is told to officials alone."""
        return self.clock.startswith(INTERNAL)

    @property
    def text(self) -> Text:
        """The change as part of a sentence."""
        wording = _SETTLED if self.before.on == self.after.on else _MOVED
        return wording.format(name=self.name, before=say_date(self.before.on), after=say_date(self.after.on))


@dataclass(frozen=True, slots=True)
class Move:
    """A case with its dates as they stand and as a calendar gives them."""

    case: Case
    item: Item
    before: Reckoning
    after: Reckoning

    @property
    def moves_the_answer(self) -> bool:
        """Whether the date that governs is another one, or no longer the forecast that it was.

        None is moved once the answer was given: what it was due by is of interest only to the record.
        """
        if self.case.state not in RUNNING_STATES:
            return False
        return (self.before.due_on, self.before.provisional) != (self.after.due_on, self.after.provisional)

    @property
    def changes(self) -> list[Change]:
        """Every clock whose date is another one or no longer a forecast, the one that governs among them."""
        before, after = read_dates(self.before.dates), read_dates(self.after.dates)
        pairs = [Change(key, before[key], after[key]) for key in after if key in before]
        return [
            each
            for each in pairs
            if (each.before.on, each.before.provisional) != (each.after.on, each.after.provisional)
        ]

    @property
    def others(self) -> list[Change]:
        """The same without the clock that governs."""
        return [each for each in self.changes if each.clock.partition(":")[0] != self.after.due_kind]

    @property
    def is_told(self) -> bool:
        """Whether anybody is told."""
        return self.moves_the_answer or bool(self.changes)


def said_of(move: Move, notice: Text) -> Text:
    """What the log of the case says, which the applicant reads: no date of a stage."""
    open_to_all = [each for each in move.others if not each.is_internal]
    if not move.moves_the_answer:
        wording = _OTHERS if open_to_all else _INTERNAL_ALONE
        return wording.format(notice=notice, moved=listed(open_to_all))
    if move.before.due_on is None or move.after.due_on is None:
        raise LookupError(f"case {move.case.id} has no date to move")
    settled = move.before.due_on == move.after.due_on
    first = (_GOVERNING_SETTLED if settled else _GOVERNING).format(
        notice=notice, before=say_date(move.before.due_on), after=say_date(move.after.due_on)
    )
    return _AND.format(first=first, more=listed(open_to_all)) if open_to_all else first


def listed(changes: Sequence[Change]) -> Text:
    """Several changes one after the other."""
    texts = [each.text for each in changes]
    return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))
