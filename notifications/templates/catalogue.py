"""Message templates as data: which one an event calls for, and its wording in both languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any

import yaml
from babel.dates import format_date

from shared.text import Text

Facts = Mapping[str, object]
"""What is known of the event, flat: texts, strings, numbers, truth values, dates, or None for unknown."""


class TemplateError(ValueError):
    """A template file is not well-formed, or no template fits an event."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a template or sentence applies."""

    when: Mapping[str, object]
    given: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """True when every fact of `when` has its value and every fact of `given` is known."""
        return all(facts.get(name) == value for name, value in self.when.items()) and all(
            facts.get(name) is not None for name in self.given
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or part of one, said only under its condition."""

    condition: Condition
    text: Text


@dataclass(frozen=True, slots=True)
class Template:
    """One message: title and body."""

    key: str
    event: str
    """`<aggregate>.<step>` of the event type, whichever service says it."""
    condition: Condition
    title: Text
    body: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A message ready to be kept."""

    template: str
    title: Text
    body: Text


class Catalogue:
    """Every template of the installation."""

    def __init__(self, templates: Sequence[Template], phrases: Mapping[str, Sequence[Sentence]]) -> None:
        self._templates = tuple(templates)
        self._phrases = dict(phrases)

    @property
    def templates(self) -> tuple[Template, ...]:
        """All templates, in the order in which they are tried."""
        return self._templates

    def word(self, event: str, facts: Facts) -> Wording:
        """The message for `event`; TemplateError when no template fits, since silence would go unnoticed."""
        for template in self._templates:
            if template.event == event and template.condition.holds(facts):
                chosen = [sentence.text for sentence in template.body if sentence.condition.holds(facts)]
                values = self._values(facts, [template.title, *chosen])
                said = [text.format(**values) for text in chosen]
                body = Text(zh="".join(t.zh for t in said), en=" ".join(t.en for t in said))
                return Wording(template.key, template.title.format(**values), body)
        raise TemplateError(f"no template for {event}")

    def _values(self, facts: Facts, texts: Sequence[Text]) -> dict[str, object]:
        """The facts and those phrases that these texts use; other phrases may be of facts unknown here."""
        values = {name: _sayable(value) for name, value in facts.items()}
        used = self._used(texts)
        for name, variants in self._phrases.items():
            if name not in used:
                continue
            chosen = next((v for v in variants if v.condition.holds(facts)), None)
            if chosen is None:
                raise TemplateError(f"no variant of the phrase {name} fits")
            values[name] = chosen.text.format(**values)
        return values

    def _used(self, texts: Sequence[Text]) -> set[str]:
        """Names of the phrases in these texts, and in those phrases."""
        found: set[str] = set()
        looking = {name for text in texts for name in placeholders(text.zh)}
        while looking := (looking & self._phrases.keys()) - found:
            found |= looking
            variants = [variant for name in looking for variant in self._phrases[name]]
            looking = {name for variant in variants for name in placeholders(variant.text.zh)}
        return found


def placeholders(wording: str) -> set[str]:
    """Names of the values a wording needs."""
    return {name for _, name, _, _ in Formatter().parse(wording) if name is not None}


def load_catalogue() -> Catalogue:
    """The templates that ship with the package."""
    return read_catalogue(resources.files("notifications.templates").joinpath("data"))


def read_catalogue(folder: Traversable) -> Catalogue:
    """Read every template file in `folder`; TemplateError names what is wrong in them."""
    templates: list[Template] = []
    phrases: dict[str, tuple[Sentence, ...]] = {}
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".yaml")), key=lambda p: p.name):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            for name, variants in document.get("phrases", {}).items():
                phrases[name] = tuple(_sentences(variants))
            templates.extend(_template(entry) for entry in document["templates"])
        except (KeyError, TypeError, AttributeError) as error:
            raise TemplateError(f"{path.name}: {error!r}") from error
    _refuse_twins(templates)
    return Catalogue(templates, phrases)


def _template(entry: Mapping[str, Any]) -> Template:
    return Template(
        key=entry["key"],
        event=entry["event"],
        condition=_condition(entry),
        title=_text(entry["title"]),
        body=tuple(_sentences(entry["body"])),
    )


def _sentences(entries: Sequence[Mapping[str, Any]]) -> Iterator[Sentence]:
    for entry in entries:
        yield Sentence(_condition(entry), _text(entry))


def _condition(entry: Mapping[str, Any]) -> Condition:
    return Condition(when=dict(entry.get("when", {})), given=tuple(entry.get("given", ())))


def _text(entry: Mapping[str, Any]) -> Text:
    text = Text.of(entry)
    if placeholders(text.zh) != placeholders(text.en):
        raise TemplateError(f"the languages say different things: {text.zh!r}")
    return text


def _refuse_twins(templates: Sequence[Template]) -> None:
    keys = [template.key for template in templates]
    if len(set(keys)) != len(keys):
        raise TemplateError("two templates have the same key")


def _sayable(value: object) -> object:
    if isinstance(value, date):
        return Text(
            zh=format_date(value, format="long", locale="zh_CN"),
            en=format_date(value, format="long", locale="en_GB"),
        )
    return value
