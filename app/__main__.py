"""Where the program starts: `callback-desk` and `python -m app`."""

from __future__ import annotations


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    from app.cli.program import callback_desk  # noqa: PLC0415 - nothing is loaded by import alone

    callback_desk.main()


if __name__ == "__main__":
    main()
