"""What the playbook screens draw: rows of files and releases, faults, the preview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from content.playbook_parser import LANGUAGES
from content.rule_files import FILES, RULES
from content.script_preview import SampleValues
from content.script_set import ADVICE, Fault, path_of
from domain.content_set import FileKey
from domain.errors import InputError
from domain.library import Advice
from domain.said import Said
from domain.walk import Walk
from screens.call_views import Say, step_view
from screens.playbook_shelf import Shelf, title_of
from widgets.customer_card import CardLine, CardSection, CardView
from widgets.findings_pane import FindingLine, FindingsView
from widgets.list_rows import Cell, Column, Row
from widgets.script_pane import ScriptLine, ScriptView

if TYPE_CHECKING:
    from db.release_values import Release

Clock = Callable[[datetime], str]
"""Writes an instant on one's own clock."""

DRAFT_SIGN: Final = "±"
EDITED_SIGN: Final = "*"
PROPOSED_SIGN: Final = "▲"
PLANNED_SIGN: Final = "»"
SHORT: Final = 6
"""Letters of a version's digest that tell it from the others of its file."""

_STATES: Final = {"in_force": ("✓", "good"), "planned": (PLANNED_SIGN, "warm"), "past": (" ", "")}
_ROOMY: Final = 100

Pair = tuple[str, str]
"""Kind and name of a file that exists in several languages."""


def pairs_of(shelf: Shelf) -> tuple[Pair, ...]:
    """Every file once, whatever languages it has."""
    return tuple(dict.fromkeys((kind, name) for kind, name, _ in shelf.keys))


def file_columns(say: Say) -> tuple[Column, ...]:
    """The columns of the list of files."""
    return (
        Column(say("playbooks_screen.kind"), 9),
        Column(say("playbooks_screen.name"), 20, stretch=1),
        Column(say("playbooks_screen.title"), 12, stretch=2),
        *(Column(say(f"playbooks_screen.{language}"), 10) for language in LANGUAGES),
        Column(say("playbooks_screen.since"), 18, need=_ROOMY),
        Column(say("playbooks_screen.by"), 12, need=_ROOMY),
    )


def file_row(say: Say, clock: Clock, shelf: Shelf, place: int, pair: Pair, language: str) -> Row:
    """One file with its versions in both languages."""
    kind, name = pair
    files = [shelf.files[key] for key in shelf.of(pair) if key in shelf.files]
    keys: list[FileKey] = [(kind, name, one) for one in LANGUAGES]
    if (kind, name, "") in shelf.keys:
        keys[0] = (kind, name, "")
    own = shelf.files.get((kind, name, language)) or (files[0] if files else None)
    newest = max(files, key=lambda file: file.at, default=None)
    since = clock(newest.at) if newest else ""
    by = (newest.by or say("playbooks_screen.shipped")) if newest else ""
    return Row(
        place,
        (
            Cell(say(f"playbooks_screen.kind.{kind}"), "muted"),
            Cell(name),
            Cell(say(f"rule_files.title.{name}") if _is_rule(pair) else title_of(own)),
            *(_version_cell(shelf, key) for key in keys),
            Cell(since, "muted"),
            Cell(by, "muted"),
        ),
    )


def found_in(say: Say, shelf: Shelf, pair: Pair, text: str) -> bool:
    """Whether a file has every typed word in its kind, name or titles."""
    kind, name = pair
    titles = [title_of(shelf.files.get((kind, name, language))) for language in LANGUAGES]
    if _is_rule(pair):
        titles = [say(f"rule_files.title.{name}")]
    hay = " ".join([kind, say(f"playbooks_screen.kind.{kind}"), name, *titles]).casefold()
    return all(word in hay for word in text.casefold().split())


def _is_rule(pair: Pair) -> bool:
    """Whether it is a file of rules that this program has words for."""
    return pair[0] == RULES and pair[1] in FILES


def file_card(say: Say, clock: Clock, shelf: Shelf, pair: Pair | None) -> CardView:
    """What is known of one file: its versions, drafts, plans and proposals."""
    if pair is None:
        return CardView("", ())
    lines: list[CardLine] = []
    for key in shelf.of(pair):
        lines += _version_lines(say, clock, shelf, key)
    return CardView("", (CardSection("", tuple(lines)),))


def release_columns(say: Say) -> tuple[Column, ...]:
    """The columns of the list of releases."""
    return (
        Column("", 10),
        Column(say("playbooks_screen.from"), 18),
        Column(say("playbooks_screen.by"), 12),
        Column(say("playbooks_screen.files"), 5, right=True),
        Column(say("playbooks_screen.note"), 16, stretch=1),
        Column(say("playbooks_screen.release"), 14, need=_ROOMY),
    )


def release_row(say: Say, clock: Clock, place: int, one: Release) -> Row:
    """One release."""
    sign, tone = _STATES[one.state]
    state = say(f"playbooks_screen.state.{one.state}")
    return Row(
        place,
        (
            Cell(f"{sign} {state}", tone),
            Cell(clock(one.in_force_from)),
            Cell(one.by or say("playbooks_screen.shipped")),
            Cell(str(one.changed)),
            Cell(one.note),
            Cell(one.name, "muted"),
        ),
    )


def draft_columns(say: Say) -> tuple[Column, ...]:
    """The columns of the list of what is to be published."""
    return (
        Column(say("playbooks_screen.goes"), 6),
        Column(say("playbooks_screen.file"), 30, stretch=1),
        Column("+", 5, right=True),
        Column("-", 5, right=True),
        Column(say("playbooks_screen.faults"), 18),
    )


def draft_row(
    say: Say, place: int, key: FileKey, *, goes: bool, counts: tuple[int, int], faults: int | None
) -> Row:
    """One draft: whether it goes with the others, what changes, and whether it is sound.

    Args:
        say: gives sentences.
        place: the row's number.
        key: the file.
        goes: whether it is to be published.
        counts: lines that come and go.
        faults: how many there are; none while nobody knows.
    """
    state, tone = say("playbooks_screen.checking"), "muted"
    if faults is not None:
        state, tone = _state(say, faults)
    cells = (
        Cell("✓" if goes else "·", "good" if goes else "muted"),
        Cell(path_of(key)),
        Cell(f"+{counts[0]}"),
        Cell(f"-{counts[1]}"),
        Cell(state if goes else "", tone),
    )
    return Row(place, cells, muted=not goes)


def findings_view(
    say: Say,
    spoken: Callable[[Said], str],
    faults: Sequence[Fault] | None,
    here: FileKey | None,
    marked: int | None,
    *,
    checking: bool,
) -> FindingsView:
    """What the check says, the file's own faults first.

    Args:
        say: gives sentences.
        spoken: says a rule's sentence.
        faults: what was found; none before the first check.
        here: the file that is edited; its faults are told by their line alone.
        marked: the fault that was gone to last.
        checking: whether newer text is being looked at.
    """
    if faults is None:
        return FindingsView(say("playbooks_screen.checking"), "…", "$text-muted")
    count = len(faults)
    sign, style = ("✓", "$text-success") if not count else ("✗", "bold $text-error")
    state = _state(say, count)[0].removeprefix(f"{sign} ")
    if checking:
        state = f"{state} {say('playbooks_screen.checking')}"
    lines = tuple(
        FindingLine(
            str(one.line) if one.key == here else f"{path_of(one.key)}:{one.line}", spoken(one.said)
        )
        for one in faults
    )
    return FindingsView(state, sign, style, lines, marked)


def preview_view(walk: Walk, say: Say) -> ScriptView:
    """A step as the operator would see it with the sample customer."""
    try:
        return step_view(walk, SampleValues(walk.library.language), say)
    except InputError:
        # The check names the faulty words; until they are put right there is nothing to say.
        broken = ScriptLine("advice", say("playbooks_screen.preview_broken"))
        return ScriptView(walk.step.title, "", (broken,))


def advice_view(line: Advice | None, say: Say) -> ScriptView:
    """A line of the strip as the operator would see it."""
    if line is None:
        return ScriptView(say("playbooks_screen.preview_none"), "")
    return ScriptView(f"{line.group} · {line.id}", "", (ScriptLine("advice", line.text),))


def _version_cell(shelf: Shelf, key: FileKey) -> Cell:
    file = shelf.files.get(key)
    signs = ""
    if file is not None and not file.shipped:
        signs += EDITED_SIGN
    if key in shelf.drafts:
        signs += DRAFT_SIGN
    if key in shelf.proposals:
        signs += PROPOSED_SIGN
    if _is_planned(shelf, key):
        signs += PLANNED_SIGN
    text = file.digest[:SHORT] if file else "-"
    return Cell(f"{text} {signs}".rstrip(), "warm" if signs.strip(EDITED_SIGN) else "")


def _is_planned(shelf: Shelf, key: FileKey) -> bool:
    now, coming = shelf.files.get(key), shelf.coming.get(key)
    return (now and now.source) != (coming and coming.source)


def _version_lines(say: Say, clock: Clock, shelf: Shelf, key: FileKey) -> list[CardLine]:
    label = say(f"playbooks_screen.{key[2]}") if key[2] else " "
    file, draft = shelf.files.get(key), shelf.drafts.get(key)
    lines = []
    if file is None:
        lines.append(CardLine(say("playbooks_screen.not_there"), label))
    else:
        by = file.by or say("playbooks_screen.shipped")
        told = say(
            "playbooks_screen.version", version=file.digest[:SHORT], at=clock(file.at), by=by
        )
        lines.append(CardLine(told, label))
    if draft is not None:
        at = clock(draft.saved_at)
        lines.append(_sign(DRAFT_SIGN, say("playbooks_screen.your_draft", at=at)))
        moved = shelf.moved(key)
        if moved is not None:
            by = moved.by or say("playbooks_screen.shipped")
            told = say("playbooks_screen.moved", by=by, at=clock(moved.at))
            lines.append(_sign("!", told, "$text-warning"))
    if _is_planned(shelf, key):
        lines.append(_sign(PLANNED_SIGN, say("playbooks_screen.planned_change")))
    if key in shelf.proposals:
        at = clock(shelf.proposals[key].shipped.at)
        lines.append(_sign(PROPOSED_SIGN, say("playbooks_screen.proposed", at=at)))
    return lines


def _sign(sign: str, text: str, style: str = "") -> CardLine:
    return CardLine(f"{sign} {text}", " ", style=style)


def _state(say: Say, faults: int) -> tuple[str, str]:
    if faults:
        return f"✗ {say('playbooks_screen.to_put_right', n=faults)}", "urgent"
    return f"✓ {say('playbooks_screen.sound')}", "good"


def shown_name(say: Say, key: FileKey) -> str:
    """A file as a sentence names it."""
    kind, name, language = key
    if kind == ADVICE:
        name = say("playbooks_screen.kind.advice")
    if not language:
        return name
    return f"{name} ({say(f'playbooks_screen.{language}')})"
