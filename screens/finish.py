"""How the call ended: the outcome by one key, the next time as it was heard, both clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from domain.decision import GivenPromise, NextOwner
from domain.outcome import Outcome, PersonEffect, TimeAsked
from screens.actions import shown_key
from screens.call_draft import LIGHTS, Light
from screens.finish_recovery import FinishRecovery
from screens.finish_task import FinishChoice, FinishTask
from screens.finish_views import LIGHT_KEYS, endings_view, flags_view, mood_view
from screens.grievance import Weight
from screens.promise import PromiseDialog
from widgets.due_input import DueEcho, DueInput
from widgets.line import Line
from widgets.safe_text import clip, safe

if TYPE_CHECKING:
    from db.own_time import OwnAway

_GIVE_KEY: Final = "ctrl+t"
_DIRECT_CODES: Final = frozenset({"referred"})
"""Outcomes that name a colleague."""


class FinishDialog(FinishRecovery):
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
            for key, light in zip(LIGHT_KEYS, LIGHTS, strict=True)
        ),
    ]

    def __init__(
        self,
        task: FinishTask,
        understand: Callable[[str], DueEcho],
        promised: Callable[[GivenPromise], None] | None = None,
    ) -> None:
        super().__init__(task)
        self._promised = promised
        self._promises = 0
        self._understand = understand
        self._flags = set(task.flags)
        self._settle_all = True
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
        shown = self.query_one("#finish-outcomes", Static)
        width = shown.content_size.width
        if width > 0:
            language, table = self.shell.language, self._asked.outcomes
            lines = (
                endings_view(table.endings, self._chosen, language, width),
                flags_view(table.flags, self._set_flags, language, width),
            )
            shown.update(Content("\n").join(lines))

    @property
    def _set_flags(self) -> set[str]:
        """Codes of the flags that are set, that of a grievance too."""
        grievance = self._grievance
        return self._flags if grievance is None else {*self._flags, grievance.weight}

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
        if start is not None:
            shown.update(mood_view(start, self._mood_end, self.t))

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

    # -- what the outcome asks for ------------------------------------------------------------

    def _choose(self, outcome: Outcome) -> None:
        self._chosen = outcome
        if outcome.time is not TimeAsked.NO:
            self.call_after_refresh(self.query_one("#finish-due", DueInput).take_focus)
        elif self._more_key():
            self.call_after_refresh(self.query_one("#finish-more").focus)

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
            self._ask_recovery(self.action_save)
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
