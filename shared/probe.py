"""`python -m shared.probe URL`: ends with 0 when URL answers 200, else with 1. For containers' health checks.

It imports nothing of the suite, so that asking costs a fraction of what the answer does.
"""

import sys
import urllib.error
import urllib.request

TIMEOUT_S = 10.0
_USAGE = "usage: python -m shared.probe http://…"


def main(arguments: list[str]) -> int:
    """The exit code; what was wrong goes to standard error, where `docker inspect` finds it."""
    if len(arguments) != 1 or not arguments[0].startswith(("http://", "https://")):
        sys.stderr.write(f"{_USAGE}\n")
        return 2
    try:
        # No proxy of the environment: the process asked is the neighbour in the same container.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(arguments[0], timeout=TIMEOUT_S):
            return 0
    except urllib.error.HTTPError as error:
        sys.stderr.write(f"{error.code} {error.read().decode('utf-8', 'replace')[:500]}\n")
    except OSError as error:
        sys.stderr.write(f"{error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
