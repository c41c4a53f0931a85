"""When a conditional material is needed: named pure conditions on the answers."""

from collections.abc import Callable, Mapping
from typing import Any

from approvals.items.form import Field
from approvals.items.model import Item, NeedRule

Values = Mapping[str, Mapping[str, Any]]


def field_equals(values: Values, field: Field, need: NeedRule) -> bool:
    """A field outside rows has the value."""
    return bool(values.get(field.section, {}).get(field.name) == need.value)


def any_row_equals(values: Values, field: Field, need: NeedRule) -> bool:
    """Some row has the value."""
    rows = values.get(field.section, {}).get("rows", [])
    return any(row.get(field.name) == need.value for row in rows)


NEEDS: Mapping[str, tuple[Callable[[Values, Field, NeedRule], bool], bool]] = {
    "field_equals": (field_equals, False),
    "any_row_equals": (any_row_equals, True),
}
"""Every condition by name, and whether it looks at a field in rows."""


def required_materials(item: Item, values: Values) -> set[str]:
    """The codes of the materials that these typed values (of `validate`) make necessary.

    A deferrable one is as necessary as any other; it may follow later where the applicant promises that.
    """
    needed = {
        material.code
        for material in item.materials
        if material.necessity in {"required", "deferrable"} and material.condition is None
    }
    for material in item.materials:
        need = material.condition
        if need is not None and NEEDS[need.rule][0](values, item.form.field(need.field), need):
            needed.add(material.code)
    return needed
