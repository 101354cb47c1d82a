"""A complaint in three keys, a grumble in one: what it is about, how far it has gone, the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from content.translations import Language
from domain.case import Level
from domain.case_rules import CaseRules
from screens.boxed import Boxed
from screens.choice import MOST
from screens.grievance import LEVELS, Grievance
from widgets.line import Line
from widgets.safe_text import cells, clean, fit

Asking = Literal["about", "level", "words"]
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its name, already spoken."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class GrievanceTask:
    """What the dialog asks.

    Attributes:
        grievance: as it is known; it counts as noted already.
        about: the categories of a complaint, or the departments that a grumble is told to.
        levels: how far a complaint can have gone.
        words_needed: whether there must be words in the end.
    """

    grievance: Grievance
    about: Sequence[Named]
    levels: Sequence[Named]
    words_needed: bool = False


def grievance_task(
    rules: CaseRules, language: Language, grievance: Grievance, *, words_needed: bool = False
) -> GrievanceTask:
    """What is asked about a grumble or a complaint, by the rules in force and in a language."""
    departments = {code: one.name for code, one in rules.departments.items()}
    about = rules.categories if grievance.weight == "complaint" else departments
    return GrievanceTask(
        grievance,
        tuple(Named(code, name.of(language)) for code, name in about.items())[:MOST],
        tuple(Named(code, rules.levels[Level(code)].name.of(language)) for code in LEVELS),
        words_needed,
    )


class GrievanceDialog(Boxed[bool]):
    """Asks step by step; each step is kept at once, so that leaving loses nothing.

    Gives back whether it was gone through to its end.

    Args:
        task: what is asked.
        keep: told of every change; none when it was taken back.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", show=False),
        Binding("backspace", "back", show=False),
        Binding("delete,f9", "take_back", show=False),
        Binding("tab,down", "go_on", show=False, priority=True),
        Binding("shift+tab,up", "back", show=False, priority=True),
        *(
            Binding(str(digit % 10), f"choose({digit - 1})", show=False)
            for digit in range(1, MOST + 1)
        ),
    ]

    def __init__(self, task: GrievanceTask, keep: Callable[[Grievance | None], None]) -> None:
        super().__init__()
        self._asked = task
        self._keep = keep
        self._is = task.grievance
        self._asking: Asking = "about" if task.about else self._after_about

    @property
    def _after_about(self) -> Asking:
        return "level" if self._is.weight == "complaint" else "words"

    def parts(self) -> Iterable[Widget]:
        """The line of the customer's words."""
        yield Line(self._is.description, id="grievance-words", limit=LONGEST)

    def on_mount(self) -> None:
        """A digit is the first answer; letters are words at any moment."""
        super().on_mount()
        if self._asking == "words":
            self._line.focus()

    @property
    def _line(self) -> Line:
        return self.query_one("#grievance-words", Line)

    # -- what is shown ----------------------------------------------------------------------

    def heading(self) -> str:
        """What was noted."""
        return self.t(f"grievance.title.{self._is.weight}")

    def text(self) -> Content:
        """Each question with its answers, the one that is asked now in full."""
        lines = []
        if self._asked.about:
            chosen = self._is.category if self._is.weight == "complaint" else self._is.department
            lines += self._question("about", self._asked.about, chosen)
        if self._is.weight == "complaint":
            lines += self._question("level", self._asked.levels, self._is.level)
        lines.append(self._head("words"))
        return Content("\n").join(lines)

    def _head(self, asking: Asking) -> Content:
        now = asking == self._asking
        about = f".{self._is.weight}" if asking == "about" else ""
        sign, style = ("▸ ", "bold $text-accent") if now else ("  ", "$muted")
        return Content.styled(f"{sign}{self.t(f'grievance.ask.{asking}{about}')}", style)

    def _question(
        self, asking: Asking, options: Sequence[Named], chosen: str | None
    ) -> list[Content]:
        if asking != self._asking:
            name = next((one.name for one in options if one.code == chosen), "·")
            return [Content.assemble(self._head(asking), "  ", (clean(name), "bold"))]
        widest = max(cells(clean(one.name)) for one in options) + 7
        across = max(1, min(3, self._room // widest))
        parts = [
            self._option(digit, one, one.code == chosen, self._room // across)
            for digit, one in enumerate(options, 1)
        ]
        rows = -(-len(parts) // across)
        return [
            self._head(asking),
            *(Content("").join(parts[row::rows]) for row in range(rows)),
        ]

    def _option(self, digit: int, one: Named, is_chosen: bool, width: int) -> Content:
        sign = "▸" if is_chosen else " "
        return Content.assemble(
            (f"   {sign}{digit % 10} ", "bold $text-accent"),
            (fit(one.name, width - 6), "bold" if is_chosen else ""),
        )

    @property
    def _room(self) -> int:
        return min(68, max(30, int(self.size.width * 0.96) - 4))

    def keys(self) -> str:
        """What the keys do now."""
        return self.t(f"grievance.keys.{self._asking}")

    def on_resize(self) -> None:
        """Lay the answers out for the width."""
        self.call_after_refresh(self.relabel)

    # -- keys -------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """A letter begins the words, whatever is asked."""
        letter = event.character
        if self.focused is self._line or letter is None or not letter.isprintable():
            return
        if not letter.isdigit():
            event.stop()
            event.prevent_default()
            self.take_text(letter)

    def take_text(self, text: str) -> None:
        """Text is always meant for the words."""
        self._ask("words")
        self._line.insert_text_at_cursor(text.replace("\n", " "))

    def _ask(self, asking: Asking) -> None:
        self._asking = asking
        if asking == "words":
            self._line.focus()
        else:
            self.set_focus(None)
        self.relabel()

    def _change(self, grievance: Grievance) -> None:
        self._is = grievance
        self._keep(grievance)

    def action_choose(self, place: int) -> None:
        """Answer what is asked by its digit."""
        if self._asking == "about" and place < len(self._asked.about):
            code = self._asked.about[place].code
            if self._is.weight == "complaint":
                self._change(replace(self._is, category=code))
            else:
                self._change(replace(self._is, department=code))
            self._ask(self._after_about)
        elif self._asking == "level" and place < len(self._asked.levels):
            self._change(replace(self._is, level=LEVELS[place]))
            self._ask("words")

    def action_go_on(self) -> None:
        """Leave the answer as it stands and ask the next thing."""
        if self._asking == "about":
            self._ask(self._after_about)
        elif self._asking == "level":
            self._ask("words")

    def action_back(self) -> None:
        """Ask the thing before again."""
        if self._asking == "words" and self._is.weight == "complaint":
            self._ask("level")
        elif self._asking != "about" and self._asked.about:
            self._ask("about")

    def action_leave(self) -> None:
        """Leave it as it stands; without the words that it needs it was none."""
        if self._asked.words_needed and not self._is.description.strip():
            self._keep(None)
        self.dismiss(False)  # noqa: FBT003 - the answer itself

    def action_take_back(self) -> None:
        """It was no grumble and no complaint."""
        self._keep(None)
        self.dismiss(False)  # noqa: FBT003 - the answer itself

    @on(Input.Changed, "#grievance-words")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self._is.description:
            self._change(replace(self._is, description=event.value))

    @on(Input.Submitted, "#grievance-words")
    def _done(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() or not self._asked.words_needed:
            self.dismiss(True)  # noqa: FBT003 - the answer itself
