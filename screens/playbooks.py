"""The scripts of the desk: every file in force, found by typing; drafts, proposals, releases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from content.playbook_parser import LANGUAGES
from domain.content_set import FileKey
from domain.permissions import allowed
from domain.said import Said
from screens.actions import Action, bindings
from screens.difference import DifferenceScreen
from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from screens.playbook_messages import ShelfChanged, ShelfRead
from screens.playbook_shelf import PUBLISH, Shelf, read_shelf
from screens.playbook_views import (
    Pair,
    file_card,
    file_columns,
    file_row,
    found_in,
    pairs_of,
    shown_name,
)
from screens.prompt import Confirm
from screens.work import database_work
from widgets.customer_card import CustomerPane
from widgets.key_bar import KeyHint
from widgets.line import Line
from widgets.window_list import WindowList

_LEADS: Final = frozenset({"playbooks.proposal", "playbooks.publish", "playbooks.drop"})
"""What only a lead does; everybody may look."""


class PlaybooksScreen(FramedScreen[None]):
    """The list of files, a line to find them by above it, what is known of one below it."""

    SCOPE = "playbooks"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("playbooks"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("pagedown", "leaf(1)", show=False),
    ]
    CSS_PATH = "playbooks.tcss"
    AUTO_FOCUS = "#playbooks-find"

    def __init__(self) -> None:
        super().__init__()
        self._shelf: Shelf | None = None
        self._pairs: tuple[Pair, ...] = ()

    def compose_body(self) -> ComposeResult:
        """The line, the list, the card."""
        yield Line(id="playbooks-find", limit=80)
        with Vertical(id="playbooks-box", classes="pane -owner"):
            yield WindowList(id="playbooks-list")
        yield CustomerPane(id="playbooks-card")

    def on_mount(self) -> None:
        """Read what there is."""
        self.listing.can_focus = False
        self.read()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The list of files."""
        return self.query_one("#playbooks-list", WindowList)

    @property
    def marked(self) -> Pair | None:
        """The file under the mark."""
        place = self.listing.marked_id
        return None if place is None or place >= len(self._pairs) else self._pairs[place]

    @property
    def _may_edit(self) -> bool:
        return allowed(self.actor.role, PUBLISH) and not self.shell.seat.looking

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.listing.show_columns(file_columns(self.t))
        self.query_one("#playbooks-find", Line).placeholder = self.t("playbooks_screen.find")
        self._show_list()
        self._show_card()

    def _show_list(self) -> None:
        shelf = self._shelf
        self.listing.say_empty(self.t("playbooks_screen.none" if shelf else "ui.starting"))
        if shelf is None:
            return
        before = self.marked
        typed = self.query_one("#playbooks-find", Line).value
        self._pairs = tuple(one for one in pairs_of(shelf) if found_in(self.t, shelf, one, typed))
        language = self.shell.language
        self.listing.show_all(
            [
                file_row(self.t, self.clock, shelf, place, pair, language)
                for place, pair in enumerate(self._pairs)
            ]
        )
        if before in self._pairs:
            self.listing.action_step(self._pairs.index(before))
        current = next((one for one in shelf.releases if one.state == "in_force"), None)
        title = self.t("playbooks_screen.heading", n=len(self._pairs))
        if current is not None:
            said = self.t(
                "playbooks_screen.in_force", name=current.name, at=self.clock(current.in_force_from)
            )
            title = f"{title} · {said}"
        self.query_one("#playbooks-box").border_title = f"▸ {title}"

    def _show_card(self) -> None:
        card = self.query_one("#playbooks-card", CustomerPane)
        marked = self.marked
        card.name_it(marked[1] if marked else "")
        if self._shelf is not None:
            card.show(file_card(self.t, self.clock, self._shelf, marked))

    def _in_bar(self) -> Iterable[Action]:
        """While a name is typed, only what can be done: room is short."""
        every = (one for one in super()._in_bar() if one.scope == "playbooks" or one.bar == 90)
        return (one for one in every if not self.typing or self.why_not(one) is None)

    def _hint(self, action: Action) -> KeyHint:
        """While a name is typed, the key that is no letter."""
        hint = super()._hint(action)
        typed = self.typing and action.id != "playbooks.back"
        return replace(hint, key=action.shown_keys()[-1]) if typed else hint

    # -- what can't be done -----------------------------------------------------------------

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "playbooks" or action.id in ("playbooks.back", "playbooks.pane"):
            return None
        shelf = self._shelf
        if shelf is None:
            return Said("playbooks_screen.reading")
        if action.id in _LEADS and not self._may_edit:
            return self._not_yours()
        if action.id in ("playbooks.releases", "playbooks.publish"):
            nothing = action.id == "playbooks.publish" and not shelf.drafts
            return Said("playbooks_screen.no_drafts") if nothing else None
        if self.marked is None:
            return Said("playbooks_screen.none")
        missing = {
            "playbooks.other": (
                self._key(other=True) in shelf.keys,
                "playbooks_screen.one_language",
            ),
            "playbooks.changes": (bool(self._of(shelf.drafts)), "playbooks_screen.no_draft"),
            "playbooks.drop": (bool(self._of(shelf.drafts)), "playbooks_screen.no_draft"),
            "playbooks.proposal": (bool(self._of(shelf.proposals)), "playbooks_screen.no_proposal"),
        }
        possible, why = missing.get(action.id, (True, ""))
        return None if possible else Said(why)

    def _not_yours(self) -> Said:
        looking = self.shell.seat.looking
        return Said("playbooks_screen.looking" if looking else "playbooks_screen.leads_edit")

    def _key(self, *, other: bool = False) -> FileKey:
        """The marked file in one's own language, or in the other one."""
        kind, name = self.marked or ("", "")
        mine = self.shell.language
        language = next(one for one in LANGUAGES if (one != mine) == other)
        return kind, name, language

    def _of(self, some: Iterable[FileKey]) -> list[FileKey]:
        """Those of some files that are the marked one, one's own language first."""
        own = [key for key in some if key[:2] == self.marked]
        return sorted(own, key=lambda key: key[2] != self.shell.language)

    # -- reading ----------------------------------------------------------------------------

    @database_work("playbooks.shelf")
    def read(self) -> Message:
        """Read everything."""
        return ShelfRead(read_shelf(self.database, self.actor))

    @on(ShelfRead)
    def _shelf_came(self, event: ShelfRead) -> None:
        self._shelf = event.shelf
        self._show_list()
        self._show_card()
        self.refresh_keys()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Somebody published: read it."""
        if "content" in event.topics:
            self.read()

    @on(ShelfChanged)
    def _changed(self, event: ShelfChanged) -> None:
        self.say_said(event.said)
        self.read()

    # -- the list ---------------------------------------------------------------------------

    @on(Input.Changed, "#playbooks-find")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_list()

    @on(Input.Submitted, "#playbooks-find")
    async def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        await self.shell.carry_out("playbooks.open")

    @on(WindowList.Chosen, "#playbooks-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("playbooks.open")

    @on(WindowList.Marked, "#playbooks-list")
    def _moved(self) -> None:
        self._show_card()
        self.refresh_keys()

    def take_text(self, text: str) -> None:
        """Text is always meant for the line."""
        line = self.query_one("#playbooks-find", Line)
        line.focus()
        line.insert_text_at_cursor(text.replace("\n", ""))

    def action_move(self, by: int) -> None:
        """Move the mark while a name is typed."""
        self.listing.action_step(by)

    def action_leaf(self, by: int) -> None:
        """Move the mark by a screen."""
        self.listing.action_leaf(by)

    def do_pane(self) -> None:
        """Letters are actions from now on, or text again."""
        self.set_focus(self.query_one("#playbooks-find") if self.focused is None else None)

    # -- what can be done -------------------------------------------------------------------

    def do_open(self) -> None:
        """Open the marked file in one's own language."""
        if self._shelf is not None:
            self._open(self._of(self._shelf.keys)[0])

    def do_other(self) -> None:
        """Open the marked file in the other language."""
        self._open(self._key(other=True))

    def _open(self, key: FileKey) -> None:
        from screens.playbook_editor import EditorScreen  # noqa: PLC0415 - when first asked for

        shelf = self._shelf
        if shelf is None:
            return
        self.shell.push_whole(EditorScreen(key, shelf, may_edit=self._may_edit), self._left)

    def _left(self, said: Said | None) -> None:
        if said is not None:
            self.say_said(said)
        self.read()

    def do_changes(self) -> None:
        """Show what the draft changes."""
        shelf = self._shelf
        if shelf is not None:
            key = self._of(shelf.drafts)[0]
            file = shelf.files.get(key)
            heading = Said("playbooks_screen.to_yours", {"file": shown_name(self.t, key)})
            old = file.source if file else ""
            self.app.push_screen(DifferenceScreen(heading, old, shelf.source(key)))

    def do_proposal(self) -> None:
        """Show the newer shipped version of an edited file, to take or to leave."""
        shelf = self._shelf
        if shelf is None:
            return
        key = self._of(shelf.proposals)[0]
        offered = shelf.proposals[key]

        def answered(answer: str | None) -> None:
            if answer == "t":
                base = shelf.coming[key].digest if key in shelf.coming else ""
                self.take_proposal(key, offered.shipped.source, base)
            elif answer == "k":
                self.keep_own(key)

        heading = Said("playbooks_screen.to_shipped", {"file": shown_name(self.t, key)})
        answers = {
            "t": Said("playbooks_screen.take_shipped"),
            "k": Said("playbooks_screen.keep_own"),
        }
        ours = offered.ours.source if offered.ours else ""
        shown = DifferenceScreen(heading, ours, offered.shipped.source, answers)
        self.app.push_screen(shown, answered)

    @database_work("playbooks.take", every=True)
    def take_proposal(self, key: FileKey, source: str, base: str) -> Message:
        """Make the shipped version one's draft; it holds once it is published."""
        from db.content_drafts import save_content_draft  # noqa: PLC0415 - connected long since

        save_content_draft(self.database, self.actor, key, source, base)
        return ShelfChanged(Said("playbooks_screen.taken", {"file": key[1]}))

    @database_work("playbooks.keep", every=True)
    def keep_own(self, key: FileKey) -> Message:
        """Keep the edited version; the proposal is decided on."""
        from db.adoption import settle_proposal  # noqa: PLC0415

        settle_proposal(self.database, self.actor, key)
        return ShelfChanged(Said("playbooks_screen.kept", {"file": key[1]}))

    def do_releases(self) -> None:
        """Show every release, to look at or to go back to."""
        from screens.playbook_releases import ReleasesScreen  # noqa: PLC0415

        self.shell.push_whole(ReleasesScreen(may_edit=self._may_edit), self._left)

    def do_publish(self) -> None:
        """Bring the drafts into force."""
        from screens.playbook_publish import PublishScreen  # noqa: PLC0415

        self.shell.push_whole(PublishScreen(), self._left)

    def do_drop(self) -> None:
        """Throw the marked file's draft away, once that is meant."""
        shelf = self._shelf
        if shelf is None:
            return
        key = self._of(shelf.drafts)[0]

        def answered(yes: bool | None) -> None:
            if yes:
                self.drop(key)

        question = Said("playbooks_screen.drop_sure", {"file": shown_name(self.t, key)})
        self.app.push_screen(Confirm(question, Said("playbooks_screen.drop_detail")), answered)

    @database_work("playbooks.drop", every=True)
    def drop(self, key: FileKey) -> Message:
        """Throw a draft away."""
        from db.content_drafts import drop_content_draft  # noqa: PLC0415

        drop_content_draft(self.database, self.actor, key)
        return ShelfChanged(Said("playbooks_screen.dropped", {"file": key[1]}))

    def do_back(self) -> None:
        """Letters are actions again; where they are, close the screen."""
        if self.typing:
            self.set_focus(None)
        else:
            self.dismiss(None)
