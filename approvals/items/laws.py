"""How a provision of law is written: `licensing-law:32.1(4)` is 《行政许可法》第三十二条第一款第（四）项."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.text import Text

_REF = re.compile(r"([a-z-]+):(\d{1,3})(?:-(\d{1,3}))?(?:\.(\d{1,2}))?(?:\((\d{1,2})\))?")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Law:
    """A statute in one version of its text."""

    key: str
    name: Text
    short: Text
    text_version: str
    version_note: Text
    source: Text


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision of a law; `articles` is the provision alone, `text` names the law too."""

    law: Law
    articles: Text

    @property
    def text(self) -> Text:
        """The citation as it stands in a document."""
        return Text(f"《{self.law.short.zh}》{self.articles.zh}", f"{self.law.short.en}, {self.articles.en}")


def cite(ref: str, laws: Mapping[str, Law]) -> Citation:
    """Read a reference `law:article[-article][.paragraph][(item)]`; ValueError when it cannot be read."""
    match = _REF.fullmatch(ref)
    if match is None:
        raise ValueError(f"not a reference to a law (law:article.paragraph(item)): {ref!r}")
    key, first, last, paragraph, item = match.groups()
    if key not in laws:
        raise ValueError(f"unknown law {key!r}; known: {', '.join(sorted(laws))}")
    zh = f"第{chinese_number(int(first))}条"
    en = f"art. {first}"
    if last:
        joint = "、" if int(last) == int(first) + 1 else "至"
        zh += f"{joint}第{chinese_number(int(last))}条"
        en = f"arts. {first}–{last}"
    if paragraph:
        zh += f"第{chinese_number(int(paragraph))}款"
        en += f", para. {paragraph}"
    if item:
        zh += f"第（{chinese_number(int(item))}）项"
        en += f", item {item}"
    return Citation(laws[key], Text(zh, en))


def cite_all(refs: Sequence[str], laws: Mapping[str, Law]) -> Text:
    """Several provisions in one phrase; a law is named once for provisions that follow one another."""
    texts: list[Text] = []
    before = ""
    for ref in refs:
        citation = cite(ref, laws)
        texts.append(citation.articles if citation.law.key == before else citation.text)
        before = citation.law.key
    return Text("、".join(text.zh for text in texts), "; ".join(text.en for text in texts))


def chinese_number(n: int) -> str:
    """1 to 999 in the numerals of statutes: 32 is 三十二, 110 is 一百一十, 205 is 二百零五."""
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones or not n else "")
