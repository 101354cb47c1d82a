"""A handbook file read: a heading is a card, with text, lists, words to say and dialogues.

Everything that the file alone shows to be wrong is found here, each fault with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from markdown_it.token import Token

from content.front_matter import FrontMatter, read_front_matter
from content.handbook_rules import CLAIM, FIND, GOES_WITH, SOURCE, TURNS, HandbookRules
from content.handbook_rules import handbook_rules as rules_of
from content.markdown_file import blocks_of, line_of, markdown, refusals
from content.pinyin import pinyin_of
from content.playbook_parser import LANGUAGES, Source
from content.script_finding import Finding
from domain.handbook import BOOK, Block, BlockKind, Card, Claim
from domain.playbook import Heard

KIND: Final = "handbook"
"""What the head of a file of cards says under `kind`."""

_NAME: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_ID: Final = re.compile(f"^{_NAME}$")
_HEADING: Final = re.compile(rf"^(?P<title>.*\S)\s*\{{#(?P<id>{_NAME})\}}$")
_GOES_WITH: Final = re.compile(rf"^(?:{BOOK})?{_NAME}$|^{_NAME}/{_NAME}$")
_COLONS: Final = (":", "：")
_ONLY_SCRIPTS: Final = ("survey", "confirmed")


@dataclass(frozen=True, slots=True)
class ParsedCards:
    """What became of a file: its cards, as far as they could be read, and every fault."""

    language: str
    cards: tuple[Card, ...]
    findings: tuple[Finding, ...]


def parse_cards(source: Source) -> ParsedCards:
    """The cards of a file, with every fault that the file alone shows."""
    refused = tuple(refusals(source.file, source.text))
    if refused:
        return ParsedCards(source.language, (), refused)
    head = read_front_matter(source.file, source.text)
    language = head.values.get("language", source.language)
    findings = [*head.findings, *_head_faults(source.file, head, language)]
    if findings:
        return ParsedCards(language, (), tuple(findings))
    reader = _Reader(source.file, head.values["title"], rules_of(language))
    cards = reader.read(markdown().parse(head.body))
    if not cards and not reader.findings:
        reader.findings.append(Finding(source.file, 1, "no_cards"))
    return ParsedCards(language, tuple(cards), tuple(sorted(reader.findings)))


def _head_faults(file: str, head: FrontMatter, language: str) -> Iterator[Finding]:
    if head.values.get("kind") != KIND:
        line = head.lines.get("kind", 1)
        yield Finding(file, line, "kind_unknown", {"kind": head.values.get("kind", "")[:40]})
    for key in _ONLY_SCRIPTS:
        if key in head.values:
            yield Finding(file, head.lines[key], "front_key", {"key": key})
    if "id" in head.values and not _ID.match(head.values["id"]):
        yield Finding(file, head.lines["id"], "id_form", {"id": head.values["id"][:40]})
    if language not in LANGUAGES:
        yield Finding(file, 1, "language_unknown", {"language": language[:20]})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or the part of one from a label to the next."""

    label: str
    text: str
    line: int


@dataclass(slots=True)
class _Draft:
    """A card while its lines are being read."""

    id: str
    title: str
    line: int
    blocks: list[Block | Claim] = field(default_factory=list)
    find: list[Heard] = field(default_factory=list)
    goes_with: list[str] = field(default_factory=list)
    claim: _Piece | None = None

    def paragraphs(self) -> Iterator[str]:
        """What is printed below the title, a paragraph at a time, for measuring."""
        for block in self.blocks:
            yield block.text
            if isinstance(block, Claim):
                yield block.source


class _Reader:
    """Goes through a file's blocks and collects cards and faults."""

    def __init__(self, file: str, topic: str, rules: HandbookRules) -> None:
        self._file = file
        self._topic = topic
        self._rules = rules
        self._joint = "" if rules.language == "zh" else " "
        self._drafts: dict[str, _Draft] = {}
        # What stands under a faulty heading is still read for its faults, into a card that is lost.
        self._draft = _Draft("", "", 0)
        self.findings: list[Finding] = []

    def read(self, tokens: Sequence[Token]) -> list[Card]:
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
                what = first.type.removesuffix("_open")
                self._fault(line_of(first), "card_block", what=what)
            elif not self._draft.line and first.type != "heading_open":
                self._fault(line_of(first), "before_first_card")
            else:
                if first.type != "paragraph_open":
                    self._close_claim()
                reader(block)
        self._close()
        return [self._card(draft) for draft in self._drafts.values()]

    def _card(self, draft: _Draft) -> Card:
        return Card(
            id=draft.id,
            title=draft.title,
            topic=self._topic,
            blocks=tuple(draft.blocks),
            find=(Heard(draft.title, pinyin_of(draft.title)), *draft.find),
            goes_with=tuple(draft.goes_with),
            file=self._file,
            line=draft.line,
        )

    def _fault(self, line: int, code: str, **params: object) -> None:
        self.findings.append(Finding(self._file, line, code, params))

    def _close_claim(self) -> None:
        claim, self._draft.claim = self._draft.claim, None
        if claim is not None:
            self._fault(claim.line, "claim_no_source", text=claim.text[:60])

    def _close(self) -> None:
        """Look at the card as a whole, now that its last line is read."""
        draft = self._draft
        self._close_claim()
        if not draft.id:
            return
        if not draft.blocks:
            self._fault(draft.line, "card_empty", card=draft.id)
        length = self._rules.length(draft.paragraphs())
        if length > self._rules.lines:
            most = self._rules.lines
            self._fault(draft.line, "card_too_long", card=draft.id, lines=length, most=most)

    def _heading(self, block: Sequence[Token]) -> None:
        self._close()
        line = line_of(block[0])
        match = _HEADING.match(self._plain(block[1].children or (), line))
        if block[0].tag != "h2" or match is None:
            self._fault(line, "card_heading")
            self._draft = _Draft("", "", line)
            return
        card_id = match["id"]
        if card_id in self._drafts:
            self._fault(line, "card_twice", card=card_id)
        self._draft = self._drafts[card_id] = _Draft(card_id, match["title"], line)

    def _paragraph(self, block: Sequence[Token]) -> None:
        for piece in self._pieces(block[1], line_of(block[0])):
            self._take(piece)

    def _take(self, piece: _Piece) -> None:
        draft = self._draft
        if piece.label == SOURCE:
            self._source(piece)
            return
        self._close_claim()
        if piece.label == CLAIM:
            draft.claim = piece
        elif piece.label == FIND:
            draft.find += (Heard(one, pinyin_of(one)) for one in _parted(piece.text))
        elif piece.label == GOES_WITH:
            self._goes_with(piece)
        elif piece.label in ("customer", "we"):
            self._fault(piece.line, "turn_unquoted")
        else:
            kind = BlockKind.RUNG if piece.label else BlockKind.TEXT
            draft.blocks.append(Block(kind, piece.text, piece.line))

    def _source(self, piece: _Piece) -> None:
        claim, self._draft.claim = self._draft.claim, None
        if claim is None:
            self._fault(piece.line, "source_alone")
        elif not piece.text:
            self._fault(claim.line, "claim_no_source", text=claim.text[:60])
        else:
            self._draft.blocks.append(Claim(claim.text, piece.text, claim.line))

    def _goes_with(self, piece: _Piece) -> None:
        for name in _parted(piece.text):
            if _GOES_WITH.match(name):
                self._draft.goes_with.append(name)
            else:
                self._fault(piece.line, "goes_with_form", name=name[:40])

    def _quote(self, block: Sequence[Token]) -> None:
        for inner in blocks_of(block[1:-1]):
            line = line_of(inner[0])
            if inner[0].type != "paragraph_open":
                self._fault(line, "card_block", what=inner[0].type.removesuffix("_open"))
                continue
            for piece in self._pieces(inner[1], line):
                if piece.label in (FIND, GOES_WITH, CLAIM, SOURCE):
                    self._fault(piece.line, "label_in_quote")
                else:
                    kind = BlockKind(piece.label) if piece.label in TURNS else BlockKind.WORDS
                    self._draft.blocks.append(Block(kind, piece.text, piece.line))

    def _list(self, block: Sequence[Token]) -> None:
        for item in blocks_of(block[1:-1]):
            line = line_of(item[0])
            if [token.type for token in item[1:3]] != ["paragraph_open", "inline"] or len(item) > 5:
                self._fault(line, "card_list")
                continue
            text = self._plain(item[2].children or (), line)
            self._draft.blocks.append(Block(BlockKind.BULLET, text, line))

    def _pieces(self, inline: Token, line: int) -> Iterator[_Piece]:
        """The paragraph parted at its labels: each line of it may begin with one."""
        children = list(inline.children or ())
        starts = [0]
        for place, child in enumerate(children, 1):
            if child.type == "softbreak" and _label(children[place:]) is not None:
                starts.append(place)
        for start, end in zip(starts, [*starts[1:], len(children)], strict=True):
            part = children[start:end]
            breaks = sum(child.type in ("softbreak", "hardbreak") for child in children[:start])
            yield self._piece(part, line + breaks)

    def _piece(self, children: list[Token], line: int) -> _Piece:
        name = _label(children)
        label = ""
        if name is not None:
            label = self._rules.labels.get(name, "")
            if not label:
                self._fault(line, "label_unknown", label=name[:40])
            children = children[3:]
        text = self._plain(children, line)
        if not text and label != SOURCE:
            self._fault(line, "label_empty", label=name or "")
        return _Piece(label, text, line)

    def _plain(self, children: Iterable[Token], line: int) -> str:
        pieces = []
        for child in children:
            if child.type in ("softbreak", "hardbreak"):
                pieces.append(self._joint)
            elif child.type in ("link_open", "image"):
                self._fault(line, "link_in_words")
            else:
                pieces.append(child.content)
        text = "".join(pieces).strip()
        if "*" in text:
            self._fault(line, "star_left")
        if "{{" in text or "{%" in text:
            self._fault(line, "card_variable")
        return text


def _parted(text: str) -> Iterator[str]:
    return (piece.strip() for piece in re.split("[·|]", text) if piece.strip())


def _label(children: Sequence[Token]) -> str | None:
    """The emphasised word with a colon that a line begins with; none where it has none."""
    kinds = [child.type for child in children[:3]]
    if kinds != ["em_open", "text", "em_close"]:
        return None
    name = children[1].content.strip()
    return name.rstrip("".join(_COLONS)).strip() if name.endswith(_COLONS) else None
