"""Bringing drafts into force: which ones, whether all is sound, from when, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from content.rule_files import RULES
from content.script_set import ReadSet, read_set, reread
from domain.content_set import FileKey, FileText
from domain.errors import RefusedError
from domain.said import Said
from screens.actions import Action, bindings
from screens.difference import DifferenceScreen
from screens.frame import FramedScreen
from screens.playbook_messages import Compared, Published, SetRead, ShelfRead
from screens.playbook_release_note import ConflictDialog, ReleaseNote, ReleaseNoteDialog
from screens.playbook_shelf import Shelf, read_shelf
from screens.playbook_views import draft_columns, draft_row, findings_view, shown_name
from screens.work import database_work
from widgets.difference import difference
from widgets.findings_pane import FindingsPane
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from domain.content_set import NewFile

_CONFLICT = "content_conflict"


class Theirs(Message):
    """What is in force after somebody was faster, and which file it was about."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        super().__init__()
        self.shelf = shelf
        self.name = name


class PublishScreen(FramedScreen[Said]):
    """One's drafts, each taken or left; what goes is checked as a whole before it may go.

    Args:
        first: the file that one comes from; with it, only the drafts of this file are taken at
            first, in every language.
    """

    SCOPE = "publish"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("publish"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]
    CSS_PATH = "playbooks.tcss"

    def __init__(self, first: FileKey | None = None) -> None:
        super().__init__()
        self._first = first
        self._shelf: Shelf | None = None
        self._keys: tuple[FileKey, ...] = ()
        self._going: frozenset[FileKey] = frozenset()
        self._counts: dict[FileKey, tuple[int, int]] = {}
        self._read: ReadSet | None = None
        self._revision = 0

    def compose_body(self) -> ComposeResult:
        """Drafts above faults."""
        with Vertical(id="publish-box", classes="pane -owner"):
            yield WindowList(id="publish-list")
        yield FindingsPane(id="publish-findings")

    def on_mount(self) -> None:
        """Read the drafts."""
        self.listing.can_focus = False
        self.read()

    @property
    def listing(self) -> WindowList:
        """The list of drafts."""
        return self.query_one("#publish-list", WindowList)

    @property
    def marked(self) -> FileKey | None:
        """The draft under the mark."""
        place = self.listing.marked_id
        return None if place is None or place >= len(self._keys) else self._keys[place]

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.listing.show_columns(draft_columns(self.t))
        self.query_one("#publish-findings", FindingsPane).name_it(self.t("playbooks_screen.check"))
        self._draw()

    def _draw(self) -> None:
        self.listing.say_empty(
            self.t("playbooks_screen.no_drafts" if self._shelf else "ui.starting")
        )
        title = self.t("playbooks_screen.publish_title", n=len(self._going))
        self.query_one("#publish-box").border_title = f"▸ {title}"
        rows = [
            draft_row(
                self.t,
                place,
                key,
                goes=key in self._going,
                counts=self._counts.get(key, (0, 0)),
                faults=self._faults_of(key),
            )
            for place, key in enumerate(self._keys)
        ]
        if len(rows) == len(self.listing.rows):
            for row in rows:
                self.listing.replace_row(row)
        else:
            self.listing.show_all(rows)
        faults = None if self._read is None else self._read.faults
        view = findings_view(self.t, self.spoken, faults, None, None, checking=False)
        self.query_one("#publish-findings", FindingsPane).show(view)
        self.refresh_keys()

    def _faults_of(self, key: FileKey) -> int | None:
        if self._read is None:
            return None
        return sum(one.key == key for one in self._read.faults)

    # -- what can't be done -----------------------------------------------------------------

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "publish" or action.id == "publish.back":
            return None
        if self._shelf is None:
            return Said("playbooks_screen.reading")
        if not self._keys:
            return Said("playbooks_screen.no_drafts")
        if action.id == "publish.go" and not self._going:
            return Said("playbooks_screen.nothing_goes")
        if action.id == "publish.preview" and not any(kind == RULES for kind, _, _ in self._going):
            return Said("rule_files.no_rules")
        return self._unsound() if action.id in ("publish.go", "publish.preview") else None

    def _unsound(self) -> Said | None:
        """Why what goes can't be trusted yet."""
        if self._read is None or self.requests.busy("publish.go"):
            return Said("playbooks_screen.checking_first")
        if self._read.faults:
            return Said("playbooks_screen.faults_first", {"n": len(self._read.faults)})
        return None

    # -- reading ----------------------------------------------------------------------------

    @database_work("publish.shelf")
    def read(self) -> Message:
        """Read the drafts and what they are put among."""
        return ShelfRead(read_shelf(self.database, self.actor))

    @on(ShelfRead)
    def _shelf_came(self, event: ShelfRead) -> None:
        self._shelf = shelf = event.shelf
        self._keys = tuple(sorted(shelf.drafts))
        first = self._first
        going = [key for key in self._keys if first is None or key[:2] == first[:2]]
        self._going = frozenset(going or self._keys)
        self._compare()

    def _compare(self) -> None:
        self._read = None
        self._revision += 1
        self._draw()
        if self._shelf is not None:
            self.count_lines(self._shelf)
            self.look_through(self._shelf.texts(self._going), self._revision)

    @database_work("publish.lines")
    def count_lines(self, shelf: Shelf) -> Message:
        """Count what comes and goes in each draft."""
        counts = {}
        for key, draft in shelf.drafts.items():
            file = shelf.files.get(key)
            found = difference(file.source if file else "", draft.source)
            counts[key] = (found.added, found.removed)
        return Compared(counts)

    @on(Compared)
    def _counted(self, event: Compared) -> None:
        self._counts = event.counts
        self._draw()

    @database_work("publish.check")
    def look_through(self, texts: tuple[FileText, ...], revision: int) -> Message:
        """Read everything together beside the loop."""
        return SetRead(revision, read_set(texts))

    @on(SetRead)
    def _looked_through(self, event: SetRead) -> None:
        if event.revision == self._revision:
            self._read = event.read
            self._draw()

    # -- what can be done -------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the mark."""
        self.listing.action_step(by)

    def do_toggle(self) -> None:
        """Take the marked draft along, or leave it."""
        marked = self.marked
        if marked is not None:
            self._going = self._going ^ {marked}
            self._compare()

    def do_changes(self) -> None:
        """Show what the marked draft changes."""
        marked, shelf = self.marked, self._shelf
        if marked is not None and shelf is not None:
            file = shelf.files.get(marked)
            heading = Said("playbooks_screen.to_yours", {"file": shown_name(self.t, marked)})
            old = file.source if file else ""
            self.app.push_screen(DifferenceScreen(heading, old, shelf.source(marked)))

    def do_preview(self) -> None:
        """Show what the rules that go would do to today's queue."""
        from screens.rule_preview import RulePreviewScreen  # noqa: PLC0415 - when asked for

        if self._read is not None and self._read.rulebook is not None:
            self.app.push_screen(RulePreviewScreen(self._read.rulebook, self._read.rules))

    def do_go(self) -> None:
        """Ask from when and why, then publish."""
        names = ", ".join(shown_name(self.t, key) for key in sorted(self._going))
        question = Said("playbooks_screen.publish_sure", {"n": len(self._going), "files": names})
        self.app.push_screen(ReleaseNoteDialog(question), self._told)

    def _told(self, told: ReleaseNote | None) -> None:
        read, shelf = self._read, self._shelf
        if told is not None and read is not None and shelf is not None:
            files = tuple(file for file in read.new_files() if file.key in self._going)
            base = {key: shelf.base(key) for key in self._going}
            self.say("playbooks_screen.publishing")
            self.publish(files, base, told)

    @database_work("publish.go", every=True)
    def publish(
        self, files: tuple[NewFile, ...], base: dict[FileKey, str], told: ReleaseNote
    ) -> Message:
        """Make the release."""
        from content.rule_changes import law_changed  # noqa: PLC0415 - when first published
        from db.releases import publish  # noqa: PLC0415 - connected long since

        made = publish(
            self.database,
            self.actor,
            files,
            base=base,
            at=told.at,
            note=told.note,
            reread=reread,
            law=law_changed,
        )
        return Published(made)

    @on(Published)
    def _published(self, event: Published) -> None:
        made = event.release
        key = "published_from" if made.state == "planned" else "published"
        params = {"name": made.name, "n": made.changed, "at": made.in_force_from}
        self.dismiss(Said(f"playbooks_screen.{key}", params))

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """Somebody was faster: nothing is lost, and what they changed can be looked at."""
        if work != "publish.go" or not isinstance(error, RefusedError) or error.code != _CONFLICT:
            return False

        def answered(look: bool | None) -> None:
            if look:
                self.look_at_theirs(str(error.params["file"]))
            else:
                self.read()

        told = Said(error.title_key, error.params)
        self.app.push_screen(ConflictDialog(told), answered)
        return True

    @database_work("publish.theirs")
    def look_at_theirs(self, name: str) -> Message:
        """Read what the faster one made of the file."""
        return Theirs(read_shelf(self.database, self.actor), name)

    @on(Theirs)
    def _theirs_came(self, event: Theirs) -> None:
        self.post_message(ShelfRead(event.shelf))
        shelf = event.shelf
        names = {one: (one[1], f"{one[1]} ({one[2]})") for one in shelf.drafts}
        key = next((one for one, known in names.items() if event.name in known), None)
        if key is not None:
            coming = shelf.coming.get(key)
            heading = Said("playbooks_screen.theirs_to_yours", {"file": shown_name(self.t, key)})
            old = coming.source if coming else ""
            self.app.push_screen(DifferenceScreen(heading, old, shelf.source(key)))

    def do_back(self) -> None:
        """Close the screen; nothing is published."""
        self.dismiss(None)
