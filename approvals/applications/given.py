"""What the register knows of an organisation and its applicants are therefore not asked for again.

国务院关于在线政务服务的若干规定 (国令第716号) art. 7: what can be had by sharing must not be asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from approvals.applications.answers import Answers, read_answers, write_answers
from approvals.cases.model import Case
from approvals.items.answers import subject_name
from approvals.items.form import Field
from approvals.items.model import Item
from approvals.items.wrongs import pointer_of
from shared.errors import Conflict, FieldError
from shared.text import Text
from shared.transaction import Transaction

_FROM_THE_REGISTER = Text(
    "此项取自登记簿，不能在申请中修改；如有变更请先办理变更登记",
    "This comes from the register and cannot be changed in an application; register the change first",
)
_NOT_REGISTERED = Text(
    "该单位不在登记簿中，或者已不在存续状态，不能以其名义申请",
    "This organisation is not in the register, or no longer active; nobody can apply on its behalf",
)


@dataclass(frozen=True, slots=True)
class Register:
    """The service's register, as far as applications need it: facts of an active organisation by USCC.

    The names of the facts are those that forms use in `given`; None for one that is not there or not active.
    """

    facts_of: Callable[[Session, str], Mapping[str, str] | None]
    has_ended: Callable[[Session, str], bool] = lambda _session, _code: False
    """Whether an organisation was there and is closed: nobody applies for it any more, whatever the item."""


def require_facts(tx: Transaction, case: Case) -> Mapping[str, str]:
    """What the register knows of the organisation applied for; Conflict when it is not active there."""
    code = case.on_behalf_of
    facts = tx.resource(Register).facts_of(tx.session, code) if code else None
    if facts is None:
        raise Conflict(_NOT_REGISTERED, slug="organisation-not-registered")
    return facts


def fill_in(tx: Transaction, case: Case, item: Item) -> None:
    """Put what the register says today into the answers; Conflict when the organisation is not active."""
    if item.applicant != "organisation":
        code = case.on_behalf_of
        if code is not None and tx.resource(Register).has_ended(tx.session, code):
            raise Conflict(_NOT_REGISTERED, slug="organisation-not-registered")
        return
    facts = require_facts(tx, case)
    if not item.form.given:
        return
    before = read_answers(tx.context.cipher, case)
    answers = _with(before, [(field, facts[str(field.given)]) for field in item.form.given])
    if answers != before:
        write_answers(tx.context.cipher, case, answers)
        case.subject_name = subject_name(item, answers)


def keep_given(item: Item, before: Answers, changes: Mapping[str, Any]) -> Answers:
    """The sections to be saved, each with the given values that it had."""
    kept = [
        (field, value)
        for field in item.form.given
        if field.section in changes and (value := before.get(field.section, {}).get(field.name)) is not None
    ]
    return _with({key: dict(value) for key, value in changes.items()}, kept)


def wrongly_given(item: Item, before: Answers, changes: Mapping[str, Any]) -> Iterator[FieldError]:
    """An error for every attempt to say something else than the register."""
    for field in item.form.given:
        said = changes.get(field.section, {}).get(field.name)
        if said is not None and said != before.get(field.section, {}).get(field.name):
            yield FieldError(pointer_of(field, None), "given", _FROM_THE_REGISTER)


def _with(answers: Answers, values: Sequence[tuple[Field, Any]]) -> Answers:
    merged = {key: dict(section) for key, section in answers.items()}
    for field, value in values:
        merged.setdefault(field.section, {})[field.name] = value
    return merged
