"""`callback-desk playbook show` and `graph`: a playbook to read, and as a flow chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.playbook import playbook
from app.cli.playbook_release import in_force

if TYPE_CHECKING:
    from domain.library import Library
    from domain.playbook import Step


ADVICE: Final = "advice"
"""The kind of the files that are no books."""


@desk_command("show", "database", "login", group=playbook)
@click.argument("book_id", metavar="ID")
@option("--step", "step_id", metavar="STEP", help="script.option.step")
@option("--release", metavar="NAME", help="release.option.release")
def show(frame: Frame, book_id: str, step_id: str | None, release: str | None) -> Answer:
    """Print a book as an operator reads it, with an invented customer."""
    library = _library(frame, release)
    book = library.book(book_id)
    steps = [step for step in book.steps if step_id in (None, step.id)]
    if not steps:
        from domain.errors import InputError  # noqa: PLC0415 - only when something is wrong

        raise InputError("script_no_step", book=book_id, step=step_id)
    pages = [_page(frame, step) for step in steps]
    lines = [book.title]
    for page in pages:
        lines += ["", *_lines(page)]
    data = {
        "id": book.id,
        "kind": str(book.kind),
        "title": book.title,
        "language": book.language,
        "version": book.version,
        "steps": pages,
    }
    return Answer(data, lines)


@desk_command("graph", "database", "login", group=playbook)
@click.argument("book_id", metavar="ID")
@option("--release", metavar="NAME", help="release.option.release")
def graph(frame: Frame, book_id: str, release: str | None) -> Answer:
    """Print a book as a Mermaid flow chart."""
    from domain.playbook_map import mermaid  # noqa: PLC0415 - the help page draws nothing

    library = _library(frame, release)
    chart = mermaid(library.book(book_id), library)
    return Answer({"id": book_id, "mermaid": chart}, chart.splitlines())


def _library(frame: Frame, release: str | None) -> Library:
    """The caller's language as it is in force, or as it stands in a release."""
    from domain.library import Library  # noqa: PLC0415 - the help page reads no scripts
    from domain.playbook_codec import decode_book  # noqa: PLC0415

    books = (
        decode_book(script.parsed)
        for (kind, _, language), script in in_force(frame, release).files.items()
        if language == frame.language and kind != ADVICE
    )
    return Library.of(frame.language, books)


def _page(frame: Frame, step: Step) -> dict[str, Any]:
    from content.script_rules import script_rules  # noqa: PLC0415 - comes with the library
    from content.variables import fill  # noqa: PLC0415

    sample = script_rules(frame.language).sample
    return {
        "id": step.id,
        "title": step.title,
        "advice": [fill(part.text, sample) for part in step.advice],
        "wordings": [
            [text for part in variant.parts if (text := fill(part.text, sample))]
            for variant in step.variants
        ],
        "choices": [
            {
                "label": choice.label,
                "does": f"{choice.link.kind}:{choice.link.target}"
                + (f"/{choice.link.detail}" if choice.link.detail else ""),
                "then": choice.then.detail if choice.then else None,
            }
            for choice in step.choices
        ],
    }


def _lines(page: dict[str, Any]) -> list[str]:
    lines = [f"■ {page['title']}  #{page['id']}"]
    lines += [f"  · {text}" for text in page["advice"]]
    for number, wording in enumerate(page["wordings"], 1):
        lines += [
            f"  {number if not place else ' '} ▌ {text}" for place, text in enumerate(wording)
        ]
    lines += [
        f"    {number} {choice['label']}  ({choice['does']})"
        + (f" → {choice['then']}" if choice["then"] else "")
        for number, choice in enumerate(page["choices"], 1)
    ]
    return lines
