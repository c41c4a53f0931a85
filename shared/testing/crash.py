"""Named points at which a process may be told to die, as if the power had gone."""

import os
from collections import Counter

VARIABLE = "YUANBAN_TEST_CRASH"
"""`<point>` or `<point>:<n>`: die at that point, the n-th time it is passed."""
EXIT_CODE = 137  # what a process killed by SIGKILL leaves behind

_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Die here, without cleaning up, when the environment says so; otherwise one look-up and nothing."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    point, _, number = wanted.partition(":")
    if point != name:
        return
    _passed[name] += 1
    if _passed[name] == int(number or 1):
        os._exit(EXIT_CODE)
