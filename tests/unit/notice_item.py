"""An item that is put on public notice before its decision: permit_item's, with five working days."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from approvals.items.catalogue import Catalogue
from approvals.items.loader import load_catalogue
from approvals.items.publishing import publish
from tests.unit.item_cases import TODAY
from tests.unit.item_versions import ITEM, copy_of_data
from tests.unit.permit_item import CODE, FORM, MATERIAL, permit_item

LATER = "lease"
__all__ = ["CODE", "LATER", "MATERIAL", "NOTICE", "with_notice"]

_FILE = "test_workshop.yaml"
_FORM_FILE = "test_workshop_form.yaml"


def _text(words: str) -> dict[str, str]:
    return {"zh": words, "en": f"{words} (en)"}


NOTICE: dict[str, Any] = {
    "kind": "workshop",
    "timing": "before_decision",
    "name": _text("车间公示"),
    "days": {"n": 5, "unit": "working_day", "verified": False, "basis": _text("测试")},
    "facts": ["holder/name", "workshop/place"],
    "objections": {
        "text": _text("任何人可以提出异议"),
        "ends": False,
        "verified": False,
        "basis": _text("测试"),
    },
}


@cache
def with_notice(*, stops: bool = False, follows: bool = False) -> Catalogue:
    """The catalogue with the item; `stops`: the time of its notice does not count; `follows`: one of its
    materials may be handed in after the acceptance.
    """
    law = {"stops_clocks": {"verified": True, "basis": "licensing-law:45"}} if stops else {}
    with TemporaryDirectory() as place:
        folder = copy_of_data(Path(place))
        a1 = yaml.safe_load((folder / ITEM).read_text(encoding="utf-8"))
        data = permit_item(a1)
        item = {**data, "public_notice": {**NOTICE, **law}}
        if follows:
            later = {**data["materials"][0], "code": LATER, "necessity": "deferrable"}
            item |= {"materials": [*data["materials"], later], "reforms": a1["reforms"]}
        for file, content in ((_FILE, item), (_FORM_FILE, FORM)):
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
            (folder / file).write_text(text, encoding="utf-8")
        publish(folder, _FILE, TODAY)
        return load_catalogue(folder)
