"""A playbook file read: headings are steps, quotes are words, lists are choices, the rest advice.

Everything that the file alone shows to be wrong is found here, each fault with its line; what
needs the other files is found by `playbook_check`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from markdown_it.token import Token

from content.front_matter import FrontMatter, read_front_matter
from content.markdown_file import blocks_of, line_of, markdown, refusals
from content.pinyin import pinyin_of
from content.playbook_parts import NO_PARTS, Include, Parts
from content.script_finding import Finding
from content.script_rules import HEARD, script_rules
from content.variables import fault
from domain.playbook import (
    ACTIONS,
    MOST_CHOICES,
    Book,
    BookKind,
    Choice,
    Heard,
    Link,
    LinkKind,
    Part,
    Step,
    Variant,
)

LANGUAGES: Final = ("zh", "en")

_HEADING: Final = re.compile(r"^(?P<title>.*\S)\s*\{#(?P<id>[a-z0-9]+(-[a-z0-9]+)*)\}$")
_NAME: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_ID: Final = re.compile(f"^{_NAME}$")
_STEP: Final = re.compile(rf"^(?:(?P<book>{_NAME})\.md)?#(?P<step>{_NAME})$")
_ASK: Final = re.compile(rf"^ask:(?P<survey>{_NAME})/(?P<question>{_NAME})$")
_DO: Final = re.compile(rf"^do:(?P<action>{_NAME})(?:/(?P<argument>{_NAME}))?$")
_INCLUDED: Final = "](include:"
_INCLUDE: Final = re.compile(rf"^include:(?P<book>{_NAME})\.md#(?P<part>{_NAME})$")
_ARROWS: Final = ("→", "->")


@dataclass(frozen=True, slots=True)
class Source:
    """A file before it is read.

    Attributes:
        file: its path, as findings name it.
        language: `zh` or `en`; the head of the file may say another.
        text: what stands in it.
    """

    file: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of a file.

    Attributes:
        book: the book, as far as it could be read.
        findings: every fault.
        includes: the parts that it brings in.
    """

    book: Book | None
    findings: tuple[Finding, ...]
    includes: tuple[Include, ...] = ()


def parse_books(sources: Iterable[Source], parts: Iterable[Book] = ()) -> tuple[Parsed, ...]:
    """Files read together: books of parts first, so that the others can bring them in.

    Args:
        sources: the files, in the order of the answer.
        parts: books of parts that stand beside the files; one of the files' own comes before them.
    """
    files = tuple(sources)
    first = {source: parse_book(source) for source in files if _INCLUDED not in source.text}
    shared = Parts([*parts, *(one.book for one in first.values() if one.book is not None)])
    return tuple(first.get(source) or parse_book(source, shared) for source in files)


@lru_cache(maxsize=512)
def parse_book(source: Source, parts: Parts = NO_PARTS) -> Parsed:
    """The book of a file, with every fault that the file alone shows.

    A file that did not change is read once: an editor checks all files after every pause.

    Args:
        source: the file.
        parts: what it may bring in.
    """
    refused = tuple(refusals(source.file, source.text))
    if refused:
        return Parsed(None, refused)
    head = read_front_matter(source.file, source.text)
    findings = [*head.findings, *_head_faults(source.file, head)]
    language = head.values.get("language", source.language)
    if language not in LANGUAGES:
        findings.append(Finding(source.file, 1, "language_unknown", {"language": language[:20]}))
    if findings:
        return Parsed(None, tuple(findings))
    kind = BookKind(head.values.get("kind", "playbook"))
    reader = _Reader(source.file, head.values["id"], kind, language, parts)
    steps = reader.read(markdown().parse(head.body))
    if not steps and not reader.findings:
        reader.findings.append(Finding(source.file, 1, "no_steps"))
    if not steps:
        return Parsed(None, tuple(reader.findings), tuple(reader.includes))
    brought = "".join(
        sorted({parts.version(language, include.book) for include in reader.includes})
    )
    book = Book(
        id=head.values["id"],
        kind=kind,
        title=head.values["title"],
        language=language,
        version=hashlib.sha256(f"{source.text}{brought}".encode()).hexdigest()[:12],
        steps=tuple(steps),
        survey=head.values.get("survey"),
        confirmed=head.values.get("confirmed"),
        file=source.file,
    )
    return Parsed(book, tuple(sorted(reader.findings)), tuple(reader.includes))


def _head_faults(file: str, head: FrontMatter) -> Iterable[Finding]:
    kind = head.values.get("kind", "playbook")
    if kind not in list(BookKind):
        yield Finding(file, head.lines["kind"], "kind_unknown", {"kind": kind[:40]})
    for key in ("id", "survey", "confirmed"):
        value = head.values.get(key)
        if value is not None and not _ID.match(value):
            yield Finding(file, head.lines[key], "id_form", {"id": value[:40]})


@dataclass(slots=True)
class _Draft:
    """A step while its lines are being read."""

    id: str
    title: str
    line: int
    variants: list[Variant] = field(default_factory=list)
    advice: list[Part] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    def step(self) -> Step:
        return Step(
            self.id,
            self.title,
            tuple(self.variants),
            tuple(self.advice),
            tuple(self.choices),
            tuple(self.heard),
            self.line,
        )


class _Reader:
    """Goes through a file's blocks and collects steps and faults."""

    def __init__(self, file: str, book: str, kind: BookKind, language: str, parts: Parts) -> None:
        self._file = file
        self._book = book
        self._kind = kind
        self._language = language
        self._parts = parts
        self._joint = "" if language == "zh" else " "
        self._labels: Mapping[str, str] = script_rules(language).labels
        self._drafts: dict[str, _Draft] = {}
        # What stands under a faulty heading is still read for its faults, into a step that is lost.
        self._draft = _Draft("", "", 0)
        self.findings: list[Finding] = []
        self.includes: list[Include] = []

    def read(self, tokens: Sequence[Token]) -> list[Step]:
        readers: Mapping[str, Callable[[Sequence[Token]], None]] = {
            "heading_open": self._heading,
            "paragraph_open": self._paragraph,
            "blockquote_open": self._quote,
            "bullet_list_open": self._list,
        }
        for block in blocks_of(tokens):
            first = block[0]
            reader = readers.get(first.type)
            if reader is None:
                self._fault(line_of(first), "block_unknown", what=first.type.removesuffix("_open"))
            elif not self._draft.line and first.type != "heading_open":
                self._fault(line_of(first), "before_first_step")
            else:
                reader(block)
        return [draft.step() for draft in self._drafts.values()]

    def _fault(self, line: int, code: str, **params: object) -> None:
        self.findings.append(Finding(self._file, line, code, params))

    def _heading(self, block: Sequence[Token]) -> None:
        line = line_of(block[0])
        if block[0].tag != "h2":
            self._fault(line, "heading_level")
            return
        match = _HEADING.match(self._plain(block[1], words=False))
        if match is None:
            self._fault(line, "step_no_id")
            self._draft = _Draft("", "", line)
            return
        step_id, title = match["id"], match["title"]
        if step_id in self._drafts:
            self._fault(line, "step_twice", id=step_id)
        self._draft = self._drafts[step_id] = _Draft(step_id, title, line)
        if self._kind is BookKind.OBJECTIONS:
            self._draft.heard.append(Heard(title, pinyin_of(title)))

    def _paragraph(self, block: Sequence[Token]) -> None:
        target = _lone_link(block[1])
        if target.startswith("include:"):
            self._include(target, line_of(block[0]))
            return
        part = self._part(block[1], line_of(block[0]))
        draft = self._draft
        if part.label == HEARD:
            for words in re.split(r"\s*[·|]\s*", part.text):
                if words.strip():
                    draft.heard.append(Heard(words.strip(), pinyin_of(words.strip())))
        else:
            draft.advice.append(part)

    def _include(self, target: str, line: int) -> None:
        match = _INCLUDE.match(target)
        if match is None:
            self._fault(line, "include_form", link=target[:60])
            return
        if self._kind is BookKind.PARTS:
            self._fault(line, "include_in_part")
            return
        include = Include(match["book"], match["part"], line)
        self.includes.append(include)
        part = self._parts.bring(self._language, include, self._book)
        if part is None:
            self._fault(line, "include_dead", book=include.book, part=include.part)
            return
        draft = self._draft
        draft.advice.extend(part.advice)
        draft.variants.extend(part.variants)
        draft.choices.extend(part.choices)
        self._count_choices(line)

    def _count_choices(self, line: int) -> None:
        if len(self._draft.choices) > MOST_CHOICES:
            self._fault(line, "too_many_choices", most=MOST_CHOICES)

    def _quote(self, block: Sequence[Token]) -> None:
        parts = []
        for inner in blocks_of(block[1:-1]):
            if inner[0].type == "paragraph_open":
                parts.append(self._part(inner[1], line_of(inner[0])))
            else:
                what = inner[0].type.removesuffix("_open")
                self._fault(line_of(inner[0]), "block_unknown", what=what)
        if parts:
            self._draft.variants.append(Variant(tuple(parts), line_of(block[0])))

    def _list(self, block: Sequence[Token]) -> None:
        draft = self._draft
        for item in blocks_of(block[1:-1]):
            line = line_of(item[0])
            if [token.type for token in item[1:3]] != ["paragraph_open", "inline"] or len(item) > 5:
                self._fault(line, "choice_form")
                continue
            choice = self._choice(item[2], line)
            if choice is not None:
                draft.choices.append(choice)
                if len(draft.choices) == MOST_CHOICES + 1:
                    self._count_choices(line)

    def _choice(self, inline: Token, line: int) -> Choice | None:
        labels: list[str] = []
        targets: list[str] = []
        between = ""
        inside = False
        for child in inline.children or ():
            if child.type == "link_open":
                targets.append(str(child.attrs.get("href", "")))
                labels.append("")
                inside = True
            elif child.type == "link_close":
                inside = False
            elif inside:
                labels[-1] += child.content
            else:
                between += child.content
        if not targets or len(targets) > 2 or not labels[0].strip():
            self._fault(line, "choice_form")
            return None
        if between.strip() not in (_ARROWS if len(targets) == 2 else ("",)):
            self._fault(line, "choice_form")
            return None
        links = [self._link(target, line) for target in targets]
        if links[0] is None or None in links:
            return None
        then = links[1] if len(links) == 2 else None
        if then and (then.kind is not LinkKind.STEP or links[0].kind is LinkKind.STEP):
            self._fault(line, "choice_form")
            return None
        return Choice(labels[0].strip(), links[0], then, line)

    def _link(self, target: str, line: int) -> Link | None:
        if match := _STEP.match(target):
            return Link(LinkKind.STEP, match["book"] or self._book, match["step"])
        if match := _ASK.match(target):
            return Link(LinkKind.ASK, match["survey"], match["question"])
        if match := _DO.match(target):
            action, argument = match["action"], match["argument"] or ""
            known = ACTIONS.get(action)
            if known is None:
                self._fault(line, "do_unknown", action=action)
                return None
            if (known.argument == "none") == bool(argument):
                self._fault(line, "do_argument", action=action)
                return None
            return Link(LinkKind.DO, action, argument)
        self._fault(line, "link_form", link=target[:60])
        return None

    def _part(self, inline: Token, line: int) -> Part:
        children = list(inline.children or ())
        label = ""
        if [child.type for child in children[:3]] == ["em_open", "text", "em_close"]:
            name = children[1].content.rstrip(" .。:：")
            if name in self._labels:
                label = self._labels[name]
                del children[:3]
            elif self._kind is BookKind.OBJECTIONS:
                self._fault(line, "label_unknown", label=name[:40])
        text = self._plain(inline, children=children).strip()
        wrong = fault(text)
        if wrong is not None:
            self._fault(line, wrong[0], **wrong[1])
        return Part(text, label, line)

    def _plain(
        self, inline: Token, *, words: bool = True, children: Sequence[Token] | None = None
    ) -> str:
        pieces = []
        for child in inline.children or () if children is None else children:
            if child.type in ("softbreak", "hardbreak"):
                pieces.append(self._joint)
            elif child.type in ("link_open", "image") and words:
                self._fault(line_of(inline), "link_in_words")
            else:
                pieces.append(child.content)
        return "".join(pieces)


def _lone_link(inline: Token) -> str:
    """Where the only link of a paragraph that holds nothing else leads; else empty."""
    children = list(inline.children or ())
    kinds = [child.type for child in children]
    if kinds[:1] != ["link_open"] or kinds[-1:] != ["link_close"] or kinds.count("link_open") > 1:
        return ""
    return str(children[0].attrs.get("href", ""))
