"""A second version of A1 beside the first: another form, another material, other limits."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import approvals.items
from approvals.items.catalogue import Catalogue
from approvals.items.loader import load_catalogue
from approvals.items.publishing import publish
from tests.unit.item_cases import TODAY

DATA = Path(approvals.items.__file__).parent / "data"
ITEM = "a1_company_establishment.yaml"
FORM = "a1_form.yaml"
NEXT_ITEM = "a1_2026.2.yaml"
NEXT_FORM = "a1_2026.2_form.yaml"
NEXT_DAY = "2026-12-01"

_HEAD = 'version: "2026.1"\nstatus: published\neffective_on: 2026-01-01\n'
_NEXT_HEAD = f"""\
version: "2026.2"
status: draft
effective_on: {NEXT_DAY}
changed: {{zh: 住所材料改为承诺。, en: Papers on the premises give way to a promise.}}
"""
_CHANGES_OF_ITEM = (
    (_HEAD, _NEXT_HEAD),
    (f"form: {FORM}", f"form: {NEXT_FORM}"),
    ("  - code: premises\n", "  - code: premises_promise\n"),
    (
        "{zh: 住所（经营场所）相关文件, en: Papers on the premises}",
        "{zh: 住所承诺书, en: Promise on the premises}",
    ),
    ("on_the_spot: true\n    n: 3\n", "on_the_spot: true\n    n: 2\n"),
)
_CHANGES_OF_FORM = (
    ("        floor:\n", "        storey:\n"),
    ("building, room, proof_kind]", "building, storey, room, proof_kind]"),
    ("{zh: 楼层（选填）, en: Floor (optional)}", "{zh: 所在楼层, en: Storey}"),
)


def copy_of_data(place: Path) -> Path:
    """The shipped items in a folder that a test may change."""
    return Path(shutil.copytree(DATA, place / "data"))


def write_next(folder: Path) -> None:
    """Put a draft of A1's next version beside the first."""
    for source, target, changes in (
        (ITEM, NEXT_ITEM, _CHANGES_OF_ITEM),
        (FORM, NEXT_FORM, _CHANGES_OF_FORM),
    ):
        text = (folder / source).read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after)
        (folder / target).write_text(text, encoding="utf-8")


@cache
def two_versions() -> Catalogue:
    """The catalogue with both; the second was published before it came into force on `NEXT_DAY`."""
    with TemporaryDirectory() as place:
        folder = copy_of_data(Path(place))
        write_next(folder)
        publish(folder, NEXT_ITEM, TODAY)
        return load_catalogue(folder)
