"""Who may read which statements: members those of their firms, those who watch the park all."""

from shared.actor import Actor

READS_ALL = ("manager", "administrator", "auditor")


def readable(reader: Actor) -> list[str] | None:
    """Credit codes of the firms whose statements somebody may read; None: of all."""
    if reader.has_role(*READS_ALL):
        return None
    return own_firms(reader)


def own_firms(reader: Actor) -> list[str]:
    """Credit codes of the firms to which somebody belongs."""
    return sorted({membership.uscc for membership in reader.memberships})
