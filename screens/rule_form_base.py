"""A page of the settings as it is drawn: rows of rules, the fields of one, and typing into them."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from content.rule_choices import Choices, choices_of
from content.rule_files import RULES
from content.rule_forms import Field, Form, Rows
from content.rule_rows import FormRow, asked_for, changed, form_rows
from content.rule_values import Judged, judge, typed
from domain.errors import InputError
from domain.said import Said
from screens.actions import bindings
from screens.playbook_editing import PlaybookEditing
from screens.playbook_shelf import Shelf, title_of
from screens.playbook_views import DRAFT_SIGN, SHORT
from screens.rule_form_views import (
    FAULT,
    FormView,
    Typing,
    about_field,
    about_row,
    field_columns,
    field_rows,
    list_rows,
    row_columns,
)
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.line import Line
from widgets.plate import Plate
from widgets.safe_text import safe
from widgets.window_list import WindowList

_SCRIPTS: Final = "playbooks"


class RuleFormBase(PlaybookEditing):
    """The rows and fields of a form, and typing into one of them.

    Args:
        form: the page.
        shelf: what is in force, planned and in draft.
        may_edit: whether one may change something.
    """

    SCOPE = "rule_form"
    BINDINGS: ClassVar[list[BindingType]] = bindings("rule_form")
    CSS_PATH = "rule_form.tcss"

    def __init__(self, form: Form, shelf: Shelf, *, may_edit: bool) -> None:
        super().__init__((RULES, form.file, ""), shelf)
        self.form = form
        self.may_edit = may_edit
        self.rows: tuple[FormRow, ...] = ()
        self.unreadable: tuple[Said, ...] = ()
        self.choices: Choices = Choices({})
        self._in_force_rows: tuple[FormRow, ...] = ()
        self._field: Field | None = None
        self._judged = Judged()
        self._before: list[str] = []

    def compose_body(self) -> ComposeResult:
        """State line; rows beside fields; what is known of one, and the line to type in."""
        yield Plate(id="form-state")
        with Horizontal(id="form-body"):
            with Vertical(id="form-rows-box", classes="pane"):
                yield WindowList(id="form-rows")
            with Vertical(id="form-fields-box", classes="pane"):
                yield WindowList(id="form-fields")
        yield CustomerPane(id="form-about")
        yield Line(id="form-line", limit=300)

    def on_mount(self) -> None:
        """Show the rows and check the file."""
        self.set_class(self.form.rows is Rows.WHOLE, "-whole")
        self.read_rows()
        self.set_focus(self.field_list if self.form.rows is Rows.WHOLE else self.row_list)
        self.check_now()

    # -- parts ------------------------------------------------------------------------------

    @property
    def row_list(self) -> WindowList:
        """The list of rows."""
        return self.query_one("#form-rows", WindowList)

    @property
    def field_list(self) -> WindowList:
        """The list of the marked row's fields."""
        return self.query_one("#form-fields", WindowList)

    @property
    def line(self) -> Line:
        """Where one types."""
        return self.query_one("#form-line", Line)

    @property
    def row(self) -> FormRow | None:
        """The marked row."""
        place = 0 if self.form.rows is Rows.WHOLE else self.row_list.marked_id
        return self.rows[place] if place is not None and place < len(self.rows) else None

    @property
    def field(self) -> Field:
        """The marked field."""
        return self.form.fields[self.field_list.marked_id or 0]

    @property
    def in_fields(self) -> bool:
        """Whether the keys belong to the fields, not to the rows."""
        return self.focused is not self.row_list

    @property
    def view(self) -> FormView:
        """What drawing needs."""
        language = self.shell.language
        return FormView(self.form, self.rows, self._in_force_rows, self.choices, language)

    # -- reading ----------------------------------------------------------------------------

    def read_rows(self) -> None:
        """Read the rows of one's own text and of the version in force."""
        texts = {file.key: file.source for file in self.shelf.texts(self.shelf.drafts)}
        texts[self.key] = self.source
        files = {name: text for (kind, name, _), text in texts.items() if kind == RULES}
        scripts = {
            name: title_of(self.shelf.files.get((kind, name, language)))
            for kind, name, language in self.shelf.keys
            if kind == _SCRIPTS and language == self.shell.language
        }
        self.choices = choices_of(files, scripts)
        self.unreadable = ()
        try:
            self.rows = form_rows(self.form, self.source)
        except InputError as error:
            told = (error.title_key, error.todo_key)
            self.rows, self.unreadable = (), tuple(Said(key, error.params) for key in told)
        held = self.shelf.files.get(self.key)
        try:
            self._in_force_rows = form_rows(self.form, held.source if held else "")
        except InputError:
            self._in_force_rows = ()  # it was written for another program

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.built:
            self.read_rows()
        self.row_list.show_columns(row_columns(self.t))
        self.field_list.show_columns(field_columns(self.t))
        self.query_one("#form-rows-box").border_title = safe(self.t(self.form.label.key))
        self.draw()

    def draw(self) -> None:
        """Draw rows, fields and what is known, the marks where they are."""
        shown = list_rows(self.view)
        marked = self.row_list.marked_id
        self.row_list.say_empty(self.t("rule_form.no_rows"))
        self.row_list.show_all(shown)
        if marked is not None:
            self.row_list.mark(min(marked, len(shown) - 1))
        self.draw_fields()
        self.draw_state()

    def draw_fields(self) -> None:
        """Draw the fields of the marked row, the mark where it is."""
        row = self.row
        box = self.query_one("#form-fields-box")
        self.field_list.say_empty("" if row else self.t("rule_form.no_rows"))
        if row is None:
            self.field_list.show_all([])
        else:
            typing = None if self._field is None else (self._field, self._typing)
            shown = field_rows(self.t, self.spoken, self.view, row, typing)
            if len(self.field_list.rows) == len(shown):
                for one in shown:
                    self.field_list.replace_row(one)
            else:
                self.field_list.show_all(shown)
        box.border_title = safe(self.view.name(row) if row else "")
        self.draw_about()

    @property
    def _typing(self) -> Typing:
        return Typing(self.line.value, self._judged.problem)

    def draw_about(self) -> None:
        """Draw what is known of the marked field, or of the row; first of all what is wrong."""
        pane, row = self.query_one("#form-about", CustomerPane), self.row
        self.query_one("#form-rows-box").set_class(not self.in_fields, "-owner")
        self.query_one("#form-fields-box").set_class(self.in_fields, "-owner")
        if row is not None and self.in_fields:
            field = self.field
            typing = self._typing if self._field is field else None
            label = self.spoken(field.label)
            keys = self.t("rule_form.typing_keys")
            pane.name_it(f"{label} · {keys}" if typing else label)
            stays = self.stays(row, field)
            card = about_field(self.t, self.spoken, self.view, row, field, typing, stays)
        else:
            pane.name_it(self.t(self.form.label.key))
            told = self.unreadable or (self.form.tip,)
            lines = tuple(CardLine(self.spoken(said)) for said in told)
            card = CardView("", (CardSection("", lines),))
            if row is not None:
                card = about_row(self.t, self.spoken, self.view, row)
        wrong = [
            CardLine(self.spoken(one.said), sign=FAULT, style="$text-error")
            for one in (self.faults or ())[:1]
            if not self.unreadable
        ]
        pane.show(CardView(card.name, (CardSection("", tuple(wrong)), *card.sections)))

    def stays(self, row: FormRow, field: Field) -> Said | None:
        """Why a field can't be changed by the form; none where it can."""
        if row.law:
            return Said("rule_form.law_stays")
        if field.path in self.form.key:
            return Said("rule_form.key_stays")
        if field.fixed:
            return Said("rule_form.text_only")
        return None if asked_for(field, row) else Said("rule_form.unasked_why")

    def draw_state(self) -> None:
        """Say which version is in force, whether one's own is kept, and what is wrong."""
        if not self.built and not self.query("#form-state"):
            return
        file = self.shelf.files.get(self.key)
        parts = []
        if self.moved:
            parts.append(f"! {self.moved}")
        if self.faults:
            parts.append(f"{FAULT} {self.t('playbooks_screen.to_put_right', n=len(self.faults))}")
        if not self.may_edit:
            parts.append(self.t("playbooks_screen.read_only"))
        elif not self.keeper.safe:
            parts.append(f"… {self.t('playbooks_screen.unsaved')}")
        elif self.source != self.begun:
            parts.append(f"{DRAFT_SIGN} {self.t('playbooks_screen.saved')}")
        if file is not None:
            by = file.by or self.t("playbooks_screen.shipped")
            told = {"version": file.digest[:SHORT], "at": self.clock(file.at), "by": by}
            parts.append(self.t("playbooks_screen.version", **told))
        style = "$text-error" if self.faults else "bold $text-warning" if self.moved else ""
        self.query_one("#form-state", Plate).show(safe(" · ".join(parts), style))
        self.refresh_keys()

    def draw_findings(self) -> None:
        """Show what the check found."""
        self.draw_state()
        self.draw_about()

    @property
    def moved(self) -> str:
        """Who published another version since one's own was begun, already spoken."""
        coming = self.shelf.coming.get(self.key)
        if coming is None or coming.digest == self.base or coming.source == self.source:
            return ""
        by = coming.by or self.t("playbooks_screen.shipped")
        return self.t("playbooks_screen.moved", by=by, at=self.clock(coming.at))

    @on(WindowList.Marked, "#form-rows")
    def _row_moved(self) -> None:
        self.draw_fields()
        self.refresh_keys()

    @on(WindowList.Marked, "#form-fields")
    def _field_moved(self) -> None:
        self.draw_about()
        self.refresh_keys()

    def on_descendant_focus(self) -> None:
        """The keys belong to another list now."""
        super().on_descendant_focus()
        if self.built:
            self.draw_about()

    # -- typing -----------------------------------------------------------------------------

    def begin(self, field: Field, row: FormRow) -> None:
        """Type into a field from now on."""
        self._field = field
        text = typed(field, row.value(field.path), self.choices, self.shell.language)
        self._judged = judge(field, text, self.choices, self.shell.language)
        self.line.value = text
        self.line.cursor_position = len(text)
        self.line.display = True
        self.set_focus(self.line)  # at once: the next key may be a letter already
        self.draw_fields()

    def end(self) -> None:
        """Letters are actions again."""
        self._field = None
        self._judged = Judged()
        self.set_focus(self.field_list)
        self.line.display = False
        self.draw_fields()

    @on(Input.Changed, "#form-line")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._field is not None:
            self._judged = judge(self._field, event.value, self.choices, self.shell.language)
            self.draw_fields()

    @on(Input.Submitted, "#form-line")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        field, judged = self._field, self._judged
        if field is None:
            return
        if judged.problem is not None:
            self.say_said(judged.problem)
            return
        self.end()
        self.put(field, judged.value)

    def take_text(self, text: str) -> None:
        """Text is meant for the line where one types; else it is no key."""
        if self._field is not None:
            self.line.insert_text_at_cursor(text.replace("\n", " "))
        else:
            super().take_text(text)

    def put(self, field: Field, value: object) -> None:
        """Write a value into the draft."""
        row = self.row
        if row is None or row.value(field.path) == value:
            return
        try:
            self.write(changed(self.form, self.source, row, field, value))
        except InputError as error:
            self.say_said(Said(error.title_key, error.params))

    def write(self, text: str) -> None:
        """Go on with another text; it can be taken back."""
        self._before.append(self.source)
        self.edited(text)
        self.read_rows()
        self.draw()

    @property
    def can_undo(self) -> bool:
        """Whether something was changed here."""
        return bool(self._before)

    def take_back(self) -> None:
        """Go on with the text before the last change."""
        self.edited(self._before.pop())
        self.read_rows()
        self.draw()

    def begin_anew(self, shelf: Shelf) -> None:
        """Go on from what is in force and in draft by now."""
        source = self.source
        self.take_up(shelf)
        if self.source != source:
            self._before.clear()
        self.read_rows()
        self.draw()
        self.check_soon()
