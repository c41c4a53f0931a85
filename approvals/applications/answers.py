"""The answers of an application: sealed in the case row, read and checked here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.items.forms import Examination, Validation, examine, judge
from approvals.items.model import Item
from shared.cipher import Cipher
from shared.errors import FieldError

Answers = dict[str, dict[str, Any]]


class RegisterRules(Protocol):
    """What only the service's own register can say about an application (a name already taken, for one)."""

    def __call__(self, session: Session, item: Item, values: Mapping[str, Any]) -> list[FieldError]:
        """Errors, with pointers into the request."""
        ...


@dataclass(frozen=True, slots=True)
class Checker:
    """Validates applications against the item's form and the service's own register."""

    register: RegisterRules

    def check(
        self,
        session: Session,
        item: Item,
        examined: Examination,
        *,
        uploaded: set[str] | None,
        section: str | None = None,
    ) -> Validation:
        """Every wrong field at once; `uploaded` None leaves the materials out."""
        found = judge(item, examined, section=section, uploaded=uploaded)
        pointers = {error.pointer for error in found.errors}
        taken = tuple(
            error
            for error in self.register(session, item, found.values)
            if error.pointer not in pointers
            and (section is None or error.pointer.startswith(f"/answers/{section}/"))
        )
        return Validation(found.values, found.errors + taken, found.warnings)


@dataclass(frozen=True, slots=True)
class OpenedForm:
    """The answers of a case as they stand in `sealed`, and what is right and wrong with them on a day."""

    sealed: bytes
    today: date
    answers: Answers
    examined: Examination


def open_form(session: Session, cipher: Cipher, case: Case, item: Item, today: date) -> OpenedForm:
    """The answers of a case, examined. Not to be changed: the session keeps them for whoever asks next.

    A verb judges the form and then shows it; examining it twice would be a tenth of the work of handing in.
    """
    kept: dict[UUID, OpenedForm] = session.info.setdefault(OpenedForm, {})
    found = kept.get(case.id)
    if (
        found is None
        or (found.sealed, found.today) != (case.answers_sealed, today)
        or found.examined.form is not item.form  # moved to another version of the item since
    ):
        answers = read_answers(cipher, case)
        found = OpenedForm(case.answers_sealed, today, answers, examine(item.form, answers, today))
        kept[case.id] = found
    return found


def read_answers(cipher: Cipher, case: Case) -> Answers:
    """What the applicant typed, section by section."""
    opened: Answers = cipher.open(case.answers_sealed)
    return opened


def write_answers(cipher: Cipher, case: Case, answers: Mapping[str, Any]) -> None:
    """Keep what the applicant typed."""
    case.answers_sealed = cipher.seal(answers)


def value_at(answers: Answers, pointer: str) -> Any:
    """What stands at `/answers/…` now; None when nothing does."""
    found: Any = answers
    for part in pointer.removeprefix("/answers").strip("/").split("/"):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def row_exists(answers: Answers, pointer: str) -> bool:
    """Whether the row that `/answers/<section>/rows/<n>…` lies in is there; true for every other pointer."""
    section, in_row, rest = pointer.partition("/rows/")
    number = rest.partition("/")[0]
    return not in_row or value_at(answers, f"{section}/rows/{number}") is not None
