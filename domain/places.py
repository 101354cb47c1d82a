"""The places whose calling rules bind: the country and, in the United States, the state.

A number's area code says one thing and an address another; a rule of either place may hold for a
person who took a number along, so both bind.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from domain.calling_rules import ANY_PART

# A dialled number says its country and area code only; the state is read off the area code.
# Source: the North American numbering plan's area codes by state.
_AREA_CODES: Final = {
    code: state
    for state, codes in {
        "AK": "907",
        "AL": "205 251 256 334 659 938",
        "AR": "327 479 501 870",
        "AZ": "480 520 602 623 928",
        "CA": "209 213 279 323 341 350 369 408 415 424 442 510 530 559 562 619 626 628 650 657 "
        "661 669 707 714 738 747 760 805 818 820 831 840 858 909 916 925 949 951",
        "CO": "303 719 720 748 970 983",
        "CT": "475 860 959",
        "DC": "202 771",
        "DE": "302",
        "FL": "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 "
        "904 941 954",
        "GA": "229 404 470 478 678 706 762 770 912 943",
        "HI": "808",
        "IA": "319 515 563 641 712",
        "ID": "208 986",
        "IL": "217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 872",
        "IN": "219 260 317 463 574 765 812 930",
        "KS": "316 620 785 913",
        "KY": "270 364 502 606 859",
        "LA": "225 318 337 504 985",
        "MA": "339 351 413 508 617 774 781 857 978",
        "MD": "227 240 301 410 443 667",
        "ME": "207",
        "MI": "231 248 269 313 517 586 616 734 810 906 947 989",
        "MN": "218 320 507 612 651 763 952",
        "MO": "235 314 417 557 573 636 660 816 975",
        "MS": "228 601 662 769",
        "MT": "406",
        "NC": "252 336 472 704 743 828 910 919 980 984",
        "ND": "701",
        "NE": "308 402 531",
        "NH": "603",
        "NJ": "201 551 609 640 732 848 856 862 908 973",
        "NM": "505 575",
        "NV": "702 725 775",
        "NY": "212 315 329 332 347 363 516 518 585 607 631 646 680 716 838 845 914 917 929 934",
        "OH": "216 220 234 283 326 330 380 419 440 513 567 614 740 937",
        "OK": "405 539 572 580 918",
        "OR": "458 503 541 971",
        "PA": "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878",
        "RI": "401",
        "SC": "803 821 839 843 854 864",
        "SD": "605",
        "TN": "423 615 629 731 865 901 931",
        "TX": "210 214 254 281 325 346 361 409 430 432 469 512 682 726 737 806 817 830 832 903 "
        "915 936 940 945 956 972 979",
        "UT": "385 435 801",
        "VA": "276 434 540 571 686 703 757 804 826 948",
        "VT": "802",
        "WA": "206 253 360 425 509 564",
        "WI": "262 274 353 414 534 608 715 920",
        "WV": "304 681",
        "WY": "307",
    }.items()
    for code in codes.split()
}

# Source: the first three digits of United States postcodes by state.
_POSTCODES: Final = {
    state: tuple((int(part[:3]), int(part[-3:])) for part in parts.split())
    for state, parts in {
        "AK": "995-999",
        "AL": "350-369",
        "AR": "716-729",
        "AZ": "850-865",
        "CA": "900-961",
        "CO": "800-816",
        "CT": "060-069",
        "DC": "200 202-205 569",
        "DE": "197-199",
        "FL": "320-349",
        "GA": "300-319 398-399",
        "HI": "967-968",
        "IA": "500-528",
        "ID": "832-838",
        "IL": "600-629",
        "IN": "460-479",
        "KS": "660-679",
        "KY": "400-427",
        "LA": "700-714",
        "MA": "010-027 055",
        "MD": "206-219",
        "ME": "039-049",
        "MI": "480-499",
        "MN": "550-567",
        "MO": "630-658",
        "MS": "386-397",
        "MT": "590-599",
        "NC": "270-289",
        "ND": "580-588",
        "NE": "680-693",
        "NH": "030-038",
        "NJ": "070-089",
        "NM": "870-884",
        "NV": "889-898",
        "NY": "005 100-149",
        "OH": "430-459",
        "OK": "730-732 734-749",
        "OR": "970-979",
        "PA": "150-196",
        "RI": "028-029",
        "SC": "290-299",
        "SD": "570-577",
        "TN": "370-385",
        "TX": "733 750-799 885",
        "UT": "840-847",
        "VA": "201 220-246",
        "VT": "050-054 056-059",
        "WA": "980-994",
        "WI": "530-549",
        "WV": "247-268",
        "WY": "820-831",
    }.items()
}

# A state that lies in two zones has both. Source: the states against the tz boundaries.
_STATE_ZONES: Final = {
    state: tuple(zones.split())
    for states, zones in (
        ("CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV", "America/New_York"),
        ("AL AR IA IL LA MN MO MS OK WI", "America/Chicago"),
        ("CO MT NM UT WY", "America/Denver"),
        ("CA WA", "America/Los_Angeles"),
        ("HI", "Pacific/Honolulu"),
        ("AK", "America/Adak America/Anchorage"),
        ("AZ", "America/Denver America/Phoenix"),
        ("FL KY TN", "America/Chicago America/New_York"),
        ("ID OR", "America/Boise America/Los_Angeles"),
        ("IN", "America/Chicago America/Indiana/Indianapolis"),
        ("KS ND NE SD TX", "America/Chicago America/Denver"),
        ("MI", "America/Detroit America/Menominee"),
        ("NV", "America/Denver America/Los_Angeles"),
    )
    for state in states.split()
}

# Federal rules bind there too.
_TERRITORIES: Final = frozenset({"AS", "GU", "MP", "PR", "VI"})
# Numbers under these codes ring somewhere in North America, nobody knows where.
_TOLL_FREE: Final = frozenset({"800", "822", "833", "844", "855", "866", "877", "888"})

_POSTCODE: Final = re.compile(r"(?:^|[^0-9])([0-9]{5})(?:-[0-9]{4})?\s*$")


def places_of(
    country: str | None,
    e164: str | None,
    *,
    home: str | None = None,
    postcode: str | None = None,
    address: str | None = None,
) -> tuple[str, ...]:
    """The places whose rules bind a call, most exact first.

    Args:
        country: ISO 3166 code of the number's country; none where it belongs to none.
        e164: the number that is called.
        home: the country in which the customer lives, where that is known: it tells how to read
            the postcode.
        postcode: the customer's own postcode.
        address: the customer's address, whose last line may hold the postcode.

    Returns:
        ISO 3166 codes (`US-FL`, `US`); `US-*` stands for a state that nobody knows, whose rules
        are those of all of them. Empty where nobody knows the country.
    """
    found: list[str] = []
    american = country == "US"
    code = (e164 or "")[2:5]
    known = _AREA_CODES.get(code) if american else None
    lived = state_of_home(country, home=home, postcode=postcode, address=address)
    found += [f"US-{state}" for state in (known, lived) if state]
    if american and not found:
        found.append(f"US{ANY_PART}")
    if country:
        found.append(country)
    if country in _TERRITORIES:
        found.append("US")
    if american and code in _TOLL_FREE and not lived:
        found.append("CA")
    return tuple(dict.fromkeys(found))


def state_of_home(
    country: str | None,
    *,
    home: str | None = None,
    postcode: str | None = None,
    address: str | None = None,
) -> str | None:
    """The state in which a customer lives; none outside the United States, or where unknown.

    Args:
        country: ISO 3166 code of the number's country, taken where `home` is not known.
        home: the country in which the customer lives.
        postcode: the customer's own postcode.
        address: the customer's address, whose last line may hold the postcode.
    """
    if (home or country) != "US":
        return None
    return state_of_postcode(postcode or _last_postcode(address))


def zones_of_state(state: str) -> tuple[str, ...]:
    """All zones of a state (`FL`), IANA names, sorted.

    Raises:
        KeyError: it is none of the states and the District of Columbia.
    """
    return _STATE_ZONES[state]


def state_of_postcode(postcode: str | None) -> str | None:
    """The state of a postcode of the United States (`39201`, `39201-1234`); none where unknown."""
    digits = (postcode or "").strip()[:5]
    if len(digits) < 5 or not (digits.isascii() and digits.isdigit()):
        return None
    return _state_of_area(int(digits[:3]))


@cache
def _state_of_area(area: int) -> str | None:
    for state, ranges in _POSTCODES.items():
        if any(first <= area <= last for first, last in ranges):
            return state
    return None


def _last_postcode(address: str | None) -> str | None:
    found = _POSTCODE.search(address or "")
    return found.group(1) if found else None
