"""Reading a file into the desk: choose it, see what is in it, try it, run it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from domain.errors import DeskError, InputError
from domain.said import Said
from screens.actions import Action, bindings
from screens.import_asking import KINDS
from screens.import_choice import NOTHING, FieldChoice
from screens.import_files import entries_of, path_of
from screens.import_messages import (
    FileRead,
    Imported,
    ImportTakenBack,
    MappingSaved,
    Rehearsed,
    Told,
    UnfinishedRead,
    WorkStopped,
)
from screens.import_showing import STAGES, ImportShowing, Stage
from screens.import_views import (
    entry_row,
)
from screens.import_work import Asked
from screens.prompt import Confirm
from widgets.key_bar import KeyHint
from widgets.line import Line
from widgets.safe_text import clean
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from intake.mapping import Kind

_ALLOWED: Final[Mapping[str, tuple[Stage, ...]]] = {
    "imports.change": ("columns",),
    "imports.kind": ("columns",),
    "imports.options": ("columns",),
    "imports.save": ("columns", "tried"),
    "imports.try": ("columns",),
    "imports.run": ("columns", "tried"),
    "imports.resume": ("file",),
    "imports.take_back": ("file", "done"),
}
_ALWAYS: Final = frozenset({"imports.back", "imports.pane"})


class ImportScreen(ImportShowing):
    """The way of a file into the database, step by step."""

    SCOPE = "imports"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("imports"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("pagedown", "leaf(1)", show=False),
    ]
    CSS_PATH = "imports.tcss"
    AUTO_FOCUS = "#imports-path"

    def on_mount(self) -> None:
        """Show the folder; ask for imports that did not come to their end."""
        super().on_mount()
        self.query_one("#imports-entries").can_focus = False
        self._go_to("file")
        if self.may_import:
            self.read_unfinished()

    def _go_to(self, stage: Stage) -> None:
        self.stage = stage
        for one in STAGES:
            self.set_class(one == stage, f"-{one}")
        match stage:
            case "file":
                self.prepared = self.report = None
                self.query_one("#imports-path").focus()
                self._look()
            case "columns":
                self.listing("columns").focus()
            case _:
                self.listing("rows").focus()
        self.relabel()
        self.refresh_keys()

    def _look(self) -> None:
        """Show what the typed path may mean."""
        self.entries = entries_of(self._typed)
        rows = [
            entry_row(place, entry, self.shell.my_zone) for place, entry in enumerate(self.entries)
        ]
        self.listing("entries").show_all(rows)

    @property
    def _typed(self) -> str:
        return self.query_one("#imports-path", Line).value

    # -- what can't be done -----------------------------------------------------------------

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.scope != "imports" or action.id in _ALWAYS:
            return None
        if not self.may_import:
            return Said("import_screen.lead_imports")
        if self.working:
            return Said("import_screen.working")
        stages = _ALLOWED.get(action.id)
        if stages is not None and self.stage not in stages:
            return Said(f"import_screen.not_now.{self.stage}")
        prepared = self.prepared
        if action.id in ("imports.try", "imports.run") and prepared and prepared.mapping.missing:
            return Said("import_screen.fields_first", self._keys("change"))
        if action.id in ("imports.resume", "imports.take_back") and not self._to_take_back:
            return Said("import_screen.none_unfinished")
        return None

    @property
    def _to_take_back(self) -> int | None:
        """The import that would be taken back: the one just done, else the first unfinished one."""
        if self.stage == "done" and self.report is not None:
            return self.report.import_id
        return self.unfinished[0].import_id if self.unfinished else None

    def _in_bar(self) -> Iterable[Action]:
        """Only what belongs to this step; the others stand in help and palette."""
        return (
            action
            for action in super()._in_bar()
            if action.id not in _ALLOWED or self.stage in _ALLOWED[action.id]
        )

    def _hint(self, action: Action) -> KeyHint:
        """While a path is typed, the key that is no letter."""
        hint = super()._hint(action)
        return replace(hint, key=action.shown_keys()[-1]) if self.typing else hint

    def reason_to_stay(self) -> Said | None:
        """An import under way would stop."""
        return Said("import_screen.quit_detail") if self.working == "writing" else None

    # -- choosing the file ------------------------------------------------------------------

    @on(Input.Changed, "#imports-path")
    def _path_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    @on(Input.Submitted, "#imports-path")
    async def _path_entered(self, event: Input.Submitted) -> None:
        event.stop()
        await self.shell.carry_out("imports.go_on")

    @on(WindowList.Chosen, "#imports-entries")
    async def _entry_chosen(self) -> None:
        await self.shell.carry_out("imports.go_on")

    def take_text(self, text: str) -> None:
        """Text is always meant for the path, while a file is being chosen."""
        if self.stage == "file":
            line = self.query_one("#imports-path", Line)
            line.focus()
            line.insert_text_at_cursor(text.replace("\n", ""))
        else:
            super().take_text(text)

    def do_go_on(self) -> None:
        """The next step."""
        match self.stage:
            case "file":
                self._take_entry()
            case "columns" if self.prepared is not None and self.prepared.mapping.missing:
                self.do_change()
            case "columns":
                self.do_try()
            case "tried":
                self.do_run()
            case "done":
                self._go_to("file")

    def _take_entry(self) -> None:
        path = path_of(self._typed)
        if self._typed.strip() and path.is_file():
            self._open(path)
            return
        place = self.listing("entries").marked_id
        if place is None:
            self.say("import_screen.no_such", path=self._typed.strip())
            return
        entry = self.entries[place]
        if not entry.is_folder:
            self._open(entry.path)
            return
        self._type(f"{entry.path}/")

    def _type(self, text: str) -> None:
        line = self.query_one("#imports-path", Line)
        line.value = clean(text)
        line.cursor_position = len(line.value)

    def _open(self, path: Path) -> None:
        self.read(Asked(path))

    def read(self, asked: Asked) -> None:
        """Read a file, showing how far it is."""
        self.asked = asked
        self._begin("reading")
        self.read_file(asked)

    def _begin(self, what: str) -> None:
        self.stopping.clear()
        self.working, self.progress = what, (0, 0)
        self.draw_progress()
        self.refresh_keys()

    def _end(self) -> None:
        self.working = ""
        self.draw_progress()
        self.refresh_keys()

    @on(Told)
    def _told(self, event: Told) -> None:
        self.progress = (event.done, event.total)
        self.draw_progress()

    @on(FileRead)
    def _file_read(self, event: FileRead) -> None:
        self._end()
        self.prepared, self.used_saved = event.prepared, event.saved
        self.report = None
        self._go_to("columns")
        key = "fields_first" if event.prepared.mapping.missing else "look"
        self.say(f"import_screen.{key}", **self._keys("change", "try", "run"))

    def _keys(self, *names: str) -> dict[str, object]:
        registry = self.shell.registry
        return {name: registry[f"imports.{name}"].shown_keys()[0] for name in names}

    @on(WorkStopped)
    def _stopped(self, event: WorkStopped) -> None:
        was = self.working
        self._end()
        if was == "writing":
            self._go_to("file")
            self.read_unfinished()
        self.say_said(event.said)

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """A file whose kind can't be told is asked about; everything else the shell says."""
        if work.startswith("imports."):
            self._end()
        unknown = isinstance(error, InputError) and error.code == "import_kind_unknown"
        if work == "imports.read" and unknown and self.asked is not None:
            told = Said(InputError("import_kind_unknown").title_key, dict(_params(error)))
            self.ask_kind(told)
            return True
        if work == "imports.run":
            self._go_to("file")
            self.read_unfinished()
        return False

    # -- columns and options ----------------------------------------------------------------

    @on(WindowList.Chosen, "#imports-columns")
    async def _column_chosen(self) -> None:
        await self.shell.carry_out("imports.change")

    def do_change(self) -> None:
        """Choose what the marked column holds."""
        prepared, place = self.prepared, self.listing("columns").marked_id
        if prepared is None or place is None:
            return
        column = prepared.mapping.columns[place]

        def chosen(field: str | None) -> None:
            if field is None:
                return
            mapping = prepared.mapping.changed(place, None if field == NOTHING else field)
            self._begin("reading")
            self.judge_anew(prepared, mapping)

        self.app.push_screen(FieldChoice(prepared.mapping, column), chosen)

    def do_save(self) -> None:
        """Keep the choice of columns."""
        if self.prepared is not None:
            self.save_choice(self.prepared)

    @on(MappingSaved)
    def _mapping_saved(self) -> None:
        self.say("import_screen.saved")

    # -- trying and running -----------------------------------------------------------------

    def do_try(self) -> None:
        """Find out what would come of it; nothing is written."""
        if self.prepared is not None:
            self._begin("trying")
            self.progress = (0, len(self.prepared.table.rows))
            self.draw_progress()
            self.rehearse(self.prepared)

    @on(Rehearsed)
    def _rehearsed(self, event: Rehearsed) -> None:
        self._end()
        self.report, self.rejects, self.trouble = event.report, "", None
        self._go_to("tried")
        self.say("import_screen.tried", **self._keys("run", "back"))

    def do_run(self) -> None:
        """Import the file."""
        if self.prepared is not None:
            self._begin("writing")
            self.carry_in(self.prepared)

    @on(Imported)
    def _imported(self, event: Imported) -> None:
        self._end()
        self.report = event.report
        self.rejects = "" if event.rejects is None else str(event.rejects)
        self.trouble = event.trouble
        self._go_to("done")
        self.read_unfinished()
        self.say("import_screen.done", **self._keys("go_on", "take_back"))

    # -- imports that stopped ---------------------------------------------------------------

    @on(UnfinishedRead)
    def _unfinished_read(self, event: UnfinishedRead) -> None:
        self.unfinished = event.imports
        self.draw_unfinished()
        self.refresh_keys()

    def do_resume(self) -> None:
        """Go on with an import that stopped: its file is read again."""
        one = self.unfinished[0]
        found = next((entry for entry in self.entries if entry.path.name == one.file_name), None)
        if found is None:
            self.say("import_screen.find_again", file=one.file_name)
            return
        self.read(Asked(found.path, _kind(one.kind)))

    def do_take_back(self) -> None:
        """Take an import back, once that is meant."""
        import_id = self._to_take_back
        if import_id is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._begin("taking_back")
                self.undo_import(import_id)

        name = self.unfinished[0].file_name if self.stage == "file" else self._file_name
        question = Said("import_screen.take_back_sure", {"file": name})
        self.app.push_screen(Confirm(question, Said("import_screen.take_back_detail")), answered)

    @property
    def _file_name(self) -> str:
        return "" if self.asked is None else self.asked.path.name

    @on(ImportTakenBack)
    def _taken_back(self, event: ImportTakenBack) -> None:
        self._end()
        result = event.result
        self._go_to("file")
        self.say(
            "import.taken_back", removed=result.removed, restored=result.restored, kept=result.kept
        )
        self.read_unfinished()

    # -- moving about -----------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the mark in the entries while the path is typed in; scroll the result."""
        if self.stage == "file":
            self.listing("entries").action_step(by)
        else:
            self.report_pane.scroll_lines(by)

    def action_leaf(self, by: int) -> None:
        """Move the mark, or scroll, by a screen."""
        if self.stage == "file":
            self.listing("entries").action_leaf(by)
        else:
            self.report_pane.scroll_pages(by)

    def do_pane(self) -> None:
        """The other list; while a path is typed, complete it with the marked entry."""
        match self.stage:
            case "file":
                place = self.listing("entries").marked_id
                if place is not None:
                    entry = self.entries[place]
                    self._type(f"{entry.path}/" if entry.is_folder else str(entry.path))
            case "columns" if self.listing("columns").has_focus:
                self.listing("rows").focus()
            case "columns":
                self.listing("columns").focus()
            case _ if self.focused is None:
                self.listing("rows").focus()
            case _:
                self.set_focus(None)

    def do_back(self) -> None:
        """One step back; work under way is asked about."""
        if self.working:
            self.ask_stop()
            return
        match self.stage:
            case "file" | "done":
                self.dismiss(None)
            case "columns":
                self._go_to("file")
            case "tried":
                self.report = None
                self._go_to("columns")


def _params(error: BaseException) -> Mapping[str, object]:
    return error.params if isinstance(error, DeskError) else {}


def _kind(code: str) -> Kind | None:
    return next((kind for kind in KINDS if kind == code), None)
