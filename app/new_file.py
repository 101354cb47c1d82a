"""Files with personal data: new ones, which nobody else may read."""

from __future__ import annotations

import os
from pathlib import Path

from domain.errors import InputError


def write_new(file: Path, text: str) -> None:
    """Writes a text to a new file that nobody else may read.

    Raises:
        InputError: `file_exists`, `file_not_written`.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as target:
            target.write(text)
    except FileExistsError as error:
        raise InputError("file_exists", file=str(file)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError("file_not_written", file=str(file), reason=reason) from error
