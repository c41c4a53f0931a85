"""The answers of an application: sealed in the case row, read and checked here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.items.forms import Validation, validate
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
        answers: Answers,
        *,
        today: date,
        uploaded: set[str] | None,
        section: str | None = None,
    ) -> Validation:
        """Every wrong field at once; `uploaded` None leaves the materials out."""
        found = validate(item, answers, today=today, section=section, uploaded=uploaded)
        pointers = {error.pointer for error in found.errors}
        taken = tuple(
            error
            for error in self.register(session, item, found.values)
            if error.pointer not in pointers
            and (section is None or error.pointer.startswith(f"/answers/{section}/"))
        )
        return Validation(found.values, found.errors + taken, found.warnings)


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
