"""Where the program starts: `callback-desk` and `python -m app`."""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is no UTF-8 shows a sign for what it lacks and ends no command half-way.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    from app.cli.program import callback_desk  # noqa: PLC0415 - nothing is loaded by import alone

    callback_desk.main()


if __name__ == "__main__":
    main()
