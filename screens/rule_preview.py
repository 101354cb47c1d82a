"""What a change of the rules does to today's queue, as a table before it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from screens.dialog import Dialog
from screens.work import database_work
from widgets.list_rows import Cell, Column, Row
from widgets.safe_text import safe
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from db.retry_preview import ComesBack
    from db.rule_preview import RulePreview, Standing
    from domain.rulebook import Rulebook

_PLACES: Final = ("now", "today", "later", "never")
_WORSE: Final = {"now": -1, "today": 0, "later": 0, "never": 1}
"""In which direction a figure moves where fewer customers can be rung."""


class Previewed(Message):
    """It was counted."""

    def __init__(self, found: RulePreview) -> None:
        super().__init__()
        self.found = found


class CareTold(Message):
    """How many calls of a campaign care plans make today, before and after, where it differs."""

    def __init__(self, counts: Mapping[str, tuple[int, int]]) -> None:
        super().__init__()
        self.counts = counts


class RulePreviewScreen(Dialog[None]):
    """Campaigns for which something changes, all together, and the hours behind it.

    Args:
        rulebook: the rules that would come into force.
        files: their texts by name, for care plans, which are no part of the rulebook.
    """

    CSS_PATH = "rule_preview.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q,b", "leave", show=False),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown,space", "leaf(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
    ]

    def __init__(self, rulebook: Rulebook, files: Mapping[str, str]) -> None:
        super().__init__()
        self._rulebook = rulebook
        self._files = files
        self._found: RulePreview | None = None
        self._care: Mapping[str, tuple[int, int]] = {}

    def compose(self) -> ComposeResult:
        """The table and how to leave it."""
        with Vertical(id="rule-preview-box", classes="pane -owner"):
            yield WindowList(id="rule-preview-list")
        yield Static(id="rule-preview-foot")

    def on_mount(self) -> None:
        """Count."""
        self.listing.can_focus = False
        self.relabel()
        self.count()
        self.count_care()

    @property
    def listing(self) -> WindowList:
        """The table."""
        return self.query_one("#rule-preview-list", WindowList)

    def relabel(self) -> None:
        """Say everything again in the present language."""
        self.listing.show_columns(
            (
                Column("", 12, stretch=1),
                *(
                    Column(self.t(f"rule_files.preview.{one}"), width, right=True)
                    for one, width in zip(_PLACES, (9, 11, 11, 8), strict=True)
                ),
                Column(self.t("rule_files.preview.bands"), 10, right=True),
                Column(self.t("rule_files.preview.caps"), 9, right=True),
                Column(self.t("rule_files.preview.waits"), 10, need=100, right=True),
            )
        )
        found = self._found
        title = self.t("rule_files.preview.title")
        if found is None:
            self.listing.say_empty(self.t("rule_files.preview.counting"))
        else:
            title = f"{title} · {self.t('rule_files.preview.waiting', n=found.waiting)}"
            self.listing.say_empty(self.t("rule_files.preview.same", n=found.waiting))
            self.listing.show_all(self._rows(found))
        self.query_one("#rule-preview-box").border_title = safe(title)
        told = ["rule_files.preview.keys"]
        if self._care:
            told.insert(0, "rule_files.preview.cares")
        if found is not None and found.retries:
            told.insert(0, "rule_files.preview.retries")
        foot = "\n".join(self.t(key) for key in told)
        self.query_one("#rule-preview-foot", Static).update(safe(foot, lines=True))

    def _rows(self, found: RulePreview) -> list[Row]:
        language = self.shell.language
        changed = [one for one in found.campaigns if one.changes]
        lines = [
            _line(one.name.of(language), _moves(one.before, one.after), one.counts)
            for one in changed
        ]
        if changed:
            sums = [sum(each) for each in zip(*(one.counts for one in changed), strict=True)]
            lines.append(
                _line(self.t("rule_files.preview.all"), _moves(found.before, found.after), sums)
            )
        for window in found.windows:
            purpose = self.t(f"hours.purpose.{window.purpose}")
            name = f"{', '.join(window.zones) or '-'} · {purpose}"
            lines.append(_line(name, _moves(window.before, window.after)))
        for one in found.retries:
            name = self.t("rule_files.preview.retry", name=one.name.of(language))
            lines.append(_line(name, _returns(one.before, one.after)))
        for code, (old, new) in self._care.items():
            known = [
                each.name.of(language) for each in self._rulebook.campaigns if each.code == code
            ]
            name = self.t("rule_files.preview.care", name=next(iter(known), code))
            lines.append(_line(name, (Cell(""), _move("today", old, new), Cell(""), Cell(""))))
        return [Row(place, cells) for place, cells in enumerate(lines)]

    @database_work("rules.preview")
    def count(self) -> Message:
        """Count what waits by both sets of rules."""
        from db.care_settings import shop_zone  # noqa: PLC0415 - connected long since
        from db.rule_preview import preview_rules  # noqa: PLC0415

        zone = shop_zone(self.database)
        return Previewed(preview_rules(self.database, self.actor, self._rulebook, zone=zone))

    @database_work("rules.care")
    def count_care(self) -> Message | None:
        """Count what care plans make today, by those in force and by the others."""
        from content.care_words import care_book  # noqa: PLC0415 - only where rules are tried
        from db.care import plan_preview  # noqa: PLC0415
        from db.care_settings import shop_zone  # noqa: PLC0415
        from db.rules_held import texts_in_force  # noqa: PLC0415

        held = texts_in_force(self.database)
        if held.get("care_plans") == self._files.get("care_plans"):
            return None
        zone = shop_zone(self.database)
        runs = [
            plan_preview(self.database, self.actor, care_book(zone, texts), 1, level=False)
            for texts in (held, self._files)
        ]
        old, new = (run.days.get(run.today, {}) for run in runs)
        counts = {code: (old.get(code, 0), new.get(code, 0)) for code in sorted({*old, *new})}
        return CareTold({code: two for code, two in counts.items() if two[0] != two[1]})

    @on(CareTold)
    def _care_told(self, event: CareTold) -> None:
        self._care = event.counts
        self.relabel()

    @on(Previewed)
    def _counted(self, event: Previewed) -> None:
        self._found = event.found
        self.relabel()

    def action_step(self, by: int) -> None:
        """Move the mark."""
        self.listing.action_step(by)

    def action_leaf(self, by: int) -> None:
        """Move the mark by a screen."""
        self.listing.action_leaf(by)


def _line(name: str, moves: tuple[Cell, ...], counts: Sequence[int] = ()) -> tuple[Cell, ...]:
    return (Cell(name), *moves, *(Cell(str(n)) for n in counts), *[Cell("")] * (3 - len(counts)))


def _moves(before: Standing, after: Standing) -> tuple[Cell, ...]:
    return tuple(_move(one, getattr(before, one), getattr(after, one)) for one in _PLACES)


def _returns(before: ComesBack, after: ComesBack) -> tuple[Cell, ...]:
    """When callbacks come back; no more is in the place of never."""
    return (
        Cell(""),
        _move("today", before.today, after.today),
        _move("later", before.later, after.later),
        _move("never", before.over, after.over),
    )


def _move(place: str, old: int, new: int) -> Cell:
    if old == new:
        return Cell(str(old), "muted")
    worse = (new - old) * _WORSE[place] > 0
    return Cell(f"{old} → {new}", "urgent" if worse else "warm")
