"""The files of the scripts as a lead finds them: in force, planned, in draft, proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from content.script_set import ADVICE, KINDS
from domain.content_set import FileKey, FileText
from domain.permissions import allowed
from screens.scripts import take_shipped_in

if TYPE_CHECKING:
    from db.adoption import Proposal
    from db.content_drafts import ContentDraft
    from db.engine import Database
    from db.release_values import ContentFile, Release
    from domain.permissions import Actor

PUBLISH: Final = "playbooks.publish"
"""The use case that tells who may edit."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that the screens show, read at one time.

    Attributes:
        releases: all of them, the newest first.
        files: what is in force now.
        coming: what holds once every planned release is in force; a draft begins from it.
        drafts: one's own.
        proposals: newer shipped files beside edited ones.
    """

    releases: tuple[Release, ...]
    files: Mapping[FileKey, ContentFile]
    coming: Mapping[FileKey, ContentFile]
    drafts: Mapping[FileKey, ContentDraft]
    proposals: Mapping[FileKey, Proposal]

    def of(self, pair: tuple[str, str]) -> tuple[FileKey, ...]:
        """A file of a kind and name in every language that it has; one without any for rules."""
        return tuple(key for key in self.keys if key[:2] == pair)

    @property
    def keys(self) -> tuple[FileKey, ...]:
        """Every file, by kind and name, the languages of one beside each other."""
        every = {*self.files, *self.coming, *self.drafts}
        order = {kind: place for place, kind in enumerate(KINDS)}
        return tuple(sorted(every, key=lambda key: (order.get(key[0], len(order)), *key[1:])))

    def source(self, key: FileKey) -> str:
        """A file as one would go on writing it: one's draft, else what is coming."""
        draft, coming = self.drafts.get(key), self.coming.get(key)
        if draft is not None:
            return draft.source
        return coming.source if coming else ""

    def base(self, key: FileKey) -> str:
        """The digest of the version from which one's text was begun."""
        draft, coming = self.drafts.get(key), self.coming.get(key)
        if draft is not None:
            return draft.base
        return coming.digest if coming else ""

    def moved(self, key: FileKey) -> ContentFile | None:
        """The version that was published since one's draft was begun; none where there is none."""
        draft, coming = self.drafts.get(key), self.coming.get(key)
        if draft is None or coming is None or coming.digest == draft.base:
            return None
        return None if coming.source == draft.source else coming

    def texts(self, drafts: Iterable[FileKey]) -> tuple[FileText, ...]:
        """The files in force with some drafts in their places."""
        texts = {key: file.text for key, file in self.files.items()}
        for key in drafts:
            if key in self.drafts:
                texts[key] = FileText(*key, self.drafts[key].source)
        return tuple(texts[key] for key in sorted(texts))


def read_shelf(database: Database, actor: Actor) -> Shelf:
    """Reads the shelf; a database that has no release yet takes the shipped files in first.

    Raises:
        RefusedError: `not_allowed`.
    """
    from db import adoption, content_drafts, releases  # noqa: PLC0415 - connected long since

    known = releases.releases(database, actor)
    if not known:
        take_shipped_in(database)
        known = releases.releases(database, actor)
    files = {file.key: file for file in releases.release_files(database, actor)}
    coming = files
    plans = [one for one in known if one.state == "planned"]
    if plans:
        last = max(plans, key=lambda one: one.in_force_from)
        coming = {file.key: file for file in releases.release_files(database, actor, last.name)}
    drafts = (
        {one.key: one for one in content_drafts.content_drafts(database, actor)}
        if allowed(actor.role, PUBLISH)
        else {}
    )
    offered = {one.shipped.key: one for one in adoption.proposals(database, actor)}
    return Shelf(known, files, coming, drafts, offered)


def title_of(file: ContentFile | None) -> str:
    """The title that the operators read; empty for a file of advice."""
    if file is None or file.kind == ADVICE:
        return ""
    return str(file.parsed.get("title", ""))
