"""The two faces of every document: found, parsed once, measured with, and put into the PDFs."""

import io
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

FOLDER = Path(__file__).with_name("fonts")


@dataclass(frozen=True, slots=True, eq=False)
class Fonts:
    """Regular and bold; `reportlab` embeds of each only the characters a document uses."""

    regular: TTFont
    bold: TTFont

    # Writing a document reads the glyphs of the shared face through one position in its data, so only one
    # thread may do it at a time; a document of its own needs no lock while it is drawn.
    _writing: ClassVar[threading.Lock] = threading.Lock()

    def printable(self, text: str) -> str:
        """`text` as it can be printed: line breaks kept, other control and invisible characters dropped,
        and a character the faces do not have written as its code, `〔U+2B5E7〕`, never silently lost.
        """
        return "".join(self._printable(char) for char in unicodedata.normalize("NFC", text))

    def _printable(self, char: str) -> str:
        if char == "\n" or ord(char) in self.regular.face.charToGlyph:
            return char
        if char.isspace():
            return " "
        if unicodedata.category(char)[0] == "C":
            return ""
        return f"〔U+{ord(char):04X}〕"

    def finish(self, canvas: Canvas, target: io.BytesIO) -> bytes:
        """End the document drawn on `canvas` over `target` and return its bytes."""
        with self._writing:
            canvas.save()
        return target.getvalue()


@cache
def load_fonts(folder: Path = FOLDER) -> Fonts:
    """The faces in `folder`, parsed on the first call (some 0.2 s, 45 MB) and kept.

    Raises RuntimeError when they were not installed.
    """
    return Fonts(
        regular=_load("YuanbanSans", folder / "NotoSansSC-Regular.ttf"),
        bold=_load("YuanbanSans-Bold", folder / "NotoSansSC-Bold.ttf"),
    )


def _load(name: str, path: Path) -> TTFont:
    try:
        font = TTFont(name, str(path))
    except TTFError as error:
        raise RuntimeError(
            f"the font {path} is missing or cannot be read, so no document can be made; "
            "run `make setup`, which installs it"
        ) from error
    pdfmetrics.registerFont(font)
    return font
