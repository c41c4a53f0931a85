"""Who keeps credit records and who sees all of them; the service decides, pages only ask."""

from gateway.portal.context import Json

_KEEPS = frozenset({"manager", "administrator"})
_OVERSEES = _KEEPS | {"auditor"}


def keeps_credit(person: Json | None) -> bool:
    """Whether the person enters and repairs records."""
    return person is not None and not _KEEPS.isdisjoint(person["roles"])


def oversees_credit(person: Json | None) -> bool:
    """Whether the person sees everybody's records; others see their own alone."""
    return person is not None and not _OVERSEES.isdisjoint(person["roles"])
