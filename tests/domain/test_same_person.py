"""Who is one person, who may be, and who is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.phone import Number
from domain.record.names import name_key
from domain.record.rows import PersonRecord, PhoneCell
from domain.record.same_person import compare, fold, identity_of

SOUNDS = {
    "王婷": "wang ting",
    "王庭": "wang ting",
    "王强": "wang qiang",
    "李强": "li qiang",
    "王": "wang",
}
ID = "440199199303029581"
OTHER_ID = "440399198808279312"
VIN = "L00KZGZP6KD044116"


def person(name: str, number: str = "", *, vin: str = "", id_number: str = "") -> PersonRecord:
    phones = (
        (PhoneCell("mobile", number, Number(number, "", "mobile", "CN", 86)),) if number else ()
    )
    return PersonRecord(
        customer_number="",
        name=name,
        key=name_key(name),
        pinyin=SOUNDS.get(name, name.lower()),
        fields={"id_number": id_number} if id_number else {},
        asset={"vin": vin} if vin else {},
        phones=phones,
    )


MOBILE, OTHER = "+8613800138000", "+8613900139000"


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (person("王婷", MOBILE), person("王婷", MOBILE), "same"),
        (person("王婷", MOBILE), person("王庭", MOBILE), "same"),
        (person("王婷", MOBILE), person("王", MOBILE), "same"),
        (person("王婷", MOBILE), person("王强", MOBILE), "possible"),
        (person("王婷", MOBILE), person("李强", MOBILE), "possible"),
        (person("王婷", MOBILE, vin=VIN), person("李强", MOBILE, vin=VIN), "same"),
        (person("王婷", MOBILE, vin=VIN), person("王婷", OTHER, vin=VIN), "same"),
        (person("王婷", MOBILE, vin=VIN), person("李强", OTHER, vin=VIN), "different"),
        (person("王婷", MOBILE, id_number=ID), person("王婷", OTHER, id_number=ID), "same"),
        (person("王婷", MOBILE, id_number=ID), person("李强", OTHER, id_number=ID), "possible"),
        (
            person("王婷", MOBILE, id_number=ID),
            person("王婷", MOBILE, id_number=OTHER_ID),
            "possible",
        ),
        (person("王婷", MOBILE), person("王婷", OTHER), "different"),
        (person("Emily Nguyen", MOBILE), person("EMILY Nguyen", MOBILE), "same"),
        (person("Carlos Lee", MOBILE), person("Baby Carlos Lee", MOBILE), "possible"),
    ],
)
def test_pairs(one: PersonRecord, other: PersonRecord, verdict: str) -> None:
    assert compare(identity_of(one), identity_of(other)).sameness == verdict
    assert compare(identity_of(other), identity_of(one)).sameness == verdict


def test_a_file_is_folded_through_whoever_stands_between() -> None:
    records = [
        person("王婷", MOBILE, id_number=ID),
        person("李强", OTHER),
        person("王婷", OTHER, id_number=ID),
        person("王庭", MOBILE),
    ]
    folded = fold(records)
    assert folded.groups == ((0, 2, 3), (1,))
    assert folded.possible == ((1, 2, "number"),)


def test_a_switchboard_makes_no_pairs() -> None:
    staff = [person(f"Staff {letter}", MOBILE) for letter in "abcdefghijklmnop"]
    assert fold(staff).possible == ()
    assert len(fold(staff).groups) == len(staff)


def test_one_customer_number_is_one_customer() -> None:
    one = replace(person("王婷", MOBILE), customer_number="7")
    other = replace(person("李强", OTHER), customer_number="7")
    assert fold([one, other]).groups == ((0, 1),)
