"""A draft under a version that another has taken the place of: what is new, and how to move on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from approvals.applications.answers import Answers, open_form, read_answers, write_answers
from approvals.applications.given import fill_in
from approvals.cases import policy
from approvals.cases.model import Case, CaseMaterial
from approvals.documents.unused import let_go
from approvals.items.answers import subject_name
from approvals.items.carrying import carry_over
from approvals.items.catalogue import Catalogue
from approvals.items.changes import changes_between
from approvals.items.model import Item
from shared.cipher import Cipher
from shared.errors import Conflict, FieldError
from shared.text import Text
from shared.transaction import Transaction

_REPLACED = Text(
    "草稿按{old}版填写，该版已由自{day}起生效的{new}版代替；请先将草稿转到新版，已填内容保留",
    "The draft was made under version {old}, which version {new} has replaced since {day}; move the draft to "
    "it first, your answers are kept",
)
_NONE_IN_FORCE = Text("该事项目前不接受申请", "At present nobody can apply for this item")
_CURRENT = Text("草稿已是现行版本", "The draft is under the present version already")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What becomes of a draft under the version that is in force now; `item` None when none is."""

    item: Item | None
    changes: tuple[Text, ...] = ()
    answers: Answers | None = None
    dropped_answers: tuple[str, ...] = ()
    dropped_materials: tuple[CaseMaterial, ...] = ()


def renewal_of(catalogue: Catalogue, cipher: Cipher, case: Case, on: date) -> Renewal | None:
    """What a draft has to expect on the legal date `on`; None while its own version is in force."""
    old, new = catalogue.of(case), catalogue.in_force(case.item_code, on)
    if new is not None and new.version == old.version:
        return None
    if new is None or not new.online:
        return Renewal(None)
    new = new.on_route(case.route if case.route in new.routes else "ordinary")
    answers, dropped = carry_over(new.form, read_answers(cipher, case))
    unfit = tuple(row for row in case.materials if not _fits(new, row))
    return Renewal(new, changes_between(old, new), answers, dropped, unfit)


def require_in_force(tx: Transaction, case: Case) -> None:
    """An application is judged by the version that is in force on the day of filing.

    Raises Conflict: `item-version-retired` with what is new, or `item-retired` when there is no version.
    """
    found = renewal_of(tx.resource(Catalogue), tx.context.cipher, case, tx.today)
    if found is None:
        return
    if found.item is None:
        raise Conflict(_NONE_IN_FORCE, slug="item-retired")
    raise Conflict(
        _REPLACED.format(old=case.item_version, new=found.item.version, day=found.item.effective_on),
        [FieldError("/item/version", "changed", change) for change in found.changes],
        slug="item-version-retired",
    )


def renew_version(tx: Transaction, case: Case) -> Item:
    """Move a draft to the version in force: answers stay as typed, what has no place any more goes.

    Raises Conflict when the draft is under that version already (`item-version-current`), when no version
    is in force (`item-retired`), and for everything that is no draft: a case keeps its version.
    """
    policy.require_applicant(tx.actor, case)
    policy.require_state("renew-version", case)
    found = renewal_of(tx.resource(Catalogue), tx.context.cipher, case, tx.today)
    if found is None:
        raise Conflict(_CURRENT, slug="item-version-current")
    if found.item is None or found.answers is None:
        raise Conflict(_NONE_IN_FORCE, slug="item-retired")
    old_version, item = case.item_version, found.item
    write_answers(tx.context.cipher, case, found.answers)
    let_go(tx, [material.sha256 for material in found.dropped_materials])
    for material in found.dropped_materials:
        case.remove_material(material)
        tx.session.delete(material)
    case.item_version, case.department = item.version, item.department.code
    case.route = item.route or "ordinary"
    fill_in(tx, case, item)
    examined = open_form(tx.session, tx.context.cipher, case, item, tx.today).examined
    case.subject_name = subject_name(item, examined.values)
    case.updated_at = tx.now
    details = {
        "from": old_version,
        "to": item.version,
        "dropped_fields": list(found.dropped_answers),
        "dropped_materials": [material.code for material in found.dropped_materials],
    }
    tx.audit("case.version-renewed", "case", case.id, details, case.on_behalf_of)
    return item


def losses(renewal: Renewal, old: Item) -> Iterator[Text]:
    """What of a draft the new version has no place for, by name."""
    for path in renewal.dropped_answers:
        section = old.form.section(path.partition("/")[0])
        field = old.form.index.get(path)
        if field is not None:
            yield field.label
        elif section is not None:
            yield section.title
    for row in renewal.dropped_materials:
        material = old.material(row.code)
        yield material.name if material else Text.same(row.file_name)


def _fits(item: Item, row: CaseMaterial) -> bool:
    """Whether the item still takes a file that was handed in."""
    spec = item.material(row.code)
    return (
        spec is not None
        and row.media_type in spec.accept
        and row.size <= spec.max_bytes
        and row.pages <= spec.max_pages
    )
