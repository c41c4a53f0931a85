"""The form of an item, and its other versions, on the wire."""

from marshmallow import fields

from shared.http.schemas import Answer, TextSchema, bilingual, day, string


def flag(description: str) -> fields.Boolean:
    """A truth that is always told."""
    return fields.Boolean(required=True, metadata={"description": description})


class FormSection(Answer):
    """One section of the form."""

    key = string()
    title = bilingual()
    intro = bilingual(null=True)
    schema = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "JSON Schema (2020-12) of its answers, with labels and hints in `x-ui`"},
    )


class FormOut(Answer):
    """The form of the item."""

    sections = fields.List(fields.Nested(FormSection), required=True)


class ItemLink(Answer):
    """Another item, as one names it."""

    code = string()
    slug = string()
    name = bilingual()
    online = flag("It can be applied for here")


class Replaced(Answer):
    """The version before, and what has changed since."""

    version = string()
    note = bilingual("The words of the item's authors", null=True)
    changes = fields.List(fields.Nested(TextSchema), required=True)


class VersionOut(Answer):
    """A published version of the item."""

    version = string()
    effective_on = day("Its first day")
    retired_on = day("The day from which it is not in force", null=True)
    in_force = flag("New applications are made under it today")
