"""One story for each item that can be applied for here: what is filled in, and by whom it is handled.

What is filled in is the first example of the item's own examples, which is in order; how its sections and
materials are asked for is the catalogue's to say.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from approvals.items.examples import Example, load_examples
from approvals.items.loader import shipped_data
from approvals.items.model import Item
from tests.unit.item_cases import TODAY, catalogue

Json = dict[str, Any]
Deed = Literal["accept", "review", "grant", "check", "pay"]
Ending = Literal["licence", "changed", "deregistered", "filed", "outside", "paid"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOTICE_OF_FUNDS, _NOTICE_BEFORE_FILING = 8, 22


@dataclass(frozen=True, slots=True)
class Step:
    """What an official does, so many days after the step before."""

    official: str
    does: Deed
    after: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """How an application for an item goes, from its guide to what the applicant has in the end."""

    slug: str
    ending: Ending
    steps: tuple[Step, ...] = ()
    route: str = ""
    announced: int = 0
    """Days after which what is on notice before the application can be handed in."""
    own_company: bool = False
    """The applicant's company is no more when the story is over."""
    says: Mapping[str, Mapping[str, str]] | None = None
    """Answers other than the example's, section by section."""
    leaves_out: frozenset[str] = frozenset()
    """Materials of the example that this way does not ask for."""
    founds: bool = False
    """People apply for themselves; there is no company yet."""

    def __str__(self) -> str:
        return self.slug

    @property
    def item(self) -> Item:
        """The version in force."""
        return catalogue().item(self.slug, TODAY)

    def answers(self, today: date) -> dict[str, Json]:
        """The answers that people give; dates lie as far from `today` as the example's from its own day."""
        example = _sound(self.slug)
        said = _moved(example.answers, today - example.today)
        changed = {key: {**section, **(self.says or {}).get(key, {})} for key, section in said.items()}
        asked = {
            section.key: {each.name for each in section.fields if not each.given}
            for section in self.item.form.sections
        }
        return {
            key: {name: value for name, value in section.items() if name in asked[key] or name == "rows"}
            for key, section in changed.items()
        }

    @property
    def materials(self) -> tuple[str, ...]:
        """Codes of what is uploaded."""
        return tuple(sorted((_sound(self.slug).materials or frozenset()) - self.leaves_out))


def handled(by: Iterable[str]) -> tuple[Step, ...]:
    """Accepted, reviewed and granted by a department's three officials."""
    window, reviewer, approver = by
    return (Step(window, "accept"), Step(reviewer, "review"), Step(approver, "grant"))


BUREAU = ("window", "reviewer", "approver")
STORIES = (
    Story("company-establishment", "licence", handled(BUREAU), founds=True),
    Story("company-change", "changed", handled(BUREAU)),
    Story(
        "simple-deregistration",
        "deregistered",
        handled(BUREAU),
        announced=_NOTICE_BEFORE_FILING,
        own_company=True,
    ),
    Story("food-business-licence", "licence", handled(("sj-window", "sj-reviewer", "sj-approver"))),
    Story("prepackaged-food-filing", "filed"),
    Story("hazardous-chemicals-licence", "licence", handled(("yj-window", "yj-reviewer", "yj-approver"))),
    Story(
        "fire-safety-inspection",
        "licence",
        (Step("firewindow", "accept"), Step("fireapprover", "grant"), Step("fireinspector", "check")),
        route="promise",
        leaves_out=frozenset({"declaration"}),
    ),
    Story("new-taxpayer-package", "outside"),
    Story("tax-deferral", "outside"),
    Story(
        "policy-benefits",
        "paid",
        (
            Step("window", "accept"),
            *(Step(name, "review") for name in ("economy", "finance", "tax", "market")),
            Step("approver", "grant", _NOTICE_OF_FUNDS),
            Step("finance", "pay"),
        ),
    ),
)


def founding(trade_name: str) -> Story:
    """The story of a company of that name in the demo region."""
    first = next(story for story in STORIES if story.slug == "company-establishment")
    return replace(first, says={"company": {"trade_name": trade_name}})


def fileable() -> set[str]:
    """Every item that the catalogue lets people apply for."""
    return {
        item.slug
        for item in catalogue().versions
        if item.online and catalogue().in_force(item.code, TODAY) is item
    }


@cache
def _sound(slug: str) -> Example:
    file = next(file for file in load_examples(shipped_data()) if file.item == slug)
    return file.examples[0]


def _moved(answers: Any, by: timedelta) -> Any:
    if isinstance(answers, dict):
        return {key: _moved(value, by) for key, value in answers.items()}
    if isinstance(answers, list):
        return [_moved(value, by) for value in answers]
    if isinstance(answers, str) and _DAY.fullmatch(answers):
        return (date.fromisoformat(answers) + by).isoformat()
    return answers
