"""Loads the catalogue from its data files; every flaw is reported with file, line and field."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from approvals.items.form import Form
from approvals.items.form_reader import read_form
from approvals.items.item_reader import read_item
from approvals.items.model import Catalogue, Item
from approvals.items.reference import Reader, Reference, read_reference
from approvals.items.schema import CATEGORIES, CHAPTERS, CODE_SETS, FORM, ITEM, LAWS, Schema
from approvals.items.source import CatalogueError, Flaw, Path, Source, parse

_REFERENCE = {"laws": LAWS, "codes": CODE_SETS, "categories": CATEGORIES, "chapters": CHAPTERS}
_FORM_SUFFIX = "_form.yaml"


def load_catalogue(folder: Traversable | None = None) -> Catalogue:
    """Read all items of a folder (by default those shipped here); raises CatalogueError with every flaw.

    A file `*_form.yaml` is the form that an item names; `reference/` holds what all items refer to.
    """
    folder = folder or files("approvals.items") / "data"
    reference = _load_reference(folder / "reference")
    flaws: list[Flaw] = []
    forms: dict[str, Form | None] = {}
    items: list[tuple[Source, Item]] = []
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    for name in (name for name in names if name.endswith(_FORM_SUFFIX)):
        forms[name] = _load_form(_read(folder, name, FORM), reference, flaws)
    for name in (name for name in names if not name.endswith(_FORM_SUFFIX)):
        source = _read(folder, name, ITEM)
        item = _load_item(source, forms, reference, flaws)
        if item is not None:
            items.append((source, item))
    flaws += _repeated(items)
    if flaws:
        raise CatalogueError(flaws)
    return Catalogue(tuple(item for _, item in items), reference.categories, reference.chapters)


def _load_reference(folder: Traversable) -> Reference:
    sources = {name: _read(folder, f"{name}.yaml", schema) for name, schema in _REFERENCE.items()}
    flaws = [flaw for source in sources.values() for flaw in source.flaws]
    if flaws:
        raise CatalogueError(flaws)
    return read_reference(**{name: source.data for name, source in sources.items()})


def _load_form(source: Source, reference: Reference, flaws: list[Flaw]) -> Form | None:
    """The form of a file; None, with its flaws noted, when it cannot be used."""
    flaws += source.flaws
    if source.flaws:
        return None
    reader = Reader(source, reference)
    form = read_form(reader)
    flaws += reader.flaws
    return None if reader.flaws else form


def _load_item(
    source: Source, forms: dict[str, Form | None], reference: Reference, flaws: list[Flaw]
) -> Item | None:
    """The item of a file; flaws are noted. With a form that has flaws of its own only the form is named."""
    flaws += source.flaws
    if source.flaws:
        return None
    reader = Reader(source, reference)
    name = source.data.get("form")
    if name is not None and name not in forms:
        reader.flaw(("form",), f"there is no form file {name!r} (a name that ends in {_FORM_SUFFIX})")
    form = forms.get(name) if name is not None else Form()
    item = read_item(reader, form or Form())
    if form is not None:
        flaws += reader.flaws
    else:
        flaws += [flaw for flaw in reader.flaws if flaw.field == "form"]
    return item


def _read(folder: Traversable, name: str, schema: Schema) -> Source:
    source = parse(name, (folder / name).read_text(encoding="utf-8"))
    if source.flaws and source.data is None:
        return source
    flaws = [*source.flaws, *_shape_flaws(source, schema)]
    return Source(source.file, source.data, source.lines, tuple(flaws))


def _shape_flaws(source: Source, schema: Schema) -> Iterator[Flaw]:
    errors = Draft202012Validator(schema).iter_errors(source.data)
    for error in sorted(errors, key=lambda error: source.line(tuple(error.instance_path))):
        path = tuple(error.instance_path)
        for where, message in _explain(error, path):
            yield source.flaw(where, message)


def _explain(error: ValidationError, path: Path) -> Iterator[tuple[Path, str]]:
    limit: Any = error.kind.value
    match error.kind.name:
        case "required":
            yield path, f"{limit!r} is missing"
        case "additionalProperties":
            for name in limit:
                yield (*path, name), "is not known here"
        case "enum":
            yield path, f"must be one of {', '.join(map(str, limit))}, not {error.instance!r}"
        case "type":
            yield path, f"must be of type {' or '.join(limit)}, not {error.instance!r:.60}"
        case _:
            yield path, error.message


def _repeated(items: list[tuple[Source, Item]]) -> Iterator[Flaw]:
    seen: dict[str, str] = {}
    for source, item in items:
        for path, value in ((("slug",), item.slug), (("codes", "code"), item.code)):
            if value in seen:
                yield source.flaw(path, f"{value!r} is used by {seen[value]} too")
            seen.setdefault(value, source.file)
