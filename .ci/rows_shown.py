"""Whether the screen on stdin shows rows of the queue: at least five names of the database."""

from __future__ import annotations

import json
import subprocess
import sys


def main() -> None:
    """End with 0 if it does; takes the database as the only argument."""
    screen = sys.stdin.read()
    listed = subprocess.run(
        [".venv/bin/callback-desk", "queue", "list", "--json", "--database", sys.argv[1]],
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        sys.stdout.write(f"not yet: {listed.stdout}\n")
        sys.exit(1)
    names = {row["person"] for row in json.loads(listed.stdout)["callbacks"]}
    # Narrow columns cut long names.
    shown = sorted(name for name in names if name[:8] in screen)
    sys.stdout.write(f"{len(shown)} of {len(names)} customers are on the screen\n")
    sys.exit(len(shown) < 5)


if __name__ == "__main__":
    main()
