"""Who names a row of the rules: found by taking it out and reading all files together."""

from __future__ import annotations

from collections.abc import Iterable

from content.script_set import Fault, path_of, read_set
from domain.content_set import FileText
from domain.said import Said


def use_in_files(files: Iterable[FileText], without: FileText) -> Said | None:
    """What is wrong once a row is gone that was not wrong before; none where nothing uses it.

    Args:
        files: everything as it is now, one's drafts in their places.
        without: the file without the row.
    """
    before = tuple(files)
    after = [without if file.key == without.key else file for file in before]
    known = {_told(fault) for fault in read_set(before).faults}
    new = [fault for fault in read_set(after).faults if _told(fault) not in known]
    if not new:
        return None
    return Said("rule_form.used.file", {"file": path_of(new[0].key), "what": new[0].said})


def _told(fault: Fault) -> str:
    """A fault without its line, which moves when rows go."""
    return f"{fault.key} {fault.said}"
