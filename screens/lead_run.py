"""What a deed would do, before it is done: how many, to whom, what stays and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from domain.said import Said
from screens.boxed import Boxed
from widgets.due_input import DueEcho, DueInput
from widgets.line import Line
from widgets.safe_text import clean, clip, safe

if TYPE_CHECKING:
    from db.lead_plan import DryRun

_AROUND: Final = 14
"""Lines of a screen that heads, reason, keys and frame take."""
_LEAST: Final = 6


@dataclass(frozen=True, slots=True)
class Answered:
    """What the lead said to a dry run.

    Attributes:
        go: whether it is to be done; else it is looked at anew.
        reason: why, in words; empty for nothing.
        due_before: only what is due before this (UTC), where another run is wanted.
    """

    go: bool
    reason: str = ""
    due_before: datetime | None = None


class RunDialog(Boxed[Answered]):
    """A dry run, with a line for the reason; Enter does it.

    Args:
        run: what would be done.
        what: the deed in a few words.
        needs_reason: whether nothing is done without a reason.
        understand: reads a time by which the run is narrowed; none where it can't be.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t,f4", "narrow", show=False),
    ]

    def __init__(
        self,
        run: DryRun,
        what: Said,
        *,
        needs_reason: bool = False,
        understand: Callable[[str], DueEcho] | None = None,
    ) -> None:
        super().__init__()
        self._run = run
        self._what = what
        self._needs_reason = needs_reason
        self._understand = understand

    def parts(self) -> Iterable[Widget]:
        """The line for the reason."""
        if self._run.planned:
            yield Line(id="run-reason", limit=200)

    def on_mount(self) -> None:
        """Type at once."""
        for line in self.query(Line):
            line.placeholder = self.t(
                "lead.run.reason_needed" if self._needs_reason else "lead.run.reason"
            )
            line.focus()

    def heading(self) -> str:
        """The deed."""
        return self.spoken(self._what)

    def text(self) -> Content:
        """How many, to whom, which, what stays."""
        run = self._run
        planned = len(run.planned)
        # What there is room for, in thirds: who gets how many, which, what stays.
        third = max(_LEAST, self.app.size.height - _AROUND) // 3
        shown = third if len(run.shares) > 1 else 2 * third
        head = self.t("lead.run.would", n=planned) if planned else self.t("lead.run.none")
        lines = [Content.styled(head, "bold")]
        if len(run.shares) > 1:
            lines += [
                safe(self.t("lead.run.share", name=name, n=n)) for name, n in run.shares[:third]
            ]
        zh = self.shell.language == "zh"
        for one in run.planned[:shown]:
            kind = one.campaign_zh if zh else one.campaign_en
            parts = [clip(one.name, 20), self.clock(one.due_at), one.whose or "", clip(kind, 24)]
            told = " · ".join(part for part in parts if part)
            note = "" if one.note is None else f" ! {self.spoken(one.note)}"
            lines.append(Content.assemble("  ", clean(told), (note, "$text-warning")))
        if planned > shown:
            lines.append(safe(self.t("lead.run.more", n=planned - shown)))
        if run.left:
            lines.append(Content.styled(self.t("lead.run.left", n=len(run.left)), "$text-warning"))
            lines += [
                safe(self.t("lead.run.why", n=n, why=self.spoken(why)))
                for why, n in run.reasons[:third]
            ]
        if run.beyond:
            lines.append(
                Content.styled(self.t("lead.run.beyond", n=run.beyond), "bold $text-warning")
            )
        return Content("\n").join(lines)

    def keys(self) -> str:
        """How it goes on."""
        if not self._run.planned:
            return self.t("ui.box_keys")
        return self.t("lead.run.keys" if self._understand is None else "lead.run.keys_narrow")

    def take_text(self, text: str) -> None:
        """Text is always meant for the reason."""
        for line in self.query(Line):
            line.insert_text_at_cursor(text.replace("\n", " "))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        reason = event.value.strip()
        if reason or not self._needs_reason:
            self.dismiss(Answered(go=True, reason=reason))

    def action_narrow(self) -> None:
        """Take only what is due before a time."""
        if self._understand is None:
            return

        def typed(at: datetime | None) -> None:
            if at is not None:
                self.dismiss(Answered(go=False, due_before=at))

        self.app.push_screen(WhenDialog(Said("lead.run.before"), self._understand), typed)


class WhenDialog(Boxed[datetime]):
    """A time as it is heard, echoed in both clocks; Enter gives it back.

    Args:
        heading: what is asked.
        understand: reads a typed time.
    """

    def __init__(self, heading: Said, understand: Callable[[str], DueEcho]) -> None:
        super().__init__()
        self._heading = heading
        self._understand = understand

    def parts(self) -> Iterable[Widget]:
        """The line for the time."""
        yield DueInput(self._understand, id="lead-due")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(DueInput).take_focus()

    def heading(self) -> str:
        """What is asked."""
        return self.spoken(self._heading)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one(DueInput).say_hint(self.t("lead.when.hint"))

    def take_text(self, text: str) -> None:
        """Text is always meant for the time."""
        self.query_one(Line).insert_text_at_cursor(text.replace("\n", " "))

    @on(DueInput.Accepted)
    def _accepted(self, event: DueInput.Accepted) -> None:
        event.stop()
        if event.at is not None:
            self.dismiss(event.at)
