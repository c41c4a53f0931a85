"""The wish for a time on a machine, as the machine's page and the preview ask for it."""

from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.controls import Control

_STARTS = Control("starts_at", _l("Beginning"), "moment", width="short", required=True)
_ENDS = Control("ends_at", _l("End"), "moment", width="short", required=True)
_QUANTITY = Control("quantity", _l("Machines"), "whole", width="short")
_OPERATOR = Control("with_operator", _l("With an operator, who is paid for"), "flag")
_PIECES = Control("pieces", _l("Pieces"), "whole", width="short")
_BATCHES = Control("pieces", _l("Batches"), "whole", width="short")
_COUNTED = {"piece": _PIECES, "batch": _BATCHES}


def wish_of(machine: Json) -> tuple[Control, ...]:
    """What is asked about a wish for this machine: only what can be chosen."""
    found = [_STARTS, _ENDS]
    if machine["units"] > 1:
        found.append(_QUANTITY)
    unit = (machine["price"] or {}).get("unit")
    if unit in _COUNTED:
        found.append(_COUNTED[unit])
    if machine["operator"] == "extra":
        found.append(_OPERATOR)
    return tuple(found)
