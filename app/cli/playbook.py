"""`callback-desk playbook`: the scripts without a screen; here the check, the rest on demand."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.frame import Answer, Frame, desk_command, desk_group

playbook = desk_group(
    "playbook",
    {
        "list": "app.cli.playbook_release:list_playbooks",
        "releases": "app.cli.playbook_release:list_releases",
        "rollback": "app.cli.playbook_release:rollback",
        "withdraw": "app.cli.playbook_release:withdraw",
        "export": "app.cli.playbook_files:export",
        "import": "app.cli.playbook_files:import_files",
        "diff": "app.cli.playbook_files:diff",
        "show": "app.cli.playbook_view:show",
        "graph": "app.cli.playbook_view:graph",
        "phrases": "app.cli.playbook_phrases:phrases",
        "learning": "app.cli.playbook_phrases:learning",
    },
)


@desk_command("check", group=playbook)
@click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
def check(frame: Frame, files: tuple[Path, ...]) -> Answer:
    """Check the files named among the shipped ones, or all that are shipped."""
    from content import advice_places, handbook, playbooks  # noqa: PLC0415 - reads Markdown
    from content.translations import say  # noqa: PLC0415 - comes with the above

    known = playbooks.shipped_known()
    if files:
        sources = [playbooks.read_source(path) for path in files]
        faults = playbooks.check_with_shipped(sources, known).findings
        count = len(sources)
    else:
        checked = playbooks.check_sources(playbooks.shipped_sources(), known)
        cards = handbook.handbook_sources()
        faults = (
            *checked.findings,
            *handbook.check_handbook(cards, handbook.companions(checked.books)),
            *advice_places.check_places({book.id for book in checked.books}),
        )
        count = len(checked.books) + len(cards)
    findings = [
        {
            "file": finding.file,
            "line": finding.line,
            "code": finding.code,
            "sentence": say(frame.language, finding.said),
        }
        for finding in faults
    ]
    lines = [f"{found['file']}:{found['line']}: {found['sentence']}" for found in findings]
    if findings:
        lines.append(frame.say("script.check.faults", n=len(findings)))
    else:
        lines.append(frame.say("script.check.sound", n=count))
    data = {"files": count, "findings": findings}
    return Answer(data, lines, exit_code=1 if findings else 0)
