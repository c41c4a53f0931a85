"""Loads the catalogue from its data files; every flaw is reported with file, line and field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from approvals.items.catalogue import Catalogue
from approvals.items.form import Form
from approvals.items.form_reader import read_form
from approvals.items.item_reader import read_item
from approvals.items.prerequisites import check_prerequisites
from approvals.items.publication import PUBLISHED_FILE, Loaded, check_published, digest_of
from approvals.items.reference import Reader, Reference, read_reference
from approvals.items.schema import SHAPES
from approvals.items.source import CatalogueError, Flaw, Path, Source, parse

_REFERENCE = ("laws", "codes", "categories", "chapters")
_FORM_SUFFIX = "_form.yaml"
EXAMPLES_SUFFIX = "_examples.yaml"


@dataclass(frozen=True, slots=True)
class _FormFile:
    """A form as read; `form` is None when the file has flaws."""

    data: Any
    form: Form | None
    cited: frozenset[str]


def shipped_data() -> Traversable:
    """The folder of the items that come with the service."""
    return files("approvals.items") / "data"


def load_catalogue(folder: Traversable | None = None) -> Catalogue:
    """Read all items of a folder (by default those shipped here); raises CatalogueError with every flaw.

    Each file is one version of one item. A file `*_form.yaml` is the form that items name, a file
    `*_examples.yaml` is for `yuanban items test`, `published.yaml` holds the digests of what was published,
    and `reference/` what all items refer to.
    """
    folder = folder or shipped_data()
    reference = load_reference(folder)
    entries, flaws = load_entries(folder, reference)
    flaws += check_published(entries, read_published(folder)) if not flaws else ()
    if flaws:
        raise CatalogueError(flaws)
    return Catalogue([entry.item for entry in entries], reference.categories, reference.chapters)


def load_entries(folder: Traversable, reference: Reference) -> tuple[list[Loaded], list[Flaw]]:
    """Every version of every item in the order of its files, and what is wrong with them."""
    flaws: list[Flaw] = []
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    forms = {
        name: _load_form(read_source(folder, name, "form"), reference, flaws)
        for name in names
        if name.endswith(_FORM_SUFFIX)
    }
    entries: list[Loaded] = []
    for name in names:
        if name.endswith((_FORM_SUFFIX, EXAMPLES_SUFFIX)) or name == PUBLISHED_FILE:
            continue
        entry = _load_item(read_source(folder, name, "item"), forms, reference, flaws)
        if entry is not None:
            entries.append(entry)
    if not flaws:
        flaws += check_prerequisites(entries)
    flaws += _contradictions(entries)
    return entries, flaws


def load_reference(folder: Traversable) -> Reference:
    """The laws, code sets, categories and chapters of a folder; raises CatalogueError."""
    place = folder / "reference"
    sources = {name: read_source(place, f"{name}.yaml", name) for name in _REFERENCE}
    flaws = [flaw for source in sources.values() for flaw in source.flaws]
    if flaws:
        raise CatalogueError(flaws)
    return read_reference(**{name: source.data for name, source in sources.items()})


def read_published(folder: Traversable) -> Source:
    """The digests of what was published; nothing was where there is no such file."""
    if not (folder / PUBLISHED_FILE).is_file():
        return Source(PUBLISHED_FILE, {}, {})
    source = read_source(folder, PUBLISHED_FILE, "published")
    if source.flaws:
        raise CatalogueError(list(source.flaws))
    return source


def _load_form(source: Source, reference: Reference, flaws: list[Flaw]) -> _FormFile:
    """The form of a file, its flaws noted."""
    flaws += source.flaws
    if source.flaws:
        return _FormFile(source.data, None, frozenset())
    reader = Reader(source, reference)
    form = read_form(reader)
    flaws += reader.flaws
    return _FormFile(source.data, None if reader.flaws else form, frozenset(reader.cited))


def _load_item(
    source: Source, forms: Mapping[str, _FormFile], reference: Reference, flaws: list[Flaw]
) -> Loaded | None:
    """The item of a file; flaws are noted. With a form that has flaws of its own only the form is named."""
    flaws += source.flaws
    if source.flaws:
        return None
    reader = Reader(source, reference)
    name = source.data.get("form")
    if name is not None and name not in forms:
        reader.flaw(("form",), f"there is no form file {name!r} (a name that ends in {_FORM_SUFFIX})")
    of_item = forms.get(name) if name is not None else _FormFile(None, Form(), frozenset())
    form = of_item.form if of_item else None
    item = read_item(reader, form or Form())
    if form is not None:
        flaws += reader.flaws
    else:
        flaws += [flaw for flaw in reader.flaws if flaw.field == "form"]
    cited = sorted(reader.cited | (of_item.cited if of_item else frozenset()))
    laws = [reference.laws[key] for key in cited]
    return Loaded(source, item, digest_of(source.data, of_item.data if of_item else None, laws))


def read_source(folder: Traversable, name: str, kind: str) -> Source:
    """A YAML file and all that is wrong with the shape that files of its kind have."""
    source = parse(name, (folder / name).read_text(encoding="utf-8"))
    if source.flaws and source.data is None:
        return source
    flaws = [*source.flaws, *_shape_flaws(source, kind)]
    return Source(source.file, source.data, source.lines, tuple(flaws))


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(SHAPES[kind], validate_formats=True)


def _shape_flaws(source: Source, kind: str) -> Iterator[Flaw]:
    errors = _validator(kind).iter_errors(source.data)
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


def _contradictions(entries: list[Loaded]) -> Iterator[Flaw]:
    """Versions of one item share its slug and code and differ in their names and first days."""
    names: dict[str, Loaded] = {}
    versions: dict[tuple[str, object], Loaded] = {}
    for entry in entries:
        source, item = entry.source, entry.item
        for path, value, other in (
            (("slug",), item.slug, item.code),
            (("codes", "code"), item.code, item.slug),
        ):
            first = names.setdefault(value, entry)
            if other not in (first.item.code, first.item.slug):
                yield source.flaw(path, f"{value!r} is used by {first.source.file} too")
        first = versions.setdefault((item.slug, item.version), entry)
        if first is not entry:
            yield source.flaw(("version",), f"{first.source.file} is version {item.version!r} too")
        elif item.status != "draft":
            same_day = versions.setdefault((item.slug, item.effective_on), entry)
            if same_day is not entry:
                yield source.flaw(("effective_on",), f"{same_day.source.file} takes effect on that day too")
