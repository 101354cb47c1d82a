"""Writing the persons of a file: new ones, known ones that changed, and those found to be one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.import_batch import Batch
from db.import_changes import KnownPerson, fill_in, load_known, write_changes
from db.import_links import add_assets, ensure_numbers, insert_links, key_of, link_values
from db.import_memory import Remembered, recall, remember, shortened
from db.import_stops import add_consents, add_stops
from db.import_tally import Result
from db.many import insert_many
from db.matching import find_matches
from db.number_hash import erased_numbers
from db.tables import person, possible_match
from domain.record.one_person import OnePerson, as_one, natural_key, remembered_values
from domain.record.rows import PersonRecord
from domain.record.same_person import Verdict, identity_of

KIND: Final = "customers"
"""The kind of memory under which persons are kept, whatever file brought them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row's record of a person."""

    row: int
    record: PersonRecord

    @property
    def key(self) -> str:
        """The natural key within the source."""
        return shortened(natural_key(self.record))


@dataclass(frozen=True, slots=True)
class Group:
    """The records of a file that are one person.

    Attributes:
        entries: in the file's order.
        possible: keys of persons of earlier groups that may be the same, each with the reason.
    """

    entries: tuple[Entry, ...]
    possible: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonEnd:
    """What became of one row's person; `person_id` is none for a rejected one."""

    row: int
    result: Result
    person_id: int | None
    reason: str = ""
    with_row: int | None = None
    with_id: int | None = None


class PeopleWriter:
    """Writes groups of records; every entry gets its end.

    Args:
        batch: the batch.
        groups: the persons, in the file's order.
        number_needed: whether a new person without any number that can be called is left out.
    """

    def __init__(
        self, batch: Batch, groups: Sequence[Group], *, number_needed: bool = False
    ) -> None:
        self._batch: Final = batch
        self._number_needed: Final = number_needed
        self._groups: Final = groups
        self._ends: dict[int, PersonEnd] = {}
        entries = [entry for group in groups for entry in group.entries]
        self._known: Final[Mapping[str, Remembered]] = recall(
            batch.unit, KIND, batch.source, (entry.key for entry in entries)
        )
        self._numbers: Final = ensure_numbers(
            batch, (cell for entry in entries for cell in entry.record.phones)
        )
        self._persons: Final[Mapping[int, KnownPerson]] = load_known(
            batch.unit, {known.row_id for known in self._known.values()}
        )
        self._written: dict[int, list[str]] = {}
        self._consents: dict[int, bool] = {}

    def write(self) -> Mapping[int, PersonEnd]:
        """Writes all groups and returns each row's end."""
        fresh = self._without_number(self._without_erased(self._known_groups()))
        self._add(self._match(fresh))
        add_consents(self._batch, self._consents)
        self._batch.audit_all("import", "person", self._written)
        return self._ends

    def _known_groups(self) -> list[Group]:
        """Writes groups of which the memory knows a record; returns the others."""
        unknown = []
        for group in self._groups:
            known = [entry for entry in group.entries if entry.key in self._known]
            if not known:
                unknown.append(group)
                continue
            base = self._persons[self._known[known[0].key].row_id]
            for entry in group.entries:
                if base.erased:
                    self._end(entry, "rejected", None, "erased")
                elif entry.key in self._known:
                    self._compare(entry, self._known[entry.key])
                else:
                    self._merge(entry, base, "number", with_row=known[0].row)
        return unknown

    def _compare(self, entry: Entry, known: Remembered) -> None:
        """A record that was imported before: against the last imported value, nothing else."""
        target = self._persons[known.row_id]
        if target.erased:
            self._end(entry, "rejected", None, "erased")
            return
        values = remembered_values(entry.record)
        changed = {name: one for name, one in values.items() if known.fields.get(name) != one}
        if not changed:
            self._end(entry, "unchanged", target.id)
            return
        written = write_changes(self._batch, target, entry.record, changed, known, entry.row)
        if "consent" in changed and entry.record.consent is not None:
            self._consents[target.id] = entry.record.consent
        self._stop(entry.record, target.id)
        self._end(entry, "updated" if written else "unchanged", target.id)
        if written:
            self._written.setdefault(target.id, []).extend(written)

    def _without_erased(self, groups: list[Group]) -> list[Group]:
        """Ends the groups of persons who were erased: by a number, or by the key of an import."""
        known = [_known_by(group) for group in groups]
        erased = erased_numbers(self._batch.unit, set().union(*known))
        left = []
        for group, names in zip(groups, known, strict=True):
            if names & erased:
                for entry in group.entries:
                    self._end(entry, "rejected", None, "erased")
            else:
                left.append(group)
        return left

    def _without_number(self, groups: list[Group]) -> list[Group]:
        if not self._number_needed:
            return groups
        left = []
        for group in groups:
            if any(entry.record.numbers for entry in group.entries):
                left.append(group)
            else:
                for entry in group.entries:
                    self._end(entry, "rejected", None, "no_usable_number")
        return left

    def _match(self, groups: list[Group]) -> list[tuple[Group, list[tuple[int, Verdict]]]]:
        """Merges groups with persons of the desk; returns those left, with whom they may be."""
        identities = [identity_of(entry.record) for group in groups for entry in group.entries]
        found = iter(find_matches(self._batch.unit, identities))
        left = []
        for group in groups:
            matches = [match for _ in group.entries for match in next(found)]
            same = [match for match in matches if match[1].sameness == "same"]
            if not same:
                left.append((group, matches))
                continue
            who, verdict = same[0]
            target = load_known(self._batch.unit, {who})[who]
            for entry in group.entries:
                self._merge(entry, target, verdict.reason, with_id=who)
        return left

    def _merge(
        self,
        entry: Entry,
        target: KnownPerson,
        reason: str,
        *,
        with_row: int | None = None,
        with_id: int | None = None,
    ) -> None:
        """A record of a person who is known by another key: fills in what the desk lacks."""
        written = fill_in(self._batch, target, entry.record, self._numbers)
        values = remembered_values(entry.record)
        remember(
            self._batch.unit, KIND, self._batch.source, self._batch.import_id,
            [(entry.key, target.id, values, False)],
        )  # fmt: skip
        if entry.record.consent is not None:
            self._consents[target.id] = entry.record.consent
        self._stop(entry.record, target.id)
        self._end(
            entry, "merged", target.id, reason, with_row=with_row, with_id=with_id or target.id
        )
        self._written.setdefault(target.id, []).extend(written)

    def _add(self, groups: Sequence[tuple[Group, list[tuple[int, Verdict]]]]) -> None:
        if not groups:
            return
        wholes = [as_one([entry.record for entry in group.entries]) for group, _ in groups]
        unit = self._batch.unit
        made = insert_many(unit, person, [_person_values(self._batch, whole) for whole in wholes])
        links: list[dict[str, Any]] = []
        assets = []
        records = []
        for (group, _), whole, person_id in zip(groups, wholes, made, strict=True):
            links += link_values(self._batch, person_id, whole.phones, self._numbers)
            assets += [(person_id, asset) for asset in whole.assets]
            records += [
                (entry.key, person_id, remembered_values(entry.record), True)
                for entry in group.entries
            ]
            if whole.consent is not None:
                self._consents[person_id] = whole.consent
            self._written[person_id] = ["name", *whole.fields]
        insert_links(self._batch, links)
        add_assets(self._batch, assets)
        newest = {record[0]: record for record in records}
        remember(unit, KIND, self._batch.source, self._batch.import_id, list(newest.values()))
        for (group, matches), person_id in zip(groups, made, strict=True):
            self._end_added(group, person_id, self._suspected(group, person_id, matches))
            for entry in group.entries:
                self._stop(entry.record, person_id)

    def _suspected(
        self, group: Group, person_id: int, matches: Iterable[tuple[int, Verdict]]
    ) -> tuple[int, str] | None:
        """Lists with whom a new person may be one; returns the first of them with the reason."""
        keys = dict(group.possible)
        earlier = recall(self._batch.unit, KIND, self._batch.source, keys) if keys else {}
        pairs = {earlier[key].row_id: reason for key, reason in keys.items() if key in earlier}
        pairs |= {who: verdict.reason for who, verdict in matches}
        pairs.pop(person_id, None)
        if not pairs:
            return None
        self._batch.unit.run(
            possible_match.insert(),
            [
                {
                    "person_id": who,
                    "other_id": person_id,
                    "reason": reason,
                    "state": "open",
                    "found_at": self._batch.unit.now,
                }
                for who, reason in pairs.items()
            ],
        )
        return next(iter(pairs.items()))

    def _end_added(self, group: Group, person_id: int, suspected: tuple[int, str] | None) -> None:
        first, *others = group.entries
        if suspected is None:
            self._end(first, "added", person_id)
        else:
            who, reason = suspected
            self._end(first, "possibly_same", person_id, reason, with_id=who)
        for entry in others:
            self._end(entry, "merged", person_id, with_row=first.row, with_id=person_id)

    def _stop(self, record: PersonRecord, person_id: int) -> None:
        if record.stop is not None:
            numbers = [self._numbers[key_of(number)] for number in record.numbers]
            add_stops(self._batch, person_id, numbers, record.stop)

    def _end(
        self,
        entry: Entry,
        result: Result,
        person_id: int | None,
        reason: str = "",
        *,
        with_row: int | None = None,
        with_id: int | None = None,
    ) -> None:
        self._ends[entry.row] = PersonEnd(entry.row, result, person_id, reason, with_row, with_id)


def _known_by(group: Group) -> set[str]:
    """The numbers and keys by which an erased person would be known."""
    keys = {entry.key for entry in group.entries}
    return keys | {number.e164 for entry in group.entries for number in entry.record.numbers}


_COLUMNS: Final = (
    "salutation", "sex", "id_number", "occupation", "birthday", "country", "language", "zone",
    "home_address", "home_postcode", "work_address", "work_postcode", "email", "spent", "currency",
    "member_level",
)  # fmt: skip


def _person_values(batch: Batch, whole: OnePerson) -> dict[str, Any]:
    return {
        **{name: whole.fields.get(name) for name in _COLUMNS},
        "name": whole.name,
        "pinyin": whole.pinyin,
        "initials": whole.initials,
        "birthday_calendar": whole.fields.get("birthday_calendar", "solar"),
        "tier_pinned": False,
        "record_faults": list(whole.faults),
        "created_at": batch.unit.now,
        "updated_at": batch.unit.now,
    }
