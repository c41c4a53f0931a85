"""The commands of docs/api.md, and what the page says that they print."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"

_BLOCK = re.compile(r"```sh\n(?P<commands>.*?)```\n(?:```text\n(?P<printed>.*?)```\n)?", re.DOTALL)
_MARK = "-- end of a block --"
_TIMEOUT_S = 120


def run_guide(url: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Run all blocks in one shell; yields for each its commands, what the page says, and what it printed."""
    blocks = [(each["commands"], each["printed"] or "") for each in _BLOCK.finditer(GUIDE.read_text("utf-8"))]
    script = "\n".join(f"{commands}\necho '{_MARK}'" for commands, _printed in blocks)
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "API": f"{url}/api/v1", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for (commands, printed), found in zip(blocks, done.stdout.split(f"{_MARK}\n"), strict=False):
        yield commands, printed, found
