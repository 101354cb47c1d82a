"""The one registry of what can be done: keys, words and dangers of every action.

Bindings, the key bar, the command palette, the help screen and `docs/keys.md` all come from here.
An action `call.finish` belongs to the screen `call`, is carried out by its method `do_finish`, is
called `keys.call.finish` and explained by `keys.call.finish.tip` in the catalogues.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from textual.binding import Binding, BindingType
from textual.keys import Keys, format_key

from domain.errors import InputError

EVERYWHERE: Final = "app"
"""The scope of actions that work on every full screen."""

MODAL: Final = frozenset({"dialog", "finish"})
"""Scopes of screens that lie over another and take none of the keys that work everywhere."""

_MODIFIERS: Final = frozenset({"alt", "ctrl", "shift", "super"})
_NAMED_KEYS: Final = frozenset(
    key.value for key in Keys if "+" not in key.value and not key.value.startswith("<")
)
_MERGED: Final = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace"}
"""Keys that a terminal delivers as another one: nobody could press them."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can do.

    Attributes:
        id: scope and name, `call.finish`.
        keys: Textual's key names; at least one is not a letter, so that it works while an input
            method is on.
        bar: place in the key bar, the smallest first; none: only in help and palette.
        danger: whether it can't simply be undone; shown with a sign.
        once: whether a key that repeats itself fires only the first time.
        fixed: whether the keys can't be changed (digits, arrows).
    """

    id: str
    keys: tuple[str, ...]
    bar: int | None = None
    danger: bool = False
    once: bool = False
    fixed: bool = False

    @property
    def scope(self) -> str:
        """The screen on which it works, or `app`."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The name of the method that carries it out."""
        return f"do_{self.id.partition('.')[2]}"

    @property
    def label_key(self) -> str:
        """The catalogue key of its short name."""
        return f"keys.{self.id}"

    @property
    def tip_key(self) -> str:
        """The catalogue key of the sentence that explains it."""
        return f"keys.{self.id}.tip"

    def shown_keys(self) -> tuple[str, ...]:
        """Its keys as they stand on a keyboard."""
        if self.keys[:2] == ("1", "2"):
            return ("1-9", *(shown_key(key) for key in self.keys if key not in "123456789"))
        return tuple(shown_key(key) for key in self.keys)


def shown_key(key: str) -> str:
    """A Textual key name as a person reads it: `ctrl+t` is `^T`, `f5` is `F5`."""
    *modifiers, last = key.split("+")
    text = format_key(last)
    if modifiers == ["ctrl"]:
        return "^" + text.upper()
    if len(text) > 1 and text.isalnum():
        text = text.capitalize()
    return "+".join([*modifiers, text])


_DIGITS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0")

ACTIONS: Final[tuple[Action, ...]] = (
    Action("app.help", ("question_mark", "f1"), bar=90),
    Action("app.palette", ("colon", "ctrl+p"), bar=91),
    Action("app.search", ("slash", "ctrl+f"), bar=60),
    Action("app.inbound", ("i", "f7"), bar=61),
    Action("app.pause", ("p", "ctrl+o"), bar=62),
    Action("app.acknowledge", ("apostrophe", "ctrl+underscore")),
    Action("app.messages", ("ampersand",)),
    Action("app.handbook", ("y", "f12")),
    Action("app.notice", ("j", "ctrl+y")),
    Action("app.language", ("ctrl+l",)),
    Action("app.theme", ("ctrl+t",)),
    Action("app.quit", ("ctrl+q",)),
    Action("desk.next", ("n", "enter"), bar=1),
    Action("desk.take", ("t", "f2"), bar=2),
    Action("desk.customer", ("c", "f3"), bar=3),
    Action("desk.view", ("v", "f4"), bar=4),
    Action("desk.checks", ("k", "f5"), bar=5),
    Action("desk.undo", ("u", "ctrl+u"), bar=6),
    Action("desk.imports", ("m", "f8"), bar=7),
    Action("desk.mend", ("g", "f9")),
    Action("desk.aside", ("a", "ctrl+a"), bar=9),
    Action("desk.panel", ("w", "tab"), bar=8),
    Action("desk.playbooks", ("s", "f6")),
    Action("desk.today", ("d", "f10")),
    Action("desk.tiers", ("l", "ctrl+g")),
    Action("desk.chances", ("q", "dollar_sign")),
    Action("desk.overrides", ("x", "ctrl+x")),
    Action("desk.care", ("e", "ctrl+e")),
    Action("desk.settings", ("o", "ctrl+s")),
    Action("desk.promises", ("h", "ctrl+k")),
    Action("desk.learning", ("ctrl+d",)),
    Action("desk.board", ("b", "ctrl+b")),
    Action("desk.lead", ("z", "ctrl+w")),
    Action("desk.pick", ("space",)),
    Action("desk.cases", ("f", "ctrl+n"), bar=10),
    Action("desk.roster", ("asterisk",)),
    Action("desk.audit", ("number_sign",)),
    Action("desk.shift", ("at", "ctrl+v")),
    Action("desk.refresh", ("r", "ctrl+r")),
    Action("call.digit", _DIGITS, bar=1, fixed=True),
    Action("call.go_on", ("enter",)),
    Action("call.ten", ("t", "plus")),
    Action("call.missing", ("minus", "asterisk", "number_sign"), fixed=True),
    Action("call.up", ("up",)),
    Action("call.down", ("down",)),
    Action("call.dial", ("d", "f2"), bar=2),
    Action("call.objection", ("o", "f3"), bar=3),
    Action("call.ladder", ("e", "f4"), bar=4),
    Action("call.mood", ("m", "f5"), bar=5),
    Action("call.note", ("n", "f6"), bar=6),
    Action("call.finish", ("f", "f8"), bar=7),
    Action("call.no_answer", ("z", "f9"), bar=8, once=True),
    Action("call.next_number", ("l", "ctrl+n"), bar=10),
    Action("call.survey", ("s", "ctrl+e"), bar=11),
    Action("call.pane", ("tab",), bar=12),
    Action("call.pane_back", ("shift+tab",)),
    Action("call.back", ("b", "backspace"), bar=13),
    Action("call.map", ("k", "ctrl+r"), bar=20),
    Action("call.variant", ("v", "right"), bar=14),
    Action("call.worked", ("w", "ctrl+w"), bar=15),
    Action("call.failed", ("x", "ctrl+x"), bar=16),
    Action("call.promise", ("g", "ctrl+g"), bar=17),
    Action("call.owed", ("equals_sign",), bar=25),
    Action("call.chance", ("q", "dollar_sign"), bar=21),
    Action("call.case", ("full_stop", "ctrl+b"), bar=25),
    Action("call.complaint", ("exclamation_mark", "ctrl+s"), bar=9),
    Action("call.grumble", ("comma", "ctrl+d"), bar=23),
    Action("call.gap", ("percent_sign",), bar=24),
    Action("call.customer", ("c", "ctrl+k"), bar=18),
    Action("call.hang_up", ("h", "f10"), bar=9),
    Action("call.park", ("a", "ctrl+a"), bar=19),
    Action("call.release", ("r", "delete"), danger=True, once=True),
    Action("call.undo", ("u", "ctrl+u"), once=True),
    Action("call.extend", ("greater_than_sign", "ctrl+v"), bar=26),
    Action("call.leave", ("escape",)),
    Action("customer.digit", _DIGITS, bar=1, fixed=True),
    Action("customer.ring", ("t", "f2"), bar=2, once=True),
    Action("customer.answer", ("a", "f3"), bar=3, once=True),
    Action("customer.edit", ("e", "f4"), bar=4),
    Action("customer.number", ("n", "f6"), bar=5),
    Action("customer.stop", ("d", "f8"), bar=6, danger=True, once=True),
    Action("customer.match", ("m", "f9"), bar=7),
    Action("customer.back", ("b", "escape"), bar=8),
    Action("customer.case", ("c", "exclamation_mark"), bar=10),
    Action("customer.grievance", ("z", "f11"), bar=11),
    Action("customer.lift", ("l", "f10")),
    Action("customer.touch", ("k", "f5"), bar=9),
    Action("customer.consent", ("o", "ctrl+k")),
    Action("customer.override", ("x", "ctrl+x")),
    Action("customer.mend", ("g", "ctrl+g")),
    Action("customer.privacy", ("v", "ctrl+v"), once=True),
    Action("customer.lead", ("h", "ctrl+w")),
    Action("customer.pane", ("w", "tab")),
    Action("customer.next_page", ("right",)),
    Action("customer.page_before", ("left",)),
    Action("customer.up", ("up",)),
    Action("customer.down", ("down",)),
    Action("customer.leaf_up", ("pageup",)),
    Action("customer.leaf_down", ("pagedown",)),
    Action("customer.refresh", ("r", "ctrl+r")),
    Action("mend.put_right", ("enter", "n", "f6"), bar=1),
    Action("mend.drop", ("x", "delete"), bar=2, danger=True, once=True),
    Action("mend.same", ("s", "f8"), bar=3, danger=True, once=True),
    Action("mend.different", ("d", "f9"), bar=4, once=True),
    Action("mend.desk", ("k", "f5"), bar=5, once=True),
    Action("mend.file", ("t", "f2"), bar=6, once=True),
    Action("mend.customer", ("c", "f3"), bar=7),
    Action("mend.view", ("v", "f4"), bar=8),
    Action("mend.back", ("b", "escape"), bar=9),
    Action("mend.refresh", ("r", "ctrl+r")),
    Action("checks.resume", ("t", "enter", "f2"), bar=1, once=True),
    Action("checks.called", ("f", "f8"), bar=2, once=True),
    Action("checks.not_called", ("n", "f9"), bar=3, once=True),
    Action("checks.customer", ("c", "f3"), bar=4),
    Action("checks.back", ("b", "escape"), bar=5),
    Action("checks.refresh", ("r", "ctrl+r")),
    Action("today.correct", ("e", "enter", "f2"), bar=1, once=True),
    Action("today.customer", ("c", "f3"), bar=2),
    Action("today.back", ("b", "escape"), bar=3),
    Action("today.refresh", ("r", "ctrl+r")),
    Action("audit.when", ("t", "f3"), bar=1),
    Action("audit.who", ("w", "f4"), bar=2),
    Action("audit.what", ("a", "f6"), bar=3),
    Action("audit.about", ("s", "f8"), bar=4),
    Action("audit.customer", ("c", "enter", "f5"), bar=5),
    Action("audit.export", ("e", "f9"), bar=6, once=True),
    Action("audit.refresh", ("r", "ctrl+r")),
    Action("audit.back", ("b", "escape"), bar=7),
    Action("shift.keep", ("k", "f2"), bar=1),
    Action("shift.colleague", ("c", "f3"), bar=2),
    Action("shift.deputy", ("d", "f4"), bar=3),
    Action("shift.pool", ("x", "f5"), bar=4),
    Action("shift.same", ("s", "equals_sign"), bar=5),
    Action("shift.note", ("n", "f6"), bar=6),
    Action("shift.end", ("g", "f8"), bar=7, danger=True, once=True),
    Action("shift.begin", ("a", "f10"), bar=8, once=True),
    Action("shift.print", ("w", "f9"), bar=9),
    Action("shift.back", ("b", "escape"), bar=10),
    Action("shift.refresh", ("r", "ctrl+r")),
    Action("chances.won", ("enter", "f2"), bar=1, once=True),
    Action("chances.lost", ("x", "f9"), bar=2, once=True),
    Action("chances.reopen", ("u", "f4"), bar=3, once=True),
    Action("chances.state", ("v", "f3"), bar=4),
    Action("chances.kind", ("k", "f6"), bar=5),
    Action("chances.mine", ("m", "f8"), bar=6),
    Action("chances.report", ("w", "tab"), bar=7),
    Action("chances.customer", ("c", "f5"), bar=8),
    Action("chances.further", ("s", "space")),
    Action("chances.back", ("b", "escape"), bar=9),
    Action("chances.refresh", ("r", "ctrl+r")),
    Action("overrides.revoke", ("x", "f9"), bar=1, once=True),
    Action("overrides.customer", ("c", "enter", "f3"), bar=2),
    Action("overrides.back", ("b", "escape"), bar=3),
    Action("overrides.refresh", ("r", "ctrl+r")),
    Action("tiers.confirm", ("enter", "f2"), bar=1, once=True),
    Action("tiers.all", ("a", "f8"), bar=2, danger=True, once=True),
    Action("tiers.decline", ("x", "f9"), bar=3, once=True),
    Action("tiers.pin", ("e", "f4"), bar=4),
    Action("tiers.sort", ("s", "f6"), bar=5, once=True),
    Action("tiers.kind", ("v", "f3"), bar=6),
    Action("tiers.curve", ("w", "tab"), bar=7),
    Action("tiers.customer", ("c", "f5"), bar=8),
    Action("tiers.back", ("b", "escape"), bar=9),
    Action("tiers.refresh", ("r", "ctrl+r")),
    Action("promises.customer", ("c", "enter", "f3"), bar=1),
    Action("promises.view", ("v", "f4"), bar=2),
    Action("promises.mine", ("m", "f6"), bar=3),
    Action("promises.owner", ("o", "f8"), bar=4),
    Action("promises.done", ("d", "f9"), bar=5),
    Action("promises.rates", ("w", "tab"), bar=6),
    Action("promises.back", ("b", "escape"), bar=7),
    Action("promises.refresh", ("r", "ctrl+r")),
    Action("roster.edit", ("e", "enter", "f2"), bar=1),
    Action("roster.leave", ("l", "f4"), bar=2),
    Action("roster.sick", ("s", "f3"), bar=3),
    Action("roster.cancel", ("x", "f9"), bar=4),
    Action("roster.pattern", ("m", "f6"), bar=5),
    Action("roster.copy", ("c", "f5"), bar=6),
    Action("roster.deal", ("g", "f8"), bar=7),
    Action("roster.week_before", ("a", "comma"), bar=8),
    Action("roster.week_after", ("d", "full_stop"), bar=9),
    Action("roster.day_before", ("left",)),
    Action("roster.day_after", ("right",)),
    Action("roster.back", ("b", "escape"), bar=10),
    Action("roster.refresh", ("r", "ctrl+r")),
    Action("deal.go", ("g", "f8"), bar=1),
    Action("deal.mode", ("m", "f3"), bar=2),
    Action("deal.what", ("v", "f4"), bar=3),
    Action("deal.campaign", ("k", "f6"), bar=4),
    Action("deal.band", ("h", "f5"), bar=5),
    Action("deal.leave_out", ("x", "enter", "space"), bar=6),
    Action("deal.weight", ("e", "f2"), bar=7),
    Action("deal.undo", ("u", "ctrl+u"), bar=8, once=True),
    Action("deal.back", ("b", "escape"), bar=9),
    Action("deal.refresh", ("r", "ctrl+r")),
    Action("care.make", ("m", "f2"), bar=1, once=True),
    Action("care.level", ("l", "f4"), bar=2, once=True),
    Action("care.back", ("b", "escape"), bar=3),
    Action("care.refresh", ("r", "ctrl+r"), bar=4),
    Action("cases.open", ("enter", "f2"), bar=1),
    Action("cases.view", ("v", "f3"), bar=2),
    Action("cases.filter", ("f", "f4"), bar=3),
    Action("cases.find", ("s", "f6"), bar=4),
    Action("cases.clear", ("x", "f9"), bar=5),
    Action("cases.grumbles", ("g", "f5"), bar=6),
    Action("cases.customer", ("c", "f8"), bar=7),
    Action("cases.learning", ("l", "f10"), bar=8),
    Action("cases.back", ("b", "escape"), bar=9),
    Action("cases.refresh", ("r", "ctrl+r")),
    Action("board.open", ("enter",), bar=1),
    Action("board.formula", ("f", "f3"), bar=2),
    Action("board.act", ("z", "ctrl+w"), bar=3),
    Action("board.pane", ("w", "tab"), bar=4),
    Action("board.place", ("1", "2", "3", "4", "5"), fixed=True),
    Action("board.wall", ("v", "f4"), bar=5),
    Action("board.mute", ("m", "f6"), bar=6),
    Action("board.deal", ("g", "f8"), bar=7),
    Action("board.refresh", ("r", "ctrl+r")),
    Action("board.back", ("b", "escape"), bar=8),
    Action("wall.mute", ("m", "f6"), bar=1),
    Action("wall.refresh", ("r", "ctrl+r")),
    Action("wall.back", ("b", "escape"), bar=2),
    Action("behind.customer", ("c", "enter", "f3"), bar=1),
    Action("behind.act", ("z", "ctrl+w"), bar=2),
    Action("behind.act_all", ("x", "f9"), bar=3),
    Action("behind.refresh", ("r", "ctrl+r")),
    Action("behind.back", ("b", "escape"), bar=4),
    Action("learning.pane", ("w", "tab"), bar=1),
    Action("learning.period", ("v", "f3"), bar=2),
    Action("learning.back", ("b", "escape"), bar=3),
    Action("learning.refresh", ("r", "ctrl+r")),
    Action("learning.up", ("up",)),
    Action("learning.down", ("down",)),
    Action("learning.leaf_up", ("pageup",)),
    Action("learning.leaf_down", ("pagedown",)),
    Action("case.digit", ("1", "2", "3"), fixed=True),
    Action("case.note", ("n", "f6"), bar=1),
    Action("case.timer", ("t", "f5"), bar=2),
    Action("case.resolve", ("s", "f9"), bar=3),
    Action("case.verdict", ("k", "f10"), bar=4),
    Action("case.close", ("z", "ctrl+d"), bar=5),
    Action("case.handover", ("h", "f8"), bar=6),
    Action("case.accept", ("a", "ctrl+a"), bar=7),
    Action("case.decline", ("x", "ctrl+x"), bar=8),
    Action("case.escalate", ("l", "plus"), bar=9),
    Action("case.deescalate", ("d", "minus"), bar=10),
    Action("case.edit", ("e", "f4"), bar=11),
    Action("case.inspection", ("v", "ctrl+n"), bar=12),
    Action("case.understanding", ("u", "ctrl+u"), bar=13),
    Action("case.review", ("q", "ctrl+e"), bar=14),
    Action("case.reopen", ("o", "ctrl+w"), bar=15),
    Action("case.raise", ("g", "ctrl+g"), bar=16),
    Action("case.slip", ("f", "f2"), bar=17),
    Action("case.wish", ("asterisk", "f11"), bar=18),
    Action("case.counting", ("equals_sign", "ctrl+k"), bar=19),
    Action("case.order", ("m", "ctrl+b"), bar=20),
    Action("case.print", ("number_sign", "ctrl+s"), bar=21),
    Action("case.customer", ("c", "f3"), bar=22),
    Action("case.promise", ("comma",), bar=25),
    Action("case.pane", ("w", "tab"), bar=23),
    Action("case.back", ("b", "escape"), bar=24),
    Action("case.up", ("up",)),
    Action("case.down", ("down",)),
    Action("case.leaf_up", ("pageup",)),
    Action("case.leaf_down", ("pagedown",)),
    Action("case.refresh", ("r", "ctrl+r")),
    Action("imports.go_on", ("enter",), bar=1),
    Action("imports.change", ("e", "f2"), bar=2),
    Action("imports.try", ("t", "f4"), bar=3),
    Action("imports.run", ("g", "f8"), bar=4, once=True),
    Action("imports.kind", ("k", "f3"), bar=5),
    Action("imports.options", ("o", "f5"), bar=6),
    Action("imports.save", ("s", "ctrl+s"), bar=7),
    Action("imports.resume", ("c", "f6"), bar=8),
    Action("imports.take_back", ("x", "f9"), bar=9, danger=True, once=True),
    Action("imports.pane", ("w", "tab"), bar=10),
    Action("imports.back", ("b", "escape"), bar=11),
    Action("playbooks.open", ("e", "enter"), bar=1),
    Action("playbooks.other", ("o", "f3"), bar=2),
    Action("playbooks.changes", ("d", "f4"), bar=3),
    Action("playbooks.proposal", ("t", "f5"), bar=4),
    Action("playbooks.releases", ("v", "f6"), bar=5),
    Action("playbooks.publish", ("g", "f8"), bar=6),
    Action("playbooks.drop", ("x", "f9"), bar=7, danger=True, once=True),
    Action("playbooks.pane", ("w", "tab")),
    Action("playbooks.back", ("b", "escape"), bar=8),
    Action("editor.digit", _DIGITS, bar=2, fixed=True),
    Action("editor.write", ("e", "enter", "f6"), bar=1),
    Action("editor.finding", ("n", "f2"), bar=3),
    Action("editor.here", ("h", "f3"), bar=8),
    Action("editor.preview", ("w", "f4"), bar=4),
    Action("editor.changes", ("d", "f5"), bar=5),
    Action("editor.publish", ("g", "f8"), bar=6),
    Action("editor.drop", ("x", "f9"), bar=11, danger=True, once=True),
    Action("editor.theirs", ("t", "f10"), bar=12),
    Action("editor.variant", ("v", "right"), bar=9),
    Action("editor.step_back", ("b", "backspace"), bar=10),
    Action("editor.undo", ("u", "ctrl+z")),
    Action("editor.redo", ("r", "ctrl+r")),
    Action("editor.up", ("up",)),
    Action("editor.down", ("down",)),
    Action("editor.leaf_up", ("pageup",)),
    Action("editor.leaf_down", ("pagedown",)),
    Action("editor.back", ("escape",), bar=7),
    Action("settings.open", ("e", "enter"), bar=1),
    Action("settings.text", ("t", "f3"), bar=2),
    Action("settings.preview", ("w", "f5"), bar=3),
    Action("settings.releases", ("v", "f6"), bar=4),
    Action("settings.publish", ("g", "f8"), bar=5),
    Action("settings.back", ("b", "escape"), bar=6),
    Action("rule_form.change", ("e", "enter"), bar=1),
    Action("rule_form.clear", ("c", "delete"), bar=4),
    Action("rule_form.undo", ("u", "ctrl+z"), bar=5),
    Action("rule_form.preview", ("w", "f5"), bar=2),
    Action("rule_form.publish", ("g", "f8"), bar=3),
    Action("rule_form.new", ("n", "f6"), bar=6),
    Action("rule_form.remove", ("x", "f9"), bar=7, danger=True, once=True),
    Action("rule_form.changes", ("d", "f4"), bar=8),
    Action("rule_form.text", ("t", "f3"), bar=9),
    Action("rule_form.pane", ("tab", "right", "left"), bar=10),
    Action("rule_form.back", ("b", "escape"), bar=11),
    Action("releases.changes", ("d", "enter", "f4"), bar=1),
    Action("releases.roll_back", ("x", "f9"), bar=2, danger=True, once=True),
    Action("releases.back", ("b", "escape"), bar=3),
    Action("publish.go", ("g", "enter", "f8"), bar=1, once=True),
    Action("publish.toggle", ("t", "space"), bar=2),
    Action("publish.changes", ("d", "f4"), bar=3),
    Action("publish.preview", ("w", "f5"), bar=4),
    Action("publish.back", ("b", "escape"), bar=5),
)


def normal_key(key: str) -> str | None:
    """The Textual name of a key as a person writes it (`F5`, `ctrl+t`, `?`); none for nonsense."""
    *modifiers, last = key.strip().split("+") if len(key.strip()) > 1 else [key.strip()]
    if not set(modifiers) <= _MODIFIERS or len(set(modifiers)) != len(modifiers):
        return None
    if len(last) == 1:
        if not (last.isascii() and last.isprintable()) or last.isspace():
            return None
        last = next(iter(Binding.make_bindings([Binding(last, "x")]))).key
    elif last.lower() in _NAMED_KEYS:
        last = last.lower()
    elif len(format_key(last)) != 1 or not last.islower():
        return None
    name = "+".join([*sorted(modifiers), last])
    return None if name in _MERGED else name


@dataclass(frozen=True, slots=True)
class Registry:
    """All actions with the keys that hold at this desk.

    Attributes:
        actions: in the order of `ACTIONS`.
    """

    actions: tuple[Action, ...] = ACTIONS
    _by_id: Mapping[str, Action] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {action.id: action for action in self.actions})

    def __getitem__(self, action_id: str) -> Action:
        return self._by_id[action_id]

    def __contains__(self, action_id: object) -> bool:
        return action_id in self._by_id

    def of(self, scope: str) -> tuple[Action, ...]:
        """The actions of one screen, in the registry's order."""
        return tuple(action for action in self.actions if action.scope == scope)

    def remapped(self, keys: Mapping[str, str], where: str) -> Registry:
        """The registry with other keys for some actions.

        Args:
            keys: new keys by action id, several parted by commas.
            where: the file that says so, for errors.

        Raises:
            InputError: `keys_unknown`, `keys_unknown_close`, `keys_fixed`, `keys_nonsense` or
                `keys_clash`, each naming the file and the action.
        """
        changed = {}
        for action_id, text in keys.items():
            if action_id not in self:
                raise self._unknown(action_id, where)
            action = self[action_id]
            if action.fixed:
                raise InputError("keys_fixed", path=where, action=action_id)
            names = []
            for part in text.split(","):
                name = normal_key(part)
                if name is None:
                    raise InputError("keys_nonsense", path=where, action=action_id, key=part)
                names.append(name)
            changed[action_id] = replace(action, keys=tuple(names))
        registry = Registry(tuple(changed.get(action.id, action) for action in self.actions))
        for one, other, key in registry.clashes():
            raise InputError("keys_clash", path=where, action=one.id, other=other.id, key=key)
        return registry

    def _unknown(self, action_id: str, where: str) -> InputError:
        close = difflib.get_close_matches(action_id, self._by_id, n=1)
        if close:
            return InputError("keys_unknown_close", path=where, action=action_id, close=close[0])
        return InputError("keys_unknown", path=where, action=action_id)

    def clashes(self) -> Iterator[tuple[Action, Action, str]]:
        """Pairs of actions that one key would fire on the same screen."""
        scopes = {action.scope for action in self.actions}
        for scope in scopes:
            taken: dict[str, Action] = {}
            for action in (*self.of(scope), *(() if scope in MODAL else self.of(EVERYWHERE))):
                for key in action.keys:
                    if key in taken and taken[key].id != action.id:
                        yield taken[key], action, key
                    taken[key] = action

    def keymap(self) -> dict[str, str]:
        """The keys by binding id, as Textual's keymap wants them."""
        return {action.id: ",".join(action.keys) for action in self.actions if not action.fixed}


def bindings(scope: str) -> list[BindingType]:
    """The bindings of a screen (or of the app), each under its action's id."""
    return [
        Binding(key, _call(action, key), id=action.id, show=False)
        for action in ACTIONS
        if action.scope == scope
        for key in action.keys
    ]


def _call(action: Action, key: str) -> str:
    detail = f", '{key}'" if action.fixed else ""
    return f"carry_out('{action.id}'{detail})"
