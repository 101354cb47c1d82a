"""A page of the settings: rows of rules, each changed by a form, tried, and published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from textual import on
from textual.message import Message

from content.rule_forms import Field, Kind, Rows
from content.rule_rows import FormRow, Path, with_new_row, without
from content.rule_uses import use_in_files
from content.rule_values import judge, wanted
from domain.content_set import FileText
from domain.errors import InputError
from domain.said import Said
from screens.actions import Action
from screens.difference import DifferenceScreen
from screens.feed import TopicsMoved
from screens.playbook_messages import ShelfRead
from screens.playbook_shelf import Shelf, read_shelf
from screens.playbook_views import shown_name
from screens.prompt import Confirm, Prompt
from screens.rule_form_base import RuleFormBase
from screens.rule_word import WordFinder
from screens.work import database_work
from widgets.window_list import WindowList

_WRITES: Final = frozenset(
    f"rule_form.{one}" for one in ("change", "clear", "new", "remove", "undo", "publish")
)
"""What changes something: a lead's own."""


class TextWanted(Message):
    """The shelf is read for the text editor."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf


class UsesFound(Message):
    """Who names a row, if anybody does, and the text without it."""

    def __init__(self, row: FormRow, text: str, used: Said | None) -> None:
        super().__init__()
        self.row = row
        self.text = text
        self.used = used


class RuleFormScreen(RuleFormBase):
    """What can be done with a form: changing, new rows, looking at what it does, publishing."""

    _waits = ""
    """The action that is done as soon as all is checked and kept; "" for none."""

    def _in_bar(self) -> Iterable[Action]:
        """Only what can be done: room is short; nothing but Enter and Escape while one types."""
        every = (one for one in super()._in_bar() if one.scope == "rule_form" or one.bar == 90)
        if self.typing:
            return (one for one in every if one.bar == 90)
        return (one for one in every if self.why_not(one) is None)

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "rule_form":
            return None
        if action.id in _WRITES and not self.may_edit:
            looking = self.shell.seat.looking
            return Said("playbooks_screen.looking" if looking else "playbooks_screen.leads_edit")
        row = self.row
        about_row_only = ("rule_form.change", "rule_form.clear", "rule_form.remove")
        if action.id in about_row_only and row is None:
            return Said("rule_form.no_rows")
        if action.id in ("rule_form.new", "rule_form.remove") and not self.form.ask:
            return Said("rule_form.rows_stay")
        if action.id == "rule_form.remove" and row is not None and row.law:
            return Said("rule_form.law_stays")
        if action.id == "rule_form.clear" and row is not None:
            return self._why_not_clear(row)
        reasons = {
            "rule_form.undo": (self.can_undo, "rule_form.nothing_to_undo"),
            "rule_form.changes": (
                self.source != self._in_force,
                "playbooks_screen.no_difference",
            ),
            "rule_form.publish": (
                self.source != self.begun or bool(self.shelf.drafts),
                "playbooks_screen.no_drafts",
            ),
        }
        possible, why = reasons.get(action.id, (True, ""))
        return None if possible else Said(why)

    def _why_not_clear(self, row: FormRow) -> Said | None:
        if not self.in_fields:
            return Said("rule_form.fields_first")
        if row.value(self.field.path) is None:
            return Said("rule_form.is_empty")
        stays = self.stays(row, self.field)
        if stays is None and not self.field.may_be_empty:
            return Said("rule_form.bad.empty")
        return stays

    @property
    def _in_force(self) -> str:
        file = self.shelf.files.get(self.key)
        return file.source if file else ""

    # -- changing ---------------------------------------------------------------------------

    @on(WindowList.Chosen)
    async def _chosen(self) -> None:
        await self.shell.carry_out("rule_form.change")

    def do_change(self) -> None:
        """Go from a row to its fields, or change the marked field."""
        row = self.row
        if row is None:
            return
        if not self.in_fields:
            self.set_focus(self.field_list)
            return
        field = self.field
        stays = self.stays(row, field)
        if stays is not None:
            self.say_said(stays)
        elif field.kind is Kind.FLAG:
            self.put(field, _other(field, row.value(field.path)))
        elif field.kind is Kind.CHOICE:
            self._choose(field, row)
        else:
            self.begin(field, row)

    def _choose(self, field: Field, row: FormRow) -> None:
        def chosen(code: str | None) -> None:
            if code is not None:
                self.put(field, code or None)

        present = row.value(field.path) or field.default or ""
        self.app.push_screen(
            WordFinder(
                field.label, self.words(field), str(present), may_be_empty=field.may_be_empty
            ),
            chosen,
        )

    def words(self, field: Field) -> list[tuple[str, str]]:
        """The words that a field takes, with what people call them."""
        language = self.shell.language
        return [
            (code, self.choices.label(language, field.of, code))
            for code in self.choices.of(field.of)
        ]

    def do_clear(self) -> None:
        """Leave the marked field out."""
        self.put(self.field, None)

    def do_pane(self) -> None:
        """Go to the other list."""
        if self.form.rows is not Rows.WHOLE:
            self.set_focus(self.row_list if self.in_fields else self.field_list)

    def do_undo(self) -> None:
        """Take the last change back."""
        self.take_back()

    # -- rows -------------------------------------------------------------------------------

    def do_new(self) -> None:
        """Ask for what tells a new row apart, then add it beside the marked one."""
        self._ask({}, self.form.ask)

    def _ask(self, given: Mapping[Path, object], left: Sequence[Path]) -> None:
        if left:
            self._ask_one(given, left, self.form.field(left[0]), "", None)
        else:
            self._add(given)

    def _ask_one(
        self,
        given: Mapping[Path, object],
        left: Sequence[Path],
        field: Field,
        value: str,
        problem: Said | None,
    ) -> None:
        def chosen(code: str | None) -> None:
            if code:
                self._ask({**given, field.path: code}, left[1:])

        def answered(text: str | None) -> None:
            if text is None:
                return
            judged = judge(field, text, self.choices, self.shell.language)
            wrong = judged.problem or self._why_taken(field, judged.value)
            if wrong is not None:
                self._ask_one(given, left, field, text, wrong)
            else:
                self._ask({**given, field.path: judged.value}, left[1:])

        title = Said("rule_form.new_field", {"field": field.label})
        if field.kind is Kind.CHOICE:
            free = [one for one in self.words(field) if not self._why_taken(field, one[0])]
            self.app.push_screen(WordFinder(title, free), chosen)
            return
        takes = wanted(field, self.choices, self.shell.language)
        self.app.push_screen(Prompt(title, problem or takes, value=value), answered)

    def _why_taken(self, field: Field, value: object) -> Said | None:
        """Why a new row can't have a value: the only field that tells rows apart has it already."""
        taken = self.form.key == (field.path,) and value in {
            row.value(field.path) for row in self.rows
        }
        return Said("rule_form.bad.taken", {"value": value}) if taken else None

    def _add(self, given: Mapping[Path, object]) -> None:
        month = f"{self.shell.now().astimezone(ZoneInfo(self.shell.my_zone)):%Y-%m}"
        try:
            text, place = with_new_row(self.form, self.source, self.row, given, month)
        except InputError as error:
            self.say_said(Said(error.title_key, error.params))
            return
        self.write(text)
        self.row_list.mark(place)
        self.set_focus(self.field_list)
        self.say("rule_form.added")

    def do_remove(self) -> None:
        """Take the marked row out, unless something uses it."""
        row = self.row
        if row is None:
            return
        try:
            text = without(self.form, self.source, row)
        except InputError as error:
            self.say_said(Said(error.title_key, error.params))
            return
        files = {file.key: file for file in self.shelf.texts(self.shelf.drafts)}
        files[self.key] = FileText(*self.key, self.source)
        self.look_for_uses(row, text, tuple(files.values()))

    @database_work("rule_form.uses")
    def look_for_uses(self, row: FormRow, text: str, files: tuple[FileText, ...]) -> Message:
        """Ask files and database who names a row."""
        used = use_in_files(files, FileText(*self.key, text))
        if used is None and self.form.id in ("campaigns", "levels"):
            from db.rule_uses import callbacks_of, holders_of  # noqa: PLC0415 - connected

            count = callbacks_of if self.form.id == "campaigns" else holders_of
            n = count(self.database, self.actor, str(row.value(("code",))))
            used = Said(f"rule_form.used.{self.form.id}", {"n": n}) if n else None
        return UsesFound(row, text, used)

    @on(UsesFound)
    def _uses_found(self, event: UsesFound) -> None:
        name = self.view.name(event.row)
        if event.used is not None:
            self.say("rule_form.in_use", name=name, why=self.spoken(event.used))
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.write(event.text)

        question = Said("rule_form.remove_sure", {"name": name})
        self.app.push_screen(Confirm(question, Said("rule_form.remove_detail")), answered)

    # -- looking ----------------------------------------------------------------------------

    def _is_ready(self, what: str) -> bool:
        """Whether an action can be done at once; else it is done as soon as it can."""
        checked = not self.checking and self.read is not None
        ready = checked if what == "preview" else self.keeper.safe
        self._waits = "" if ready else what
        if not ready:
            waits_for = "checking_first" if what == "preview" else "saving_first"
            self.say(f"playbooks_screen.{waits_for}")
        return ready

    def draw_state(self) -> None:
        """Draw what holds now, and do what waited for it."""
        super().draw_state()
        what = self._waits
        if what and self.is_current and self._is_ready(what):
            self.hush()
            getattr(self, f"do_{what}")()

    def do_changes(self) -> None:
        """Show what one's text changes in the version in force."""
        heading = Said("playbooks_screen.to_yours", {"file": shown_name(self.t, self.key)})
        self.app.push_screen(DifferenceScreen(heading, self._in_force, self.source))

    def do_preview(self) -> None:
        """Show what it would do to today's queue."""
        from screens.rule_preview import RulePreviewScreen  # noqa: PLC0415 - when asked for

        if not self._is_ready("preview") or self.read is None:
            return
        if self.read.rulebook is None:
            self.say("playbooks_screen.faults_first", n=len(self.read.faults))
        else:
            self.app.push_screen(RulePreviewScreen(self.read.rulebook, self.read.rules))

    # -- versions ---------------------------------------------------------------------------

    def do_publish(self) -> None:
        """Bring this draft, and the others, into force."""
        from screens.playbook_publish import PublishScreen  # noqa: PLC0415 - when asked for

        if self._is_ready("publish"):
            self.shell.push_whole(PublishScreen(self.key), self._come_back)

    def do_text(self) -> None:
        """Open the file as text."""
        if self._is_ready("text"):
            self.open_text()

    @database_work("rule_form.text")
    def open_text(self) -> Message:
        """Read the shelf for the text editor."""
        return TextWanted(read_shelf(self.database, self.actor))

    @on(TextWanted)
    def _text_wanted(self, event: TextWanted) -> None:
        from screens.playbook_editor import EditorScreen  # noqa: PLC0415 - when asked for

        editor = EditorScreen(self.key, event.shelf, may_edit=self.may_edit)
        self.shell.push_whole(editor, self._come_back)

    def _come_back(self, said: Said | None) -> None:
        if said is not None:
            self.say_said(said)
        self.read_again()

    @database_work("rule_form.shelf")
    def read_again(self) -> Message:
        """Read what is in force, planned and in draft by now."""
        return ShelfRead(read_shelf(self.database, self.actor))

    @on(ShelfRead)
    def _shelf_came(self, event: ShelfRead) -> None:
        self.begin_anew(event.shelf)

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Somebody published: one's own text stays, the state tells of it."""
        if "content" in event.topics:
            self.read_again()

    def do_back(self) -> None:
        """Stop typing; go back to the rows; close the page. The draft stays."""
        if self._field is not None:
            self.end()
        elif self.in_fields and self.form.rows is not Rows.WHOLE:
            self.set_focus(self.row_list)
        else:
            self.leave()


def _other(field: Field, value: object) -> object:
    """The next answer to a yes or no; where nothing holds by default, it can be left out too."""
    if field.default is None:
        return {None: True, True: False}.get(value if isinstance(value, bool) else None)
    return not (field.default if value is None else value)
