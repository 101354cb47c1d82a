"""The settings: a page for each kind of rule, published together, and what is the desk's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from content.rule_files import RULES
from content.rule_forms import Form, Rows, rule_forms
from content.rule_rows import form_rows
from content.script_set import ReadSet, path_of, read_set
from domain.content_set import FileKey
from domain.errors import InputError
from domain.permissions import allowed
from domain.said import Said
from screens.actions import Action, bindings
from screens.choice import Choice
from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from screens.playbook_shelf import PUBLISH, Shelf, read_shelf
from screens.playbook_views import DRAFT_SIGN
from screens.prompt import Prompt
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from db.care_settings import CareSettings

_FAULT: Final = "✗"
_OWN: Final = ("zone", "auto")
"""Settings that stand in no file: they are written at once, and hold at once."""
_AUTO: Final = ("on", "level", "off")
_LEADS: Final = frozenset({"settings.publish", "settings.preview"})
"""What only a lead with a seat of their own does."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the settings as it is listed.

    Attributes:
        form: what it shows.
        rows: how many rows it has; none where its file can't be read.
    """

    form: Form
    rows: int | None

    @property
    def key(self) -> FileKey:
        """The file behind it."""
        return RULES, self.form.file, ""


class SettingsRead(Message):
    """The pages, what is in draft, whether all of it is sound, and what is the desk's own."""

    def __init__(
        self, shelf: Shelf, pages: tuple[Page, ...], read: ReadSet, own: CareSettings
    ) -> None:
        super().__init__()
        self.shelf = shelf
        self.pages = pages
        self.read = read
        self.own = own


class OwnSet(Message):
    """A setting of the desk's own was written; it holds at once."""


class SettingsScreen(FramedScreen[None]):
    """The list of pages; what the marked one is for stands below it."""

    SCOPE = "settings"
    BINDINGS: ClassVar[list[BindingType]] = bindings("settings")
    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "#settings-list"

    def __init__(self) -> None:
        super().__init__()
        self._shelf: Shelf | None = None
        self._pages: tuple[Page, ...] = ()
        self._read: ReadSet | None = None
        self._own: CareSettings | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and the card of the marked page."""
        with Vertical(id="settings-box", classes="pane -owner"):
            yield WindowList(id="settings-list")
        yield CustomerPane(id="settings-card")

    def on_mount(self) -> None:
        """Read what there is."""
        self.read_pages()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The list of pages."""
        return self.query_one("#settings-list", WindowList)

    @property
    def marked(self) -> Page | None:
        """The page under the mark."""
        place = self.listing.marked_id
        return None if place is None or place >= len(self._pages) else self._pages[place]

    @property
    def marked_own(self) -> str:
        """The desk's own setting under the mark; "" where a page is."""
        place = self.listing.marked_id
        own = -1 if place is None else place - len(self._pages)
        return _OWN[own] if 0 <= own < len(_OWN) else ""

    @property
    def _may_edit(self) -> bool:
        return allowed(self.actor.role, PUBLISH) and not self.shell.seat.looking

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one("#settings-box").border_title = f"▸ {self.t('rule_form.settings')}"
        self.listing.show_columns(
            (
                Column(self.t("rule_form.head.page"), 24, stretch=2),
                Column(self.t("rule_form.head.rows"), 6, right=True),
                Column(self.t("rule_form.head.file"), 26, stretch=1, need=100),
                Column(self.t("rule_form.head.state"), 16, stretch=1),
            )
        )
        self._draw()

    def _draw(self) -> None:
        self.listing.say_empty(self.t("playbooks_screen.reading"))
        marked = self.listing.marked_id
        shown = [self._row(place, page) for place, page in enumerate(self._pages)]
        if self._own is not None:
            shown += [self._own_row(n, one) for n, one in enumerate(_OWN, len(shown))]
        self.listing.show_all(shown)
        if marked is not None:
            self.listing.mark(marked)
        self._draw_card()

    def _row(self, place: int, page: Page) -> Row:
        whole = page.form.rows is Rows.WHOLE
        count = "" if whole else "?" if page.rows is None else str(page.rows)
        return Row(
            place,
            (
                Cell(self.t(page.form.label.key)),
                Cell(count, "muted"),
                Cell(path_of(page.key), "muted"),
                self._state(page),
            ),
        )

    def _own_row(self, place: int, name: str) -> Row:
        value = self._own_value(name)
        return Row(place, (Cell(self.t(f"rule_form.own.{name}")), Cell(""), Cell(""), Cell(value)))

    def _own_value(self, name: str) -> str:
        own = self._own
        if own is None:
            return ""
        return own.zone or "–" if name == "zone" else self.t(f"rule_form.own.auto.{own.auto}")

    def _state(self, page: Page) -> Cell:
        shelf, read = self._shelf, self._read
        faults = [one for one in read.faults if one.key == page.key] if read else []
        if faults:
            return Cell(
                f"{_FAULT} {self.t('playbooks_screen.to_put_right', n=len(faults))}", "urgent"
            )
        if shelf is not None and page.key in shelf.drafts:
            return Cell(f"{DRAFT_SIGN} {self.t('rule_form.drafted')}", "warm")
        return Cell("")

    def _draw_card(self) -> None:
        card = self.query_one("#settings-card", CustomerPane)
        page, shelf = self.marked, self._shelf
        if self.marked_own:
            self._draw_own_card(card, self.marked_own)
            return
        if page is None or shelf is None:
            card.show(None)
            return
        card.name_it(self.t(page.form.label.key))
        lines = [CardLine(self.spoken(page.form.tip))]
        faults = [one for one in self._read.faults if one.key == page.key] if self._read else []
        if faults:
            lines.append(CardLine(self.spoken(faults[0].said), sign=_FAULT, style="$text-error"))
        file = shelf.files.get(page.key)
        if file is not None:
            by = file.by or self.t("playbooks_screen.shipped")
            told = {"version": file.digest[:7], "at": self.clock(file.at), "by": by}
            lines.append(CardLine(self.t("playbooks_screen.version", **told)))
        if page.key in shelf.drafts:
            at = self.clock(shelf.drafts[page.key].saved_at)
            told_draft = self.t("playbooks_screen.your_draft", at=at)
            lines.append(CardLine(told_draft, sign=DRAFT_SIGN))
        card.show(CardView("", (CardSection("", tuple(lines)),)))

    def _draw_own_card(self, card: CustomerPane, name: str) -> None:
        card.name_it(self.t(f"rule_form.own.{name}"))
        lines = [CardLine(self.t(f"rule_form.own.{name}.tip"))]
        if self._own is not None:
            lines += [CardLine(self.spoken(one)) for one in self._own.said()]
        card.show(CardView("", (CardSection("", tuple(lines)),)))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "settings" or action.id == "settings.back":
            return None
        shelf, read = self._shelf, self._read
        if shelf is None or read is None:
            return Said("playbooks_screen.reading")
        changes_own = action.id == "settings.open" and bool(self.marked_own)
        if (action.id in _LEADS or changes_own) and not self._may_edit:
            return Said("playbooks_screen.looking")
        if action.id == "settings.text" and self.marked_own:
            return Said("rule_form.own.no_file")
        if action.id in _LEADS and not shelf.drafts:
            return Said("playbooks_screen.no_drafts")
        if action.id == "settings.preview" and read.rulebook is None:
            return Said("playbooks_screen.faults_first", {"n": len(read.faults)})
        return None

    # -- reading ----------------------------------------------------------------------------

    @database_work("settings.read")
    def read_pages(self) -> Message:
        """Read files and drafts, and check them together."""
        from db.care_settings import care_settings  # noqa: PLC0415 - connected long since

        shelf = read_shelf(self.database, self.actor)
        pages = []
        for form in rule_forms():
            try:
                rows: int | None = len(form_rows(form, shelf.source((RULES, form.file, ""))))
            except InputError:
                rows = None
            pages.append(Page(form, rows))
        read, own = read_set(shelf.texts(shelf.drafts)), care_settings(self.database)
        return SettingsRead(shelf, tuple(pages), read, own)

    @on(SettingsRead)
    def _read_came(self, event: SettingsRead) -> None:
        self._shelf, self._pages, self._read = event.shelf, event.pages, event.read
        self._own = event.own
        self._draw()
        self.refresh_keys()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Somebody published: read it."""
        if "content" in event.topics:
            self.read_pages()

    @on(WindowList.Marked, "#settings-list")
    def _marked_moved(self) -> None:
        self._draw_card()
        self.refresh_keys()

    # -- what can be done -------------------------------------------------------------------

    @on(WindowList.Chosen, "#settings-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("settings.open")

    def do_open(self) -> None:
        """Open the marked page, or change the desk's own setting."""
        from screens.rule_form import RuleFormScreen  # noqa: PLC0415 - when first asked for

        if self.marked_own:
            self._ask_own(self.marked_own)
            return
        page, shelf = self.marked, self._shelf
        if page is not None and shelf is not None:
            screen = RuleFormScreen(page.form, shelf, may_edit=self._may_edit)
            self.shell.push_whole(screen, self._left)

    def _ask_own(self, name: str) -> None:
        heading = Said(f"rule_form.own.{name}")

        def typed(text: str | None) -> None:
            if text is not None:
                self.set_own(zone=text)

        def chosen(place: int | None) -> None:
            if place is not None:
                self.set_own(auto=_AUTO[place])

        if name == "zone":
            value = self._own.shop.zone if self._own else self.shell.my_zone
            self.app.push_screen(Prompt(heading, Said("rule_form.takes.zone"), value=value), typed)
        else:
            options = [Said(f"care.auto.{one}") for one in _AUTO]
            self.app.push_screen(Choice(heading, options), chosen)

    @database_work("settings.own", every=True)
    def set_own(self, *, zone: str | None = None, auto: str | None = None) -> Message:
        """Write a setting of the desk's own."""
        from db.care_settings import set_care  # noqa: PLC0415 - connected long since

        set_care(self.database, self.actor, zone=zone, auto=auto)
        return OwnSet()

    @on(OwnSet)
    def _own_set(self) -> None:
        self.say("rule_form.own.set")
        self.read_pages()

    def do_text(self) -> None:
        """Open the marked page's file as text."""
        from screens.playbook_editor import EditorScreen  # noqa: PLC0415 - when first asked for

        page, shelf = self.marked, self._shelf
        if page is not None and shelf is not None:
            editor = EditorScreen(page.key, shelf, may_edit=self._may_edit)
            self.shell.push_whole(editor, self._left)

    def do_preview(self) -> None:
        """Show what all drafts would do to today's queue."""
        from screens.rule_preview import RulePreviewScreen  # noqa: PLC0415 - when asked for

        read = self._read
        if read is not None and read.rulebook is not None:
            self.app.push_screen(RulePreviewScreen(read.rulebook, read.rules))

    def do_publish(self) -> None:
        """Bring the drafts into force."""
        from screens.playbook_publish import PublishScreen  # noqa: PLC0415 - when asked for

        self.shell.push_whole(PublishScreen(), self._left)

    def do_releases(self) -> None:
        """Show every version, to look at or to go back to."""
        from screens.playbook_releases import ReleasesScreen  # noqa: PLC0415

        self.shell.push_whole(ReleasesScreen(may_edit=self._may_edit), self._left)

    def _left(self, said: Said | None) -> None:
        if said is not None:
            self.say_said(said)
        self.read_pages()

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)
