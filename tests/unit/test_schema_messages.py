"""What a schema finds wrong is said in both languages, and truly."""

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from shared.http.problems import schema_errors


class _Body(Schema):
    bays = fields.Integer(strict=True, validate=validate.Range(min=1, max=5))
    least = fields.Integer(strict=True, validate=validate.Range(min=1))
    most = fields.Integer(strict=True, validate=validate.Range(max=5))


@pytest.mark.parametrize(
    ("field", "value", "zh", "en"),
    [
        ("bays", 6, "应在1至5之间", "This must lie between 1 and 5"),
        ("bays", 0, "应在1至5之间", "This must lie between 1 and 5"),
        ("least", 0, "数值太小", "The number is too small"),
        ("most", 6, "数值太大", "The number is too large"),
    ],
)
def test_a_number_out_of_range_is_told_which_way(field: str, value: int, zh: str, en: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _Body().load({field: value})
    (wrong,) = schema_errors(refused.value.messages)
    assert (wrong.pointer, wrong.code) == (f"/{field}", "range")
    assert (wrong.message.zh, wrong.message.en) == (zh, en)
