"""Keeps the portal's translations in step with its code.

Without arguments: fails when a text is missing from a catalogue or not translated. With --update: writes the
texts found in the code into the catalogues and compiles them.
"""

import os
import sys
import tempfile
from pathlib import Path

from babel.messages.frontend import BaseError, CommandLineInterface
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = Path("gateway/portal/translations")
SOURCE_LOCALE = "en"  # the texts in the code are English


def pybabel(*arguments: str) -> bool:
    """Runs one pybabel command; True when it did not complain."""
    try:
        return not CommandLineInterface().run(["pybabel", "-q", *arguments])
    except BaseError:
        return False


def extract(template: Path) -> None:
    """Writes every text of the portal's code and templates to `template`."""
    options = ["--omit-header", "--add-location=file", "--sort-by-file"]
    keywords = ["-k", "_l", "-k", "lazy_gettext"]
    pybabel("extract", "-F", "babel.cfg", *options, *keywords, "-o", str(template), "gateway")


def update(template: Path, *options: str) -> bool:
    """Merges `template` into the catalogues (or only looks, with --check)."""
    fixed = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"]
    return pybabel("update", *fixed, *options, "-i", str(template), "-d", str(TRANSLATIONS))


def untranslated(catalogue: Path) -> list[str]:
    """The texts that `catalogue` has no translation for."""
    locale = catalogue.parent.parent.name
    with catalogue.open("rb") as source:
        messages = read_po(source, locale=locale)
    missing = []
    for message in messages:
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or (locale != SOURCE_LOCALE and not all(words))):
            missing.append(f"{catalogue}: not translated: {message.id!r}")
    return missing


def main() -> int:
    """0 when all is well."""
    os.chdir(ROOT)
    catalogues = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    with tempfile.TemporaryDirectory() as name:
        template = Path(name) / "messages.pot"
        extract(template)
        if "--update" in sys.argv[1:]:
            return 0 if update(template) and pybabel("compile", "-d", str(TRANSLATIONS)) else 1
        complaints = [line for catalogue in catalogues for line in untranslated(catalogue)]
        if catalogues and not update(template, "--check"):
            complaints.append("The catalogues do not match the code: run `make messages`.")
    for line in complaints:
        print(line, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
