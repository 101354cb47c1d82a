"""How the call ended: the outcome by one key, the next time as it was heard, both clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from domain.decision import GivenPromise, NextOwner
from domain.outcome import Outcome, OutcomeTable, PersonEffect, TimeAsked
from domain.said import Said
from screens.actions import shown_key
from screens.call_draft import LIGHTS, Light
from screens.call_views import LIGHT_STYLES
from screens.choice import Choice
from screens.dialog import Dialog
from screens.grievance import Grievance, Weight
from screens.grievance_dialog import GrievanceDialog, grievance_task
from screens.promise import PromiseDialog
from screens.prompt import Prompt
from widgets.due_input import DueEcho, DueInput
from widgets.line import Line
from widgets.safe_text import clip, fit, safe

if TYPE_CHECKING:
    from db.own_time import OwnAway

COLUMNS: Final = 3
_GIVE_KEY: Final = "ctrl+t"
_LIGHT_KEYS: Final = ("ctrl+g", "ctrl+y", "ctrl+r")
_DIRECT_CODES: Final = frozenset({"referred"})
"""Outcomes that name a colleague."""


@dataclass(frozen=True, slots=True)
class FinishChoice:
    """How the call ended, as it was chosen.

    Attributes:
        outcome: code of the ending.
        next_at: when to ring again (UTC), where a time was typed.
        note: more for the note, typed here.
        colleague: login of the colleague; empty where the outcome names none.
        flags: flags that are set.
        grievance: the grumble or complaint that is noted.
        skipped_recovery: why an unhappy customer was left without either.
        settle_all: whether the further callbacks of the customer end the same way.
        number: a new number as it was typed; empty for none.
        mood_end: the light at the end, where it was set here.
        next_owner: who makes the agreed call in one's own place; none for oneself.
    """

    outcome: str
    next_at: datetime | None = None
    note: str = ""
    colleague: str = ""
    flags: tuple[str, ...] = ()
    grievance: Grievance | None = None
    skipped_recovery: str = ""
    settle_all: bool = True
    number: str = ""
    mood_end: Light | None = None
    next_owner: NextOwner | None = None


@dataclass(frozen=True, slots=True)
class FinishTask:
    """What the dialog is asked to do.

    Attributes:
        outcomes: the endings and flags.
        name: of the customer.
        preset: the outcome that the script named; empty for none.
        has_note: whether a note is written already.
        flags: flags that are set already.
        grievance: the grumble or complaint that is noted already.
        low_score: whether the customer gave a low score.
        skipped_recovery: why an unhappy customer was left without a grumble and without a case.
        words_needed: whether a grumble or complaint must have words of its own.
        others: names of further callbacks of the customer.
        colleagues: logins that the call can be passed to.
        mood_start: the light at the start; the end is asked for only where it was set.
        mood_end: the light at the end, where it is set already.
    """

    outcomes: OutcomeTable
    name: str
    preset: str = ""
    has_note: bool = False
    flags: tuple[str, ...] = ()
    grievance: Grievance | None = None
    low_score: bool = False
    skipped_recovery: str = ""
    words_needed: bool = False
    others: tuple[str, ...] = ()
    colleagues: tuple[str, ...] = ()
    mood_start: Light | None = None
    mood_end: Light | None = None


class FinishDialog(Dialog[FinishChoice]):
    """Chooses an outcome, then what it asks for; Enter saves.

    Args:
        task: what is to be decided.
        understand: reads a typed time.
        promised: takes what is promised in the last moment; none where nothing can be.
    """

    SCOPE = "finish"
    CSS_PATH = "finish.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", show=False),
        Binding("tab", "field(1)", show=False),
        Binding("shift+tab", "field(-1)", show=False),
        Binding("ctrl+s,f10", "settle", show=False),
        Binding("ctrl+p,f7", "promise", show=False),
        Binding(f"{_GIVE_KEY},f6", "give", show=False),
        *(
            Binding(key, f"light('{light}')", show=False)
            for key, light in zip(_LIGHT_KEYS, LIGHTS, strict=True)
        ),
    ]

    def __init__(
        self,
        task: FinishTask,
        understand: Callable[[str], DueEcho],
        promised: Callable[[GivenPromise], None] | None = None,
    ) -> None:
        super().__init__()
        self._promised = promised
        self._promises = 0
        self._asked = task
        self._understand = understand
        self._chosen: Outcome | None = None
        self._flags = set(task.flags)
        self._grievance = task.grievance
        self._laid_aside: Grievance | None = None
        self._skipped = task.skipped_recovery
        self._settle_all = True
        self._mood_end = task.mood_end
        self._away: OwnAway | None = None
        self._given = False

    def compose(self) -> ComposeResult:
        """Outcomes, then the fields that an outcome asks for, then what the keys do."""
        with Vertical(id="finish-box"):
            yield Static(id="finish-outcomes")
            yield Static(id="finish-mood")
            yield Static(id="finish-others")
            yield Static(id="finish-time-label")
            yield DueInput(self._understand, id="finish-due")
            yield Static(id="finish-more-label")
            yield Line(id="finish-more", limit=400)
            yield Static(id="finish-keys")

    def on_mount(self) -> None:
        """Draw, and choose what the script named."""
        if self._asked.preset:
            self._choose(self._asked.outcomes[self._asked.preset])
        self.relabel()

    def on_resize(self) -> None:
        """Lay the outcomes out for the width, once it is known."""
        self.call_after_refresh(self._draw_outcomes)

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again in the present language."""
        self.query_one("#finish-box").border_title = safe(
            self.t("finish.title", name=self._asked.name)
        )
        self._draw_outcomes()
        self._draw_fields()

    def _draw_outcomes(self) -> None:
        width = self.query_one("#finish-outcomes").content_size.width
        if width <= 0:
            return
        cell = width // COLUMNS
        endings = self._asked.outcomes.endings
        rows = -(-len(endings) // COLUMNS)
        lines = []
        for row in range(rows):
            parts = [
                self._outcome_cell(endings[place], cell) for place in range(row, len(endings), rows)
            ]
            lines.append(Content("").join(parts))
        flags = [
            self._flag_cell(flag, width // max(1, len(self._asked.outcomes.flags)))
            for flag in self._asked.outcomes.flags
        ]
        lines.append(Content("").join(flags))
        self.query_one("#finish-outcomes", Static).update(Content("\n").join(lines))

    def _outcome_cell(self, outcome: Outcome, width: int) -> Content:
        chosen = self._chosen is not None and outcome.code == self._chosen.code
        sign = "▸" if chosen else " "
        name = fit(outcome.name.of(self.shell.language), width - 5)
        style = "bold reverse" if chosen else ""
        return Content.assemble((f"{sign}{outcome.key} ", "bold $text-accent"), (f"{name} ", style))

    def _flag_cell(self, flag: Outcome, width: int) -> Content:
        grievance = self._grievance
        is_set = flag.code in self._flags or (
            grievance is not None and grievance.weight == flag.code
        )
        name = fit(flag.name.of(self.shell.language), width - 7)
        style = "bold $text-success" if is_set else "$muted"
        return Content.assemble(
            (f" {flag.key} ", "bold $text-accent"), (f"[{'x' if is_set else ' '}] ", style), name
        )

    def _draw_fields(self) -> None:
        outcome = self._chosen
        timed = outcome is not None and outcome.time is not TimeAsked.NO
        due = self.query_one("#finish-due", DueInput)
        due.display = timed
        label = self.query_one("#finish-time-label", Static)
        label.display = timed
        if outcome is not None and timed:
            required = outcome.time is TimeAsked.REQUIRED
            label.update(
                safe(self.t("finish.time_required" if required else "finish.time_offered"))
            )
            due.say_hint(self.t("finish.time_hint"))
        self._draw_mood()
        more = self._more_key()
        line = self.query_one("#finish-more", Line)
        line.display = bool(more)
        more_label = self.query_one("#finish-more-label", Static)
        more_label.display = bool(more)
        if more:
            params = {"names": ", ".join(self._asked.colleagues)}
            more_label.update(safe(self.t(more, **params)))
        others = self.query_one("#finish-others", Static)
        others.display = bool(self._asked.others)
        if self._asked.others:
            key = "finish.others_too" if self._settle_all else "finish.others_not"
            names = clip(", ".join(self._asked.others), 60)
            others.update(safe(self.t(key, names=names)))
        self._draw_keys()

    def _draw_keys(self) -> None:
        self.query_one("#finish-keys", Static).update(safe(self._keys_text(), lines=True))

    def _draw_mood(self) -> None:
        start = self._asked.mood_start
        shown = self.query_one("#finish-mood", Static)
        shown.display = start is not None
        if start is None:
            return
        parts: list[Content | str | tuple[str, str]] = [
            (f"{self.t('finish.mood')}  ", "$muted"),
            (f"◉ {self.t(f'call.light.{start}')}", LIGHT_STYLES[start]),
            " → ",
        ]
        for key, light in zip(_LIGHT_KEYS, LIGHTS, strict=True):
            chosen = light == self._mood_end
            style = f"{LIGHT_STYLES[light]} reverse" if chosen else LIGHT_STYLES[light]
            name = self.t(f"call.light.{light}")
            parts += [
                (f"{'▸' if chosen else ' '}{shown_key(key)} ", "bold $text-accent"),
                (f"{name} ", style),
                " ",
            ]
        shown.update(Content.assemble(*parts))

    def action_light(self, light: Light) -> None:
        """Set the light at the end, or take it away again."""
        if self._asked.mood_start is not None:
            self._mood_end = None if self._mood_end == light else light
            self._draw_mood()
            self._draw_keys()

    def _keys_text(self) -> str:
        if self._chosen is None:
            return self.t("finish.keys_choose") + self._promise_text()
        typing = getattr(self.focused, "takes_text", False)
        key = "finish.keys_typing" if typing else "finish.keys_save"
        text = self.t(key, outcome=self._chosen.name.of(self.shell.language))
        text += self._promise_text()
        if self._needs_recovery:
            text = f"! {self.t('finish.recovery')}\n{text}"
        return text

    def _promise_text(self) -> str:
        """The key for one more promise, and how many were made here."""
        if self._promised is None:
            return ""
        key = "finish.promised" if self._promises else "finish.promise"
        return f"   {self.t(key, key=shown_key('ctrl+p'), n=self._promises)}"

    def action_promise(self) -> None:
        """Ask what is promised; it is kept with the call at once."""
        keep = self._promised
        if keep is None:
            return

        def given(promise: GivenPromise | None) -> None:
            if promise is not None:
                keep(promise)
                self._promises += 1
                self._draw_keys()

        self.app.push_screen(PromiseDialog(self._understand), given)

    # -- when one is not at work at the time that is promised --------------------------------

    def away_words(self, away: OwnAway) -> str:
        """That one is not at work then, and the key that gives the call to somebody who is."""
        if self._away is None or self._away.at != away.at:
            self._given = False
        self._away = away
        key = shown_key(_GIVE_KEY)
        to = away.deputy or self.t("roster.pool")
        told = "finish.given_on" if self._given else "finish.give_on"
        return f"{super().away_words(away)}  {self.t(told, key=key, name=to)}"

    def action_give(self) -> None:
        """Give the agreed call to one's deputy or the pool, or keep it after all."""
        away, due = self._away, self.query_one("#finish-due", DueInput)
        if away is not None and away.at == due.at:
            self._given = not self._given
            self.read_load(away.at)

    @property
    def _next_owner(self) -> NextOwner | None:
        away = self._away
        if away is None or not self._given or away.at != self.query_one("#finish-due", DueInput).at:
            return None
        return NextOwner(away.deputy_id)

    @property
    def _needs_recovery(self) -> bool:
        """Whether an unhappy customer has neither a grumble nor a case, and nobody said why."""
        asked, outcome = self._asked, self._chosen
        red = (self._mood_end or asked.mood_start) == "red"
        if outcome is not None and not outcome.contacted:
            return False
        return (asked.low_score or red) and self._grievance is None and not self._skipped

    def _more_key(self) -> str:
        """What the second line asks for; empty where it asks for nothing."""
        outcome = self._chosen
        if outcome is None:
            return ""
        if outcome.code in _DIRECT_CODES:
            return "finish.colleague"
        if outcome.code == "number-changed":
            return "finish.new_number"
        if outcome.needs_note and not self._asked.has_note:
            sold = outcome.person is PersonEffect.SOLD_ASSET
            return "finish.new_owner" if sold else "finish.note_needed"
        return ""

    # -- keys -------------------------------------------------------------------------------

    def on_descendant_focus(self) -> None:
        """Say what the keys do while a line is typed in."""
        self._draw_keys()

    def on_descendant_blur(self) -> None:
        """Say what the keys do once the line is left."""
        self._draw_keys()

    def on_key(self, event: events.Key) -> None:
        """Choose an outcome or a flag by its own key, while no line is typed in."""
        if getattr(self.focused, "takes_text", False):
            return
        found = self._asked.outcomes.by_key(event.character or event.key)
        if found is None:
            found = self._asked.outcomes.by_key(event.key)
        if found is None:
            return
        event.stop()
        event.prevent_default()
        if found.code in ("grumble", "complaint"):
            self._grieve(cast("Weight", found.code))
        elif found in self._asked.outcomes.flags:
            self._flags ^= {found.code}
            self.relabel()
        elif found in self._asked.outcomes.endings:
            self._choose(found)
            self.relabel()

    # -- what makes the customer unhappy ----------------------------------------------------

    def _grieve(self, weight: Weight, *, save: bool = False) -> None:
        """Note a grumble or complaint and ask about it, or lay the one that is noted aside."""
        known = self._grievance
        if known is not None and known.weight == weight:
            self._keep(None)
            return
        grievance = (known or self._laid_aside or Grievance(weight)).weighing(weight)
        self._keep(grievance)
        task = grievance_task(
            self.database.rulebook.cases,
            self.shell.language,
            grievance,
            words_needed=self._asked.words_needed,
        )

        def gone_through(whole: bool | None) -> None:
            if save and whole:
                self.action_save()

        self.app.push_screen(GrievanceDialog(task, self._keep), gone_through)

    def _keep(self, grievance: Grievance | None) -> None:
        self._laid_aside = self._grievance
        self._grievance = grievance
        self.relabel()

    def _ask_recovery(self) -> None:
        """Ask what becomes of an unhappy customer: a grumble, a case, or a reason for neither."""

        def chosen(place: int | None) -> None:
            match place:
                case 0:
                    self._grieve("grumble", save=True)
                case 1:
                    self._grieve("complaint", save=True)
                case 2:
                    title = Said("finish.skip_title")
                    self.app.push_screen(Prompt(title, Said("finish.skip_hint")), skipped)

        def skipped(reason: str | None) -> None:
            if reason:
                self._skipped = reason
                self.action_save()

        options = [Said(f"finish.recover.{one}") for one in ("grumble", "complaint", "skip")]
        title = Said("finish.recovery_title", {"name": self._asked.name})
        self.app.push_screen(Choice(title, options), chosen)

    def _choose(self, outcome: Outcome) -> None:
        self._chosen = outcome
        if outcome.time is not TimeAsked.NO:
            self.call_after_refresh(self.query_one("#finish-due", DueInput).take_focus)
        elif self._more_key():
            self.call_after_refresh(self.query_one("#finish-more").focus)

    def take_text(self, text: str) -> None:
        """Text is meant for the time, if one is asked for."""
        if self._chosen is not None and self._chosen.time is not TimeAsked.NO:
            due = self.query_one("#finish-due", DueInput)
            due.fill(text.replace("\n", " "))
            due.take_focus()

    def action_leave(self) -> None:
        """From a line back to the outcomes; from the outcomes back to the call."""
        if self.focused is not None:
            self.set_focus(None)
        else:
            self.dismiss(None)

    def action_field(self, by: int) -> None:
        """Move between the lines."""
        lines: Sequence[Line] = [line for line in self.query(Line) if self._is_shown(line)]
        if not lines:
            return
        places = [place for place, line in enumerate(lines) if line is self.focused]
        place = places[0] + by if places else (0 if by > 0 else len(lines) - 1)
        if 0 <= place < len(lines):
            lines[place].focus()
        else:
            self.set_focus(None)

    def _is_shown(self, line: Line) -> bool:
        return all(
            node.display for node in line.ancestors_with_self if isinstance(node, Vertical | Line)
        )

    def action_settle(self) -> None:
        """Let the customer's further callbacks end the same way, or leave them waiting."""
        self._settle_all = not self._settle_all
        self.relabel()

    @on(DueInput.Accepted)
    def _time_accepted(self, event: DueInput.Accepted) -> None:
        event.stop()
        self.action_save()

    @on(Input.Submitted, "#finish-more")
    def _more_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Give the choice back, once everything that the outcome asks for is there."""
        outcome = self._chosen
        if outcome is None:
            return
        due = self.query_one("#finish-due", DueInput)
        timed = outcome.time is not TimeAsked.NO
        if timed and due.value.strip() and due.at is None:
            due.take_focus()
            return
        if outcome.time is TimeAsked.REQUIRED and due.at is None:
            due.take_focus()
            return
        more = self._more_key()
        typed = self.query_one("#finish-more", Line).value.strip() if more else ""
        if more and not typed:
            self.query_one("#finish-more").focus()
            return
        if self._needs_recovery:
            self._ask_recovery()
            return
        self.dismiss(
            FinishChoice(
                outcome=outcome.code,
                next_at=due.at if timed else None,
                note=typed if more in ("finish.note_needed", "finish.new_owner") else "",
                colleague=typed if more == "finish.colleague" else "",
                flags=tuple(sorted(self._flags)),
                grievance=self._grievance,
                skipped_recovery=self._skipped,
                settle_all=self._settle_all,
                number=typed if more == "finish.new_number" else "",
                mood_end=self._mood_end,
                next_owner=self._next_owner if timed else None,
            )
        )
