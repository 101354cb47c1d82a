"""Every release of the scripts: what is in force, what is planned, what was; and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from content.script_set import path_of, reread
from domain.said import Said
from screens.actions import Action, bindings
from screens.difference import DifferenceScreen
from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from screens.playbook_messages import Published
from screens.playbook_views import release_columns, release_row
from screens.prompt import Confirm, Prompt
from screens.work import database_work
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.release_values import ContentFile, Release


class ReleasesRead(Message):
    """All releases, the newest first."""

    def __init__(self, releases: tuple[Release, ...]) -> None:
        super().__init__()
        self.releases = releases


class SetsRead(Message):
    """What a release holds, and what is in force, where they differ."""

    def __init__(self, release: Release, old: str, new: str) -> None:
        super().__init__()
        self.release = release
        self.old = old
        self.new = new


class ReleasesScreen(FramedScreen[Said]):
    """The list of releases.

    Args:
        may_edit: whether the person may go back to one.
    """

    SCOPE = "releases"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("releases"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("pagedown", "leaf(1)", show=False),
    ]
    CSS_PATH = "playbooks.tcss"

    def __init__(self, *, may_edit: bool) -> None:
        super().__init__()
        self._may_edit = may_edit
        self._releases: tuple[Release, ...] = ()

    def compose_body(self) -> ComposeResult:
        """The list."""
        with Vertical(id="releases-box", classes="pane -owner"):
            yield WindowList(id="releases-list")

    def on_mount(self) -> None:
        """Read them."""
        self.listing.can_focus = False
        self.read()

    @property
    def listing(self) -> WindowList:
        """The list of releases."""
        return self.query_one("#releases-list", WindowList)

    @property
    def marked(self) -> Release | None:
        """The release under the mark."""
        place = self.listing.marked_id
        return None if place is None or place >= len(self._releases) else self._releases[place]

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.listing.show_columns(release_columns(self.t))
        title = self.t("playbooks_screen.releases")
        self.query_one("#releases-box").border_title = f"▸ {title}"
        self._draw()

    def _draw(self) -> None:
        place = self.listing.marked_id or 0
        self.listing.show_all(
            [release_row(self.t, self.clock, n, one) for n, one in enumerate(self._releases)]
        )
        self.listing.action_step(place)
        self.refresh_keys()

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "releases" or action.id == "releases.back":
            return None
        marked = self.marked
        if marked is None:
            return Said("playbooks_screen.reading")
        if action.id == "releases.roll_back" and not self._may_edit:
            looking = self.shell.seat.looking
            return Said("playbooks_screen.looking" if looking else "playbooks_screen.leads_edit")
        if marked.state == "in_force":
            return Said("playbooks_screen.is_in_force")
        return None

    # -- reading ----------------------------------------------------------------------------

    @database_work("releases.list")
    def read(self) -> Message:
        """Read all releases."""
        from db.releases import releases  # noqa: PLC0415 - connected long since

        return ReleasesRead(releases(self.database, self.actor))

    @on(ReleasesRead)
    def _came(self, event: ReleasesRead) -> None:
        self._releases = event.releases
        self._draw()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Somebody published: read it."""
        if "content" in event.topics:
            self.read()

    @on(WindowList.Marked, "#releases-list")
    def _moved(self) -> None:
        self.refresh_keys()

    def action_move(self, by: int) -> None:
        """Move the mark."""
        self.listing.action_step(by)

    def action_leaf(self, by: int) -> None:
        """Move the mark by a screen."""
        self.listing.action_leaf(by)

    # -- what can be done -------------------------------------------------------------------

    def do_changes(self) -> None:
        """Show how the marked release differs from the one in force."""
        marked = self.marked
        if marked is not None:
            self.read_sets(marked)

    @database_work("releases.sets")
    def read_sets(self, release: Release) -> Message:
        """Read what the release holds and what is in force."""
        from db.releases import release_files  # noqa: PLC0415

        now = release_files(self.database, self.actor)
        then = release_files(self.database, self.actor, release.name)
        old, new = _differing(now, then)
        return SetsRead(release, old, new)

    @on(SetsRead)
    def _sets_came(self, event: SetsRead) -> None:
        heading = Said("playbooks_screen.to_release", {"name": event.release.name})
        self.app.push_screen(DifferenceScreen(heading, event.old, event.new))

    def do_roll_back(self) -> None:
        """Go back to the marked release, or take a planned one back, once that is meant."""
        marked = self.marked
        if marked is None:
            return
        planned = marked.state == "planned"
        kind = "withdraw" if planned else "roll_back"

        def told(note: str | None) -> None:
            if note is not None:
                self.go_back(marked.name, note, planned=planned)

        def answered(yes: bool | None) -> None:
            if yes:
                self.app.push_screen(
                    Prompt(Said("playbooks_screen.note_why"), may_be_empty=True), told
                )

        question = Said(f"playbooks_screen.{kind}_sure", {"name": marked.name})
        detail = Said(f"playbooks_screen.{kind}_detail")
        self.app.push_screen(Confirm(question, detail), answered)

    @database_work("releases.back", every=True)
    def go_back(self, name: str, note: str, *, planned: bool) -> Message:
        """Make the release that takes one back."""
        from db.releases import roll_back, withdraw  # noqa: PLC0415

        deed = withdraw if planned else roll_back
        return Published(deed(self.database, self.actor, name, note=note, reread=reread))

    @on(Published)
    def _gone_back(self, event: Published) -> None:
        self.say("playbooks_screen.went_back", name=event.release.name, n=event.release.changed)
        self.read()

    def do_back(self) -> None:
        """Close the screen."""
        self.dismiss(None)


def _differing(now: Sequence[ContentFile], then: Sequence[ContentFile]) -> tuple[str, str]:
    """The files in which two sets differ, each under its path, as two texts."""
    one = {file.key: file.source for file in now}
    other = {file.key: file.source for file in then}
    keys = sorted(key for key in {*one, *other} if one.get(key) != other.get(key))
    old, new = (
        "\n".join(f"=== {path_of(key)}\n{texts.get(key, '')}" for key in keys)
        for texts in (one, other)
    )
    return old, new
