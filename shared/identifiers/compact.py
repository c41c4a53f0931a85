"""How typed identifiers are read: full-width letters, spaces and hyphens are forgiven, nothing else."""

import unicodedata

from stdnum.util import clean


def compact(value: str) -> str:
    """`value` in half-width capitals without spaces and hyphens of any kind."""
    return clean(unicodedata.normalize("NFKC", value), " -").upper()
