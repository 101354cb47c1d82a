"""Where the program starts: `callback-desk` and `python -m app`."""

from __future__ import annotations

import gc
import io
import sys
from typing import Final

FEWER_SWEEPS: Final = 50_000
"""New objects between two looks for rubbish; Python's own 700 is meant for small programs."""


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    # All that is loaded stays, and what is read goes as it came: to look through it for rubbish
    # again and again costs a tenth of the start, and more of a long command.
    gc.set_threshold(FEWER_SWEEPS)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is no UTF-8 shows a sign for what it lacks and ends no command half-way.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    from app.cli.program import callback_desk  # noqa: PLC0415 - nothing is loaded by import alone

    callback_desk.main()


if __name__ == "__main__":
    main()
