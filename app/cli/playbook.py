"""`callback-desk playbook`: lists and checks the scripts without a screen."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group
from app.cli.lines import aligned

playbook = desk_group(
    "playbook",
    {
        "show": "app.cli.playbook_view:show",
        "graph": "app.cli.playbook_view:graph",
        "phrases": "app.cli.playbook_phrases:phrases",
        "learning": "app.cli.playbook_phrases:learning",
    },
)


@desk_command("list", group=playbook)
def list_playbooks(frame: Frame) -> Answer:
    """List every shipped book of the caller's language."""
    from content.playbooks import load_shipped  # noqa: PLC0415 - the help page reads no Markdown

    books = [
        {
            "id": book.id,
            "kind": str(book.kind),
            "title": book.title,
            "language": book.language,
            "version": book.version,
            "survey": book.survey,
            "steps": len(book.steps),
            "file": book.file,
        }
        for book in load_shipped(frame.language).books.values()
    ]
    rows = [
        [str(book["id"]), frame.say(f"script.kind.{book['kind']}"), str(book["title"])]
        for book in books
    ]
    return Answer({"playbooks": books}, aligned(rows))


@desk_command("check", group=playbook)
@click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
def check(frame: Frame, files: tuple[Path, ...]) -> Answer:
    """Check the files named among the shipped ones, or all that are shipped."""
    from content import playbooks  # noqa: PLC0415 - the help page reads no Markdown
    from content.translations import say  # noqa: PLC0415 - comes with the above

    known = playbooks.shipped_known()
    if files:
        sources = [playbooks.read_source(path) for path in files]
        checked = playbooks.check_with_shipped(sources, known)
        count = len(sources)
    else:
        checked = playbooks.check_sources(playbooks.shipped_sources(), known)
        count = len(checked.books)
    findings = [
        {
            "file": finding.file,
            "line": finding.line,
            "code": finding.code,
            "sentence": say(frame.language, finding.said),
        }
        for finding in checked.findings
    ]
    lines = [f"{found['file']}:{found['line']}: {found['sentence']}" for found in findings]
    if findings:
        lines.append(frame.say("script.check.faults", n=len(findings)))
    else:
        lines.append(frame.say("script.check.sound", n=count))
    data = {"files": count, "findings": findings}
    return Answer(data, lines, exit_code=1 if findings else 0)
