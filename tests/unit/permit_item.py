"""An item for organisations that issues a permit for two years, made of A1 and a small form."""

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

CODE = "99013199900001"
SLUG = "workshop-permit"
MATERIAL = "plan"

_FILE = "test_workshop.yaml"
_FORM_FILE = "test_workshop_form.yaml"


def _text(words: str) -> dict[str, str]:
    return {"zh": words, "en": f"{words} (en)"}


def _field(label: str, given: str | None = None) -> dict[str, Any]:
    ui = {"label": _text(label), "widget": "text"}
    return {"type": "string", "maxLength": 200, "x-ui": {**ui, "given": given} if given else ui}


FORM: dict[str, Any] = {
    "sections": [
        {
            "key": "holder",
            "title": _text("申请单位"),
            "schema": {
                "type": "object",
                "required": ["name", "uscc"],
                "properties": {
                    "name": _field("名称", "name"),
                    "uscc": _field("统一社会信用代码", "uscc"),
                    "representative": _field("法定代表人", "legal_representative"),
                    "phone": _field("联系电话"),
                },
            },
        },
        {
            "key": "workshop",
            "title": _text("车间"),
            "schema": {
                "type": "object",
                "required": ["place"],
                "properties": {"place": _field("地址"), "use": _field("用途")},
            },
        },
    ]
}


def permit_item(data: dict[str, Any]) -> dict[str, Any]:
    """A1's data as the item of the test."""
    unverified = {"verified": False, "basis": _text("测试")}
    material = next(each for each in data["materials"] if each["necessity"] == "required")
    return {
        **data,
        "slug": SLUG,
        "status": "draft",
        "applicant": "organisation",
        "name": _text("车间许可"),
        "summary": _text("车间许可"),
        "codes": {"code": CODE, "basic_code": CODE[:12], "profile": "39554", **unverified},
        "reforms": [each for each in data["reforms"] if each["mode"] != "deferred_materials"],
        "materials": [{**material, "code": MATERIAL, "name": _text("平面图")}],
        "outcome": {
            "kind": _text("证照"),
            "name": _text("车间许可证"),
            "certificate_type": "11990101MB0DEM2282901",
            "certificate": {
                "kind": SLUG,
                "number": "CJ",
                "facts": ["workshop/place", "workshop/use"],
                "valid_for": {"n": 2, "unit": "year"},
            },
            "renewal": {
                "text": _text("可以延续"),
                "apply_before": {"n": 30, "unit": "natural_day", **unverified},
                "opens": {"n": 90, "unit": "natural_day", **unverified},
                "remind_days": [30],
                **unverified,
            },
            **unverified,
        },
        "subject_name": ["holder/name"],
        "form": _FORM_FILE,
    }


def write_permit_item(folder: Path) -> None:
    """Put the item beside the shipped ones, as a draft."""
    data = yaml.safe_load((folder / ITEM).read_text(encoding="utf-8"))
    for file, content in ((_FILE, permit_item(data)), (_FORM_FILE, FORM)):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / file).write_text(text, encoding="utf-8")


@cache
def with_permit() -> Catalogue:
    """The catalogue with the item."""
    with TemporaryDirectory() as place:
        folder = copy_of_data(Path(place))
        write_permit_item(folder)
        publish(folder, _FILE, TODAY)
        return load_catalogue(folder)
