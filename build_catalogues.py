"""Compiles the message catalogues; run by hand, by `make setup` and by the wheel build."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, outside a build
    BuildHookInterface = object  # type: ignore[assignment,misc]

FOLDER = Path(__file__).parent / "content" / "messages"


def compile_catalogues(folder: Path = FOLDER) -> list[Path]:
    """Merges the areas of each language into one compiled file and returns the files written.

    Raises:
        SystemExit: two areas define the same key, naming both files.
    """
    written = []
    for language in sorted(path for path in folder.iterdir() if path.is_dir()):
        merged = Catalog(locale=language.name, charset="utf-8")
        seen: dict[str, str] = {}
        for area in sorted(language.glob("*.po")):
            for message in read_po(io.BytesIO(area.read_bytes()), locale=language.name):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key in seen:
                    sys.exit(f"{area}: {key} is already defined in {seen[key]}")
                seen[key] = str(area)
                merged.add(message.id, message.string)
        target = folder / f"{language.name}.mo"
        with target.open("wb") as file:
            write_mo(file, merged)
        written.append(target)
    return written


class CatalogueHook(BuildHookInterface):  # type: ignore[misc]
    """Compiles the catalogues before the wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, and name the files as build products."""
        build_data["artifacts"].extend(
            str(path.relative_to(Path(self.root))) for path in compile_catalogues()
        )


if __name__ == "__main__":
    compile_catalogues()
