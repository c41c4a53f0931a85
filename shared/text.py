"""Texts for people: every sentence a person reads exists in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in both languages of the product."""

    zh: str
    en: str

    @classmethod
    def of(cls, value: Mapping[str, str]) -> "Text":
        """Read `{"zh": …, "en": …}`; raises KeyError when a language is missing."""
        return cls(zh=value["zh"], en=value["en"])

    @classmethod
    def same(cls, value: str) -> "Text":
        """A name that is written alike in both languages (a number, a person's name)."""
        return cls(zh=value, en=value)

    def in_(self, language: Language) -> str:
        """The wording in `language`."""
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> "Text":
        """Fill the placeholders of both wordings; a `Text` value is filled in by its own language."""
        return Text(
            zh=self.zh.format(**{key: _say(value, "zh") for key, value in values.items()}),
            en=self.en.format(**{key: _say(value, "en") for key, value in values.items()}),
        )

    def to_dict(self) -> dict[str, str]:
        """The wire form `{"zh": …, "en": …}`."""
        return {"zh": self.zh, "en": self.en}


def _say(value: object, language: Language) -> object:
    return value.in_(language) if isinstance(value, Text) else value
