"""What all items refer to: laws, official code sets, categories and the chapters of the official template."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approvals.items.laws import Law, cite, cite_all
from approvals.items.model import Category, Chapter, Coded
from approvals.items.source import Flaw, Path, Source
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Reference:
    """The shared tables of the catalogue."""

    laws: Mapping[str, Law]
    codes: Mapping[str, Mapping[str, Text]]
    categories: tuple[Category, ...]
    chapters: tuple[Chapter, ...]

    def category(self, code: str) -> Category | None:
        """The category called `code`, or None."""
        return next((category for category in self.categories if category.code == code), None)


def read_reference(laws: Any, codes: Any, categories: Any, chapters: Any) -> Reference:
    """Build the tables from the plain content of their files, which has the right shape."""
    source = Text.of(laws["source"])
    return Reference(
        laws={
            key: Law(
                key=key,
                name=Text.of(law["name"]),
                short=Text.of(law["short"]),
                text_version=law["text_version"],
                version_note=Text.of(law["version_note"]),
                source=source,
            )
            for key, law in laws["laws"].items()
        },
        codes={
            name: {code: Text.of(text) for code, text in values.items()}
            for name, values in codes["sets"].items()
        },
        categories=tuple(Category(entry["code"], Text.of(entry["name"])) for entry in categories),
        chapters=tuple(
            Chapter(entry["key"], Text.of(entry["title"]), entry["verified"]) for entry in chapters
        ),
    )


class Reader:
    """Reads the parts that every data file is made of, and collects what is wrong with them."""

    def __init__(self, source: Source, reference: Reference) -> None:
        self.source = source
        self.reference = reference
        self.flaws: list[Flaw] = []
        self.cited: set[str] = set()
        """The keys of all laws that the file cites."""

    def flaw(self, path: Path, message: str) -> None:
        """Note a flaw at `path`."""
        self.flaws.append(self.source.flaw(path, message))

    def text(self, data: Any) -> Text | None:
        """An optional text."""
        return None if data is None else Text.of(data)

    def basis(self, data: Any, path: Path) -> Text | None:
        """A basis: null, words, one reference to a law, or several."""
        if data is None:
            return None
        if isinstance(data, dict):
            return Text.of(data)
        refs = [data] if isinstance(data, str) else data
        try:
            text = cite_all(refs, self.reference.laws)
        except ValueError as error:
            self.flaw(path, str(error))
            return None
        self.cited.update(ref.partition(":")[0] for ref in refs)
        return text

    def shown(self, data: Any, path: Path) -> dict[str, Any]:
        """The flag and basis that every stated fact carries; what is verified says by what."""
        if data["verified"] and data["basis"] is None:
            self.flaw((*path, "verified"), "a verified fact needs a basis")
        return {"verified": data["verified"], "basis": self.basis(data["basis"], (*path, "basis"))}

    def coded(self, data: Any, name: str, path: Path) -> Coded:
        """A value of the official code set `name`."""
        label = self.reference.codes[name].get(data["code"])
        if label is None:
            self.flaw((*path, "code"), f"{data['code']!r} is not in the code set {name}")
            label = Text.same(data["code"])
        return Coded(code=data["code"], name=label, **self.shown(data, path))

    def law(self, ref: str, path: Path) -> tuple[Law, Text] | None:
        """The law and provision of a reference."""
        try:
            citation = cite(ref, self.reference.laws)
        except ValueError as error:
            self.flaw(path, str(error))
            return None
        self.cited.add(citation.law.key)
        return citation.law, citation.articles

    def once(self, values: list[str], path: Path, key: str) -> None:
        """Every value stands once in the list at `path`."""
        for number, value in enumerate(values):
            if value in values[:number]:
                self.flaw((*path, number, key), f"{value!r} is given twice")
