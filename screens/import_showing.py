"""What the import screen shows at each of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from content.columns import column_book
from domain.errors import DeskError
from domain.permissions import allowed
from screens.import_asking import ImportAsking
from screens.import_files import FileEntry, start_folder
from screens.import_views import (
    column_columns,
    column_row,
    entry_columns,
    file_line,
    outcome_rows,
    preview_row,
    progress_line,
    report_card,
    row_columns,
)
from widgets.customer_card import CustomerPane
from widgets.line import Line
from widgets.safe_text import safe
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from db.imports import ImportReport, Unfinished
    from intake.preparing import Prepared

Stage = Literal["file", "columns", "tried", "done"]
STAGES: Final[tuple[Stage, ...]] = ("file", "columns", "tried", "done")
_PREVIEW: Final = 200


class ImportShowing(ImportAsking):
    """The parts of the import screen, and what stands in them."""

    stage: Stage = "file"

    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[FileEntry, ...] = ()
        self.unfinished: tuple[Unfinished, ...] = ()
        self.used_saved = False
        self.report: ImportReport | None = None
        self.rejects = ""
        self.trouble: DeskError | None = None
        self.progress = (0, 0)

    def compose_body(self) -> ComposeResult:
        """What the file is, then the parts of all steps; each step shows its own."""
        yield Static(id="imports-file")
        yield Static(id="imports-missing")
        yield Static(id="imports-left")
        with Vertical(id="imports-choose", classes="pane -owner"):
            yield Line(f"{start_folder()}/", id="imports-path", limit=4000)
            yield WindowList(id="imports-entries")
        with Vertical(id="imports-columns-box", classes="pane -owner"):
            yield WindowList(id="imports-columns")
        yield CustomerPane(id="imports-report")
        with Vertical(id="imports-rows-box", classes="pane"):
            yield WindowList(id="imports-rows")
        yield Static(id="imports-progress")

    @property
    def may_import(self) -> bool:
        """Whether the person may import files."""
        return allowed(self.actor.role, "imports.run")

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.listing("entries").show_columns(entry_columns(self.t))
        self.listing("columns").show_columns(column_columns(self.t))
        self.listing("rows").show_columns(row_columns(self.t))
        self.query_one("#imports-choose").border_title = f"▸ {self.t('import_screen.choose')}"
        self.report_pane.name_it(self.t("import_screen.result"))
        self.listing("entries").say_empty(self.t("import_screen.no_entry"))
        self.listing("rows").say_empty(self.t("import_screen.no_rows"))
        self.draw_unfinished()
        self._draw_file()
        self._draw_columns()
        self._draw_report()
        self._draw_rows()
        self.draw_progress()
        self.draw_owner()

    def listing(self, name: str) -> WindowList:
        """One of the lists: `entries`, `columns` or `rows`."""
        return self.query_one(f"#imports-{name}", WindowList)

    def draw_unfinished(self) -> None:
        """Say which imports did not come to their end, or that only a lead imports."""
        told = [
            self.t("import_screen.unfinished", file=one.file_name, done=one.position, rows=one.rows)
            for one in self.unfinished[:2]
        ]
        if not self.may_import:
            told = [self.t("import_screen.lead_imports")]
        elif told:
            keys = {
                name: self.shell.registry[f"imports.{name}"].shown_keys()[-1]
                for name in ("resume", "take_back")
            }
            told.append(self.t("import_screen.unfinished_keys", **keys))
        left = self.query_one("#imports-left", Static)
        left.display = bool(told) and self.stage == "file"
        left.update(safe("! " + "\n  ".join(told), lines=True))

    def _draw_file(self) -> None:
        prepared = self.prepared
        told = file_line(self.t, prepared, saved=self.used_saved) if prepared else ""
        shown = self.query_one("#imports-file", Static)
        shown.display = bool(told)
        shown.update(safe(told))
        needs = []
        if prepared is not None:
            needs = [self.spoken(notice) for notice in prepared.notices]
            if prepared.mapping.missing:
                needs.insert(0, self._missing_text(prepared))
        missing = self.query_one("#imports-missing", Static)
        missing.display = bool(needs)
        missing.update(safe("! " + " · ".join(needs)))

    def _missing_text(self, prepared: Prepared) -> str:

        language = self.shell.language
        names = [column_book().label(code).of(language) for code in prepared.mapping.missing]
        return self.t("import_screen.missing", fields=", ".join(names))

    def _draw_columns(self) -> None:
        prepared = self.prepared
        listing = self.listing("columns")
        if prepared is None or self.stage != "columns":
            return
        rows = [column_row(self.t, self.shell.language, one) for one in prepared.mapping.columns]
        if [row.id for row in listing.rows] == [row.id for row in rows]:
            for row in rows:
                listing.replace_row(row)
        else:
            listing.show_all(rows)

    def _draw_rows(self) -> None:
        prepared, report = self.prepared, self.report
        if prepared is None:
            return
        language = self.shell.language
        if self.stage == "columns" or report is None:
            rows = [preview_row(self.t, language, one) for one in prepared.preview(_PREVIEW)]
        else:
            rows = outcome_rows(self.t, language, report, prepared.table.rows)
        self.listing("rows").show_all(rows)

    def _draw_report(self) -> None:
        if self.report is not None:
            self.report_pane.show(
                report_card(
                    self.t,
                    self.shell.language,
                    self.report,
                    rejects=self.rejects,
                    trouble=self.trouble,
                )
            )

    def draw_progress(self) -> None:
        """Draw how far the work under way is."""
        shown = self.query_one("#imports-progress", Static)
        shown.display = bool(self.working)
        if self.working:
            done, total = self.progress
            width = self.size.width - 4
            line = progress_line(self.t, f"import_screen.{self.working}", done, total, width)
            shown.update(safe(line))

    @property
    def report_pane(self) -> CustomerPane:
        """The pane of the counts."""
        return self.query_one("#imports-report", CustomerPane)

    def draw_owner(self) -> None:
        """Show by the frames what the arrows move."""
        self.report_pane.own_digits(self.stage in ("tried", "done") and self.focused is None)
        for name in ("columns", "rows"):
            listing, box = self.listing(name), self.query_one(f"#imports-{name}-box")
            owns = listing.has_focus
            box.set_class(owns, "-owner")
            key = "rows" if name == "rows" and self.stage == "columns" else name
            if name == "rows" and self.stage != "columns":
                key = "ends"
            box.border_title = f"{'▸ ' if owns else ''}{self.t(f'import_screen.title.{key}')}"

    def on_descendant_blur(self) -> None:
        """The frames show what the arrows move."""
        super().on_descendant_blur()
        self.draw_owner()

    def on_descendant_focus(self) -> None:
        """The frames show what the arrows move."""
        super().on_descendant_focus()
        self.draw_owner()
        self.refresh_keys()
