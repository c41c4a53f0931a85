"""Correcting on the spot (当场更正): what can be mended at the window need not be sent back.

行政许可法 art. 32(3): where errors can be corrected on the spot, the applicant must be allowed to do so.
Here the official who holds the intake types for the applicant, who agrees; it is no
correction notice, so the intake clock is not touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from approvals.applications.answers import Answers, read_answers, row_exists, value_at, write_answers
from approvals.applications.commands import check
from approvals.cases import policy
from approvals.cases.announce import announce
from approvals.cases.deferral import promised
from approvals.cases.model import Case
from approvals.cases.record import record
from approvals.funds import commands as funds
from approvals.items.answers import label_of, shown, subject_name
from approvals.items.drafts import check_draft
from approvals.items.form import Field
from approvals.items.model import Item
from approvals.items.wrongs import locate
from approvals.notices.telling import departures
from approvals.spot.model import CONSENT_NAMES, Consent, SpotCorrection
from approvals.spot.queries import of_case
from approvals.tasks import policy as task_policy
from approvals.tasks.model import TaskKind
from shared.errors import FieldError, Forbidden, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_NOTHING = Text("请至少更正一项", "Correct at least one answer")
_UNKNOWN = Text("申请表中没有这一项", "The form has no such field")
_TWICE = Text("同一项不能重复列出", "This field is listed twice")
_SAME = Text("更正后的内容与原内容相同", "This is what stands there already")
_DETAIL = Text("{consent}，更正：{fields}。{note}", "The applicant {consent}. Corrected: {fields}. {note}")


def correct(
    tx: Transaction,
    case: Case,
    item: Item,
    *,
    changes: Sequence[Mapping[str, Any]],
    consent: Consent,
    note: str,
) -> SpotCorrection:
    """Correct answers at the window: the corrected ones must be right, and nothing may become worse by it.

    Raises Forbidden without the claim of the intake, InvalidInput for what is no answer of the form, is
    listed twice, is not different, or leaves anything wrong, Conflict where by now the funds asked for were
    applied for before.
    """
    policy.require_state("correct-on-the-spot", case)
    task_policy.require_claim(tx.session, tx.actor, case, TaskKind.INTAKE)
    if tx.actor.id is None:
        raise Forbidden
    answers = read_answers(tx.context.cipher, case)
    errors = [*_misnamed(item, answers, changes)]
    if errors:
        raise InvalidInput(errors=errors)
    before = {change["target"]: value_at(answers, change["target"]) for change in changes}
    _write(tx, case, item, answers, changes)
    correction = SpotCorrection(
        id=new_id(),
        case_id=case.id,
        number=len(of_case(tx.session, case.id)) + 1,
        consent=consent,
        note=note.strip(),
        corrected_at=tx.now,
        official_id=tx.actor.id,
        official_name=tx.actor.name,
        changes_sealed=tx.context.cipher.seal(
            {
                "changes": [
                    {"target": each["target"], "before": before[each["target"]], "after": each["value"]}
                    for each in changes
                ]
            }
        ),
    )
    tx.session.add(correction)
    targets = [change["target"] for change in changes]
    labels = [label_of(item, target) or Text.same(target) for target in targets]
    fields = Text("、".join(each.zh for each in labels), ", ".join(each.en for each in labels))
    detail = _DETAIL.format(consent=CONSENT_NAMES[consent], fields=fields, note=correction.note)
    record(tx, case, item, "corrected_on_the_spot", office="window", detail=detail)
    tx.audit("case.corrected-on-the-spot", "case", case.id, {"fields": targets, "consent": consent.value})
    said = {
        "fields": [label.to_dict() for label in labels],
        "consent_name": CONSENT_NAMES[consent].to_dict(),
    }
    announce(tx, case, item, "corrected-on-the-spot", more={"spot_correction": said})
    return correction


def _misnamed(item: Item, answers: Answers, changes: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    if not changes:
        yield FieldError("/changes", "required", _NOTHING)
    seen: set[str] = set()
    for number, change in enumerate(changes):
        target, value = change["target"], change["value"]
        field, _row = locate(item.form, target)
        if field is None or field.type == "array" or not row_exists(answers, target):
            yield FieldError(f"/changes/{number}/target", "unknown", _UNKNOWN)
        elif target in seen:
            yield FieldError(f"/changes/{number}/target", "duplicate", _TWICE)
        elif _says_the_same(field, value_at(answers, target), value):
            yield FieldError(f"/changes/{number}/value", "unchanged", _SAME)
        seen.add(target)


def _says_the_same(field: Field, before: Any, after: Any) -> bool:
    """Whether two values as typed are the same, or read alike: more blanks are no correction."""
    if (before is None or before == "") and (after is None or after == ""):
        return True
    said = shown(field, before)
    return bool(before == after) or (said is not None and said == shown(field, after))


def _write(
    tx: Transaction, case: Case, item: Item, answers: Answers, changes: Sequence[Mapping[str, Any]]
) -> None:
    """Write the corrected answers, if they are right; what was wrong before elsewhere may stay so."""
    corrected = deepcopy(answers)
    for change in changes:
        *place, name = change["target"].removeprefix("/answers/").split("/")
        holder = value_at(corrected, "/answers/" + "/".join(place))
        if holder is None:
            holder = corrected.setdefault(place[0], {})
        if change["value"] is None:
            holder.pop(name, None)
        else:
            holder[name] = change["value"]
    odd = check_draft(item, corrected)
    if odd:
        raise InvalidInput(errors=odd)
    deferral = promised(case)
    following = deferral.codes if deferral else ()
    known = _errors(tx, case, item, following)
    write_answers(tx.context.cipher, case, corrected)
    found = _errors(tx, case, item, following)
    targets = {change["target"] for change in changes}
    wrong = [error for at, error in found.items() if error.pointer in targets or at not in known]
    if wrong:
        raise InvalidInput(errors=wrong)
    form = check(tx.session, tx.context, case, item, tx.today)
    case.subject_name = subject_name(item, form.values)
    funds.claim(tx, case, item, form.values)


def _errors(
    tx: Transaction, case: Case, item: Item, following: Sequence[str]
) -> dict[tuple[str, str], FieldError]:
    found = check(tx.session, tx.context, case, item, tx.today, following=following)
    errors = (*found.errors, *departures(tx.session, case, item, found.values))
    return {(error.pointer, error.code): error for error in errors}
