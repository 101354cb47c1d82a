"""The editor of one file: source, faults, and the step as the operator would see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import TextArea

from content.playbooks import SHELVES
from content.rule_files import RULES
from content.script_highlight import (
    Mark,
    advice_marks,
    head_rows,
    script_marks,
    table_marks,
)
from content.script_preview import follow, walk_at
from content.script_set import path_of
from domain.content_set import FileKey
from domain.errors import InputError
from domain.library import Advice
from domain.playbook import Link, LinkKind
from domain.said import Said
from domain.walk import Walk
from screens.actions import Action, bindings
from screens.difference import DifferenceScreen
from screens.feed import TopicsMoved
from screens.playbook_editing import PlaybookEditing
from screens.playbook_messages import ShelfRead
from screens.playbook_shelf import Shelf, read_shelf
from screens.playbook_views import (
    DRAFT_SIGN,
    SHORT,
    advice_view,
    findings_view,
    preview_view,
    shown_name,
)
from screens.prompt import Confirm
from screens.work import database_work
from widgets.findings_pane import FindingsPane
from widgets.plate import Plate
from widgets.safe_text import clean, safe
from widgets.script_pane import ScriptPane
from widgets.source_editor import SourceEditor

_WRITES = frozenset(
    {"editor.write", "editor.undo", "editor.redo", "editor.publish", "editor.drop", "editor.theirs"}
)
"""What changes something: a lead's own."""


class EditorScreen(PlaybookEditing):
    """Writing with a live check beside it; who may not write may look and walk the preview."""

    SCOPE = "editor"
    BINDINGS: ClassVar[list[BindingType]] = bindings("editor")
    CSS_PATH = "playbook_editor.tcss"

    def __init__(self, key: FileKey, shelf: Shelf, *, may_edit: bool) -> None:
        super().__init__(key, shelf)
        self._may_edit = may_edit
        self._marked: int | None = None
        self._walk: Walk | None = None
        self._strayed = False
        self._at: tuple[str, int] | None = None

    def compose_body(self) -> ComposeResult:
        """State line; source above faults; the preview beside them, or in their place."""
        yield Plate(id="editor-state")
        with Horizontal(id="editor-body"):
            with Vertical(id="editor-left"):
                yield SourceEditor(self._marks, id="editor-source")
                yield FindingsPane(id="editor-findings")
            yield ScriptPane(id="editor-preview")

    def on_mount(self) -> None:
        """Show the text and check it."""
        source = self.editor
        source.read_only = not self._may_edit
        source.can_focus = self._may_edit
        source.fill(self.source)
        hidden = source.text != self.source
        if self._may_edit:
            source.focus()
        self.check_now()
        self.set_class(not self._may_edit, "-preview")
        if hidden:
            self.say("playbooks_screen.hidden_removed")
        elif not self._may_edit:
            looking = self.shell.seat.looking
            self.say("playbooks_screen.looking" if looking else "playbooks_screen.leads_edit")

    # -- parts ------------------------------------------------------------------------------

    @property
    def editor(self) -> SourceEditor:
        """Where the source stands."""
        return self.query_one("#editor-source", SourceEditor)

    @property
    def preview(self) -> ScriptPane:
        """The step as the operator would see it."""
        return self.query_one("#editor-preview", ScriptPane)

    def _marks(self, number: int, row: str, row_of: Callable[[int], str]) -> Iterable[Mark]:
        if self.key[0] not in SHELVES:
            return table_marks(row) if path_of(self.key).endswith(".csv") else advice_marks(row)
        count = self.editor.document.line_count
        head = head_rows(row_of(n) for n in range(count))
        return script_marks(row, self.key[2], in_head=number < head)

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.editor.border_title = path_of(self.key)
        self.query_one("#editor-findings", FindingsPane).name_it(self.t("playbooks_screen.check"))
        self.draw_state()
        self.draw_findings()

    def draw_state(self) -> None:
        """Say which version is in force, and whether one's own text is kept."""
        if not self.built and not self.query("#editor-state"):
            return
        file = self.shelf.files.get(self.key)
        parts = []
        if file is not None:
            by = file.by or self.t("playbooks_screen.shipped")
            told = {"version": file.digest[:SHORT], "at": self.clock(file.at), "by": by}
            parts.append(self.t("playbooks_screen.version", **told))
        if not self._may_edit:
            parts.append(self.t("playbooks_screen.read_only"))
        elif not self.keeper.safe:
            parts.append(f"… {self.t('playbooks_screen.unsaved')}")
        elif self.source != self.begun:
            parts.append(f"{DRAFT_SIGN} {self.t('playbooks_screen.saved')}")
        moved = self._moved
        if moved:
            parts.insert(0, f"! {moved}")
        shown = safe(" · ".join(parts), "bold $text-warning" if moved else "")
        self.query_one("#editor-state", Plate).show(shown)

    @property
    def _moved(self) -> str:
        """Who published another version since one's own was begun, already spoken."""
        coming = self.shelf.coming.get(self.key)
        if coming is None or coming.digest == self.base or coming.source == self.source:
            return ""
        by = coming.by or self.t("playbooks_screen.shipped")
        return self.t("playbooks_screen.moved", by=by, at=self.clock(coming.at))

    def draw_findings(self) -> None:
        """Show what the check found, beside the text and in its margin."""
        faults = self.faults
        view = findings_view(
            self.t, self.spoken, faults, self.key, self._marked, checking=self.checking
        )
        self.query_one("#editor-findings", FindingsPane).show(view)
        own = [one.line for one in faults or () if one.key == self.key]
        self.editor.show_faults(own)
        self._preview_again()
        self.refresh_keys()

    def show_head(self) -> None:
        """The digits belong to the preview while letters are actions."""
        super().show_head()
        for pane in self.query("#editor-preview").results(ScriptPane):
            pane.own_digits(not self.typing)

    # -- the preview ------------------------------------------------------------------------

    def _preview_again(self) -> None:
        """Show the preview from what was read last; where one has walked on, one stays."""
        read, library = self.read, self.library
        if read is None or library is None:
            return
        if self.key[0] not in SHELVES:
            self.preview.show(advice_view(self._advice_at_cursor(), self.t))
            return
        book = read.books.get(self.key)
        if book is not None:
            try:
                if self._strayed and self._walk is not None:
                    self._walk = self._walk.in_library(library)
                else:
                    self._walk = walk_at(library, book, self.editor.line)
            except InputError:  # the script that one had walked into is gone
                self._walk = walk_at(library, book, self.editor.line)
        self._draw_preview()

    def _draw_preview(self) -> None:
        if self._walk is not None:
            self.preview.show(preview_view(self._walk, self.t))
        elif self.key[0] in SHELVES:
            self.preview.show(advice_view(None, self.t))

    def _advice_at_cursor(self) -> Advice | None:
        rows = self.source.split("\n")[: self.editor.line]
        group = next((row.strip(" []") for row in reversed(rows) if row.startswith("[")), "")
        entry = rows[-1].partition("=")[0].strip(' "') if rows else ""
        lines = self.read.advice.get(self.key, ()) if self.read else ()
        return next((one for one in lines if (one.group, one.id) == (group, entry)), None)

    @on(TextArea.SelectionChanged, "#editor-source")
    def _cursor_moved(self) -> None:
        line = self.editor.line
        if self._at != (self.key[1], line):
            self._at = (self.key[1], line)
            self._strayed = False
            self._preview_again()

    def _in_bar(self) -> Iterable[Action]:
        """While one writes, only what can be done: room is short."""
        every = (one for one in super()._in_bar() if one.scope == "editor" or one.bar == 90)
        return (one for one in every if not self.typing or self.why_not(one) is None)

    # -- what can't be done -----------------------------------------------------------------

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "editor":
            return None
        if action.id in _WRITES and not self._may_edit:
            looking = self.shell.seat.looking
            return Said("playbooks_screen.looking" if looking else "playbooks_screen.leads_edit")
        changed = self.source != self.begun
        reasons = {
            "editor.finding": (bool(self._own_faults), "playbooks_screen.nothing_found"),
            "editor.changes": (
                self._in_force != self.source or bool(self._moved),
                "playbooks_screen.no_difference",
            ),
            "editor.drop": (changed, "playbooks_screen.no_draft"),
            "editor.theirs": (bool(self._moved), "playbooks_screen.not_moved"),
            "editor.digit": (self._walk is not None, "playbooks_screen.preview_none"),
            "editor.variant": (self._walk is not None, "playbooks_screen.preview_none"),
            "editor.step_back": (
                self._walk is not None and self._walk.can_go_back,
                "playbooks_screen.preview_start",
            ),
            "editor.publish": (
                changed or bool(self.shelf.drafts),
                "playbooks_screen.no_drafts",
            ),
        }
        possible, why = reasons.get(action.id, (True, ""))
        return None if possible else Said(why)

    @property
    def _in_force(self) -> str:
        file = self.shelf.files.get(self.key)
        return file.source if file else ""

    @property
    def _own_faults(self) -> list[int]:
        return [place for place, one in enumerate(self.faults or ()) if one.key == self.key]

    # -- writing ----------------------------------------------------------------------------

    @on(TextArea.Changed, "#editor-source")
    def _typed(self) -> None:
        if self._may_edit and self.editor.text != clean(self.source, lines=True):
            self._marked = None
            self.edited(self.editor.text)
            self.draw_state()

    @on(SourceEditor.Left)
    def _left_text(self) -> None:
        self.set_focus(None)

    @on(SourceEditor.Full)
    def _too_much(self) -> None:
        self.say("playbooks_screen.too_much")

    def take_text(self, text: str) -> None:
        """Text is always meant for the source, where one may write."""
        if self._may_edit:
            self.editor.focus()
            self.editor.take(text)
        else:
            super().take_text(text)

    def do_write(self) -> None:
        """Letters are text again."""
        self.remove_class("-preview")
        self.editor.focus()

    def do_undo(self) -> None:
        """Take the last typing back."""
        self.editor.undo()

    def do_redo(self) -> None:
        """Type again what was taken back."""
        self.editor.redo()

    def do_finding(self) -> None:
        """Go to the next fault of this file; behind the last comes the first."""
        places = self._own_faults
        faults = self.faults or ()
        later = [one for one in places if self._marked is not None and one > self._marked]
        self._marked = (later or places)[0]
        self.remove_class("-preview")
        self.editor.go_to(faults[self._marked].line)
        self.draw_findings()
        self.say_said(faults[self._marked].said)

    def do_up(self) -> None:
        """Move the cursor up, or the preview's text."""
        self._move(-1)

    def do_down(self) -> None:
        """Move the cursor down, or the preview's text."""
        self._move(1)

    def do_leaf_up(self) -> None:
        """Move the cursor up by a screen."""
        self._move(-self.editor.size.height + 3)

    def do_leaf_down(self) -> None:
        """Move the cursor down by a screen."""
        self._move(self.editor.size.height - 3)

    def _move(self, by: int) -> None:
        if self.has_class("-preview") and self.has_class("-two"):
            self.preview.scroll_lines(by)
        else:
            self.editor.go_to(self.editor.line + by)

    # -- walking the preview ----------------------------------------------------------------

    def do_preview(self) -> None:
        """Show the preview in place of the text, or the text again; beside it, from the cursor.

        Of rules it shows what they would do to today's queue.
        """
        if self.key[0] == RULES:
            self._preview_rules()
            return
        self.toggle_class("-preview")
        self.do_here()
        if self.has_class("-preview"):
            self.set_focus(None)
        elif self._may_edit:
            self.editor.focus()

    def _preview_rules(self) -> None:
        from screens.rule_preview import RulePreviewScreen  # noqa: PLC0415 - when asked for

        if self.checking or self.read is None:
            self.say("playbooks_screen.checking_first")
        elif self.read.rulebook is None:
            self.say("playbooks_screen.faults_first", n=len(self.read.faults))
        else:
            self.app.push_screen(RulePreviewScreen(self.read.rulebook, self.read.rules))

    def do_here(self) -> None:
        """Show the step in which the cursor stands."""
        self._strayed = False
        self._preview_again()
        self.refresh_keys()

    def do_digit(self, digit: str) -> None:
        """Choose a way on."""
        walk, number = self._walk, int(digit)
        if walk is None or not 1 <= number <= len(walk.choices):
            self.say("playbooks_screen.no_choice", digit=digit)
            return
        after, asked = follow(walk, number)
        self._stray(after)
        if asked is not None:
            self.say("playbooks_screen.would_do", what=_link_text(asked))

    def do_variant(self) -> None:
        """Show the next wording."""
        if self._walk is not None:
            self._stray(self._walk.variant())

    def do_step_back(self) -> None:
        """Take the last way back."""
        if self._walk is not None:
            self._stray(self._walk.back())

    def _stray(self, walk: Walk) -> None:
        self._walk, self._strayed = walk, True
        self.add_class("-preview")
        self.say("ui.nothing")
        self._draw_preview()
        self.refresh_keys()

    # -- versions ---------------------------------------------------------------------------

    def do_changes(self) -> None:
        """Show what the text changes in the version in force, or in the one published meanwhile."""
        coming = self.shelf.coming.get(self.key)
        key, old = "to_yours", self._in_force
        if self._moved and coming is not None:
            key, old = "theirs_to_yours", coming.source
        heading = Said(f"playbooks_screen.{key}", {"file": shown_name(self.t, self.key)})
        self.app.push_screen(DifferenceScreen(heading, old, self.source))

    def do_theirs(self) -> None:
        """Let one's text follow the version that was published meanwhile, once that is meant."""

        def answered(yes: bool | None) -> None:
            coming = self.shelf.coming.get(self.key)
            if yes and coming is not None:
                self.base, self.begun = coming.digest, coming.source
                self.keeper.changed({"source": self.source, "base": self.base})
                self._keep()
                self.check_soon()
                self.draw_state()
                self.say("playbooks_screen.follows_theirs")

        question = Said("playbooks_screen.theirs_sure")
        key = self.shell.registry["editor.changes"].shown_keys()[-1]
        detail = Said("playbooks_screen.theirs_detail", {"key": key})
        self.app.push_screen(Confirm(question, detail), answered)

    def do_drop(self) -> None:
        """Go back to the version that one began from, once that is meant; it can be undone."""

        def answered(yes: bool | None) -> None:
            if yes:
                coming = self.shelf.coming.get(self.key)
                self.base = coming.digest if coming else ""
                self.begun = coming.source if coming else ""
                self.editor.put(self.begun)
                self.say("playbooks_screen.dropped_here")

        question = Said("playbooks_screen.drop_sure", {"file": shown_name(self.t, self.key)})
        self.app.push_screen(Confirm(question, Said("playbooks_screen.drop_undo")), answered)

    def do_publish(self) -> None:
        """Bring this draft, and the others, into force."""
        from screens.playbook_publish import PublishScreen  # noqa: PLC0415 - when asked for

        if not self.keeper.safe:
            self.say("playbooks_screen.saving_first")
            return

        def left(said: Said | None) -> None:
            if said is not None:
                self.say_said(said)
            self.read_again()

        self.shell.push_whole(PublishScreen(self.key), left)

    @database_work("editor.shelf")
    def read_again(self) -> Message:
        """Read what is in force and planned by now."""
        return ShelfRead(read_shelf(self.database, self.actor))

    @on(ShelfRead)
    def _shelf_came(self, event: ShelfRead) -> None:
        self.shelf = event.shelf
        coming = self.shelf.coming.get(self.key)
        if coming is not None and coming.source == self.source:
            self.base, self.begun = coming.digest, coming.source
        elif self.key not in self.shelf.drafts and self.keeper.safe and coming is not None:
            self.base, self.begun = coming.digest, coming.source
            self.editor.fill(coming.source)
        self.draw_state()
        self.check_soon()
        self.refresh_keys()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Somebody published: one's own text stays, the state tells of it."""
        if "content" in event.topics:
            self.read_again()

    def do_back(self) -> None:
        """Close the editor; the draft stays."""
        self.leave()


def _link_text(link: Link) -> str:
    """A question or an action as it is written in a file."""
    if link.kind is LinkKind.ASK:
        return f"ask:{link.target}/{link.detail}"
    return f"do:{link.target}/{link.detail}".rstrip("/")
