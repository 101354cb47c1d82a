"""The words of a step made into plain text: variables, and the sandbox that fills them in.

A template may print a listed variable, and print something only if a variable is there. Nothing
else of Jinja is let through, so a template can neither read nor run anything; the sandbox stays
below as a second wall. Values are data: they are cleaned and never read as a template.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Final, Literal

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.errors import InputError
from domain.playbook import Part, Step
from domain.walk import Walk

VARIABLES: Final = (
    "customer.name",
    "customer.salutation",
    "customer.asset",
    "customer.plate",
    "customer.bought_on",
    "operator.name",
    "shop.name",
    "shop.phone",
    "callback.reason",
    "promise.text",
    "promise.due",
    "now.day_part",
)
"""Everything that a template can name."""

LONGEST_VALUE: Final = 120
"""Letters of a value that are spoken; what is longer is no name of anything."""

_DAY_PARTS: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "zh": ((5, "晚上"), (9, "早上"), (12, "上午"), (14, "中午"), (18, "下午"), (24, "晚上")),
    "en": ((5, "evening"), (12, "morning"), (18, "afternoon"), (24, "evening")),
}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Getattr,
    nodes.Name,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line for the screen, plain text without any markup.

    Attributes:
        kind: `say` for the customer's ear, `advice` for the operator's eye.
        text: cleaned of control and direction characters.
        label: `listen`, a stage of an answer, or nothing.
    """

    kind: Literal["say", "advice"]
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ScriptValues:
    """What the desk knows for the words of a call; what it does not know stays empty.

    Attributes:
        language: `zh` or `en`, the language of the words.
        customer_name: the full name.
        customer_salutation: see `domain.salutation`.
        customer_asset: model of the car, or what the shop sold.
        customer_plate: licence plate.
        customer_bought_on: day of the purchase.
        operator_name: who is calling.
        shop_name: for whom.
        shop_phone: the number to ring back, as spoken.
        callback_reason: why we call, as a phrase (`content.reasons.reason_of`).
        promise_text: what was promised last time, as a phrase.
        promise_due: for when, as one says it (`content.promise_words.spoken_moment`).
        local: the customer's wall clock (its offset is not looked at), for the greeting.
    """

    language: str
    customer_name: str = ""
    customer_salutation: str = ""
    customer_asset: str = ""
    customer_plate: str = ""
    customer_bought_on: date | None = None
    operator_name: str = ""
    shop_name: str = ""
    shop_phone: str = ""
    callback_reason: str = ""
    promise_text: str = ""
    promise_due: str = ""
    local: datetime | None = None

    def spoken(self) -> dict[str, str]:
        """The values by the names that templates use, as they are said."""
        texts = {
            "customer.name": self.customer_name,
            "customer.salutation": self.customer_salutation,
            "customer.asset": self.customer_asset,
            "customer.plate": self.customer_plate,
            "customer.bought_on": self._bought_on(),
            "operator.name": self.operator_name,
            "shop.name": self.shop_name,
            "shop.phone": self.shop_phone,
            "callback.reason": self.callback_reason,
            "promise.text": self.promise_text,
            "promise.due": self.promise_due,
            "now.day_part": _day_part(self.language, self.local) if self.local else "",
        }
        return {name: harmless(text) for name, text in texts.items()}

    def _bought_on(self) -> str:
        day = self.customer_bought_on
        if day is None:
            return ""
        other_year = self.local is None or self.local.year != day.year
        if self.language == "zh":
            return (
                f"{day.year}年{day.month}月{day.day}日"
                if other_year
                else f"{day.month}月{day.day}日"
            )
        spoken = f"{day.day} {_MONTHS[day.month - 1]}"
        return f"{spoken} {day.year}" if other_year else spoken


def render(step: Step, values: ScriptValues, variant: int = 0) -> tuple[Line, ...]:
    """The lines of a step: what to listen for and to heed, then the words of one wording.

    Args:
        step: the step, objection or rung.
        values: what is known; a paragraph whose condition leaves nothing is left out.
        variant: the wording, from 0; a step without words gives its advice only.

    Raises:
        InputError: `script_template` for a template that the check would refuse.
    """
    spoken = values.spoken()
    advice = [Line("advice", fill(part.text, spoken), part.label) for part in step.advice]
    words: tuple[Part, ...] = step.variants[variant].parts if step.variants else ()
    said = [Line("say", fill(part.text, spoken), part.label) for part in words]
    return tuple(line for line in (*advice, *said) if line.text)


def render_walk(walk: Walk, values: ScriptValues) -> tuple[Line, ...]:
    """The lines of the place where a walk stands; see `render`."""
    return render(walk.step, values, walk.place.variant)


def fill(template: str, spoken: Mapping[str, str]) -> str:
    """A template's plain text, white space folded.

    Args:
        template: as written in a playbook.
        spoken: the values by variable; a variable that is not listed here is empty.

    Raises:
        InputError: `script_template`.
    """
    if "{" not in template:
        return " ".join(template.split())
    groups: dict[str, dict[str, str]] = {}
    for name in VARIABLES:
        group, _, field = name.partition(".")
        groups.setdefault(group, {})[field] = spoken.get(name, "")
    return " ".join(_compiled(template).render(groups).split())


def fault(template: str) -> tuple[str, dict[str, object]] | None:
    """What is wrong with a template: a finding's code and parameters, or nothing."""
    if "{" not in template:
        return None
    try:
        tree = _sandbox().parse(template)
    except (TemplateSyntaxError, RecursionError):
        return "template_broken", {}
    return _fault_in(tree)


def harmless(text: str) -> str:
    """A stored value as one line of plain text: no control, escape or direction characters."""
    kept = (
        " " if letter.isspace() else "" if unicodedata.category(letter)[0] == "C" else letter
        for letter in text[: 4 * LONGEST_VALUE]
    )
    folded = " ".join("".join(kept).split())
    return folded if len(folded) <= LONGEST_VALUE else f"{folded[:LONGEST_VALUE]}…"


@cache
def _sandbox() -> ImmutableSandboxedEnvironment:
    # Plain text for a terminal: there is no HTML to escape for.
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    for shelf in (sandbox.globals, sandbox.filters, sandbox.tests):
        shelf.clear()
    return sandbox


@lru_cache(maxsize=2048)
def _compiled(template: str) -> Template:
    found = fault(template)
    if found is not None:
        raise InputError("script_template", text=template[:80])
    return _sandbox().from_string(template)


def _fault_in(tree: nodes.Template) -> tuple[str, dict[str, object]] | None:
    named = set()
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            return "template_forbidden", {"what": type(node).__name__}
        if isinstance(node, nodes.Getattr):
            if not isinstance(node.node, nodes.Name):
                return "variable_unknown", {"name": f"….{node.attr}"}
            name = f"{node.node.name}.{node.attr}"
            if name not in VARIABLES:
                return "variable_unknown", {"name": name}
            named.add(node.node)
    for lone in tree.find_all(nodes.Name):
        if lone not in named:
            return "variable_unknown", {"name": lone.name}
    return None


def _day_part(language: str, local: datetime) -> str:
    return next(word for until, word in _DAY_PARTS[language] if local.hour < until)
