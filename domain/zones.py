"""Where a customer's clock may stand: zones and places of a person's setting and number."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from domain.errors import InputError
from domain.places import places_of

# Files of the zone database that name no place.
_NO_PLACE: Final = frozenset({"posixrules", "localtime", "Factory"})

# Area codes that lie in more than one zone, by E.164 prefix. The number's own data names only the
# zone of the larger part for some of them, and for +1 219 and +1 689 a neighbour's.
# Source: NANPA and CNA area maps against tz boundaries.
_SPLIT_AREAS: Final = {
    prefix: zones
    for prefixes, zones in (
        ("+1208 +1986", ("America/Boise", "America/Los_Angeles")),
        ("+1850 +1448", ("America/Chicago", "America/New_York")),
        ("+1689", ("America/New_York",)),
        ("+1219 +1574 +1812 +1930", ("America/Chicago", "America/Indiana/Indianapolis")),
        ("+1270 +1364 +1606 +1423 +1931", ("America/Chicago", "America/New_York")),
        ("+1605 +1701 +1308 +1785 +1620", ("America/Chicago", "America/Denver")),
        ("+1906", ("America/Detroit", "America/Menominee")),
        ("+1541 +1458", ("America/Boise", "America/Los_Angeles")),
        ("+1775", ("America/Denver", "America/Los_Angeles")),
        ("+1928", ("America/Denver", "America/Phoenix")),
        ("+1907", ("America/Adak", "America/Anchorage")),
        ("+1250 +1236 +1672 +1778", ("America/Edmonton", "America/Vancouver")),
        ("+1306 +1639 +1474", ("America/Edmonton", "America/Regina")),
        ("+1807", ("America/Toronto", "America/Winnipeg")),
        (
            "+1867",
            ("America/Edmonton", "America/Toronto", "America/Whitehorse", "America/Winnipeg"),
        ),
        ("+1709 +1879", ("America/Goose_Bay", "America/St_Johns")),
        ("+1418 +1581 +1367", ("America/Halifax", "America/Toronto")),
        # Queensland keeps no summer time; a strip of New South Wales shares its 07.
        ("+617", ("Australia/Brisbane", "Australia/Sydney")),
    )
    for prefix in prefixes.split()
}

# Letters mean a zone only together with a country; MST is Denver's or Phoenix's clock and AEST
# Sydney's or Brisbane's, so they stay unknown.
_LETTERS: Final = {
    (country, letters): zone
    for countries, words, zone in (
        ("US", "ET EST EDT", "America/New_York"),
        ("US", "CT CST CDT", "America/Chicago"),
        ("US", "MT MDT", "America/Denver"),
        ("US", "PT PST PDT", "America/Los_Angeles"),
        ("US", "AKT AKST AKDT", "America/Anchorage"),
        ("US", "HST", "Pacific/Honolulu"),
        ("CA", "ET EST EDT", "America/Toronto"),
        ("CA", "CT CST CDT", "America/Winnipeg"),
        ("CA", "MT MST MDT", "America/Edmonton"),
        ("CA", "PT PST PDT", "America/Vancouver"),
        ("CA", "AT AST ADT", "America/Halifax"),
        ("CA", "NT NST NDT", "America/St_Johns"),
        ("PR", "AST", "America/Puerto_Rico"),
        ("CN", "CST", "Asia/Shanghai"),
        ("HK", "HKT", "Asia/Hong_Kong"),
        ("TW", "CST", "Asia/Taipei"),
        ("JP", "JST", "Asia/Tokyo"),
        ("KR", "KST", "Asia/Seoul"),
        ("SG", "SGT", "Asia/Singapore"),
        ("IN", "IST", "Asia/Kolkata"),
        ("IE", "GMT IST", "Europe/Dublin"),
        ("GB", "GMT BST", "Europe/London"),
        ("DE", "CET CEST MEZ MESZ", "Europe/Berlin"),
        ("FR", "CET CEST", "Europe/Paris"),
        ("IT", "CET CEST", "Europe/Rome"),
        ("ES", "CET CEST", "Europe/Madrid"),
        ("AU", "AEDT", "Australia/Sydney"),
        ("AU", "ACDT", "Australia/Adelaide"),
        ("AU", "AWST", "Australia/Perth"),
        ("NZ", "NZST NZDT", "Pacific/Auckland"),
        ("BR", "BRT", "America/Sao_Paulo"),
    )
    for country in countries.split()
    for letters in words.split()
}
KNOWN_LETTERS: Final = frozenset(letters for _, letters in _LETTERS) | {"AEST", "ACST", "MST"}
"""Letters that stand for a zone somewhere, ambiguous ones among them."""


@cache
def is_zone(name: str) -> bool:
    """Whether a name is an IANA zone, spelled exactly."""
    if name in _NO_PLACE or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def checked_zone(name: str) -> str:
    """The name itself when it is an IANA zone.

    Raises:
        InputError: `zone_unknown` with the name.
    """
    if not is_zone(name):
        raise InputError("zone_unknown", zone=name[:40])
    return name


def zone_of_letters(letters: str, country: str | None) -> str | None:
    """The IANA zone of letters such as CST in a country; none where they are ambiguous.

    Args:
        letters: an abbreviation, in any case.
        country: ISO 3166 code of two letters.
    """
    return _LETTERS.get((country.upper(), letters.strip().upper())) if country else None


def read_zone(text: str, country: str | None = None) -> str | None:
    """The zone that somebody wrote: an IANA name in any case, or letters with a country's help.

    Args:
        text: a cell or setting; surrounding white space counts for nothing.
        country: ISO 3166 code of two letters of the row, where one is known.

    Returns:
        An IANA name, or none when the text is empty, unknown or ambiguous.
    """
    name = text.strip().replace(" ", "_")
    if name.upper() in KNOWN_LETTERS:
        return zone_of_letters(name, country)
    if is_zone(name):
        return name
    return _by_lower_case().get(name.lower())


@cache
def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if is_zone(name)}


@lru_cache(maxsize=16_384)
def zones_of_number(e164: str) -> tuple[str, ...]:
    """Every zone in which the phone of a number may stand, sorted; empty when nobody can know.

    Args:
        e164: a number such as `+8613800138000`.
    """
    split = _SPLIT_AREAS.get(e164[:5]) or _SPLIT_AREAS.get(e164[:4])
    if split is not None:
        return split
    # The number rules cost 50 ms to import; a desk that reads stored zones never needs them.
    import phonenumbers  # noqa: PLC0415
    from phonenumbers import timezone  # noqa: PLC0415

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return ()
    zones = timezone.time_zones_for_number(number)
    return tuple(sorted(zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE))


def zones_of_customer(own: str | None, e164: str | None) -> tuple[str, ...]:
    """The zones of a customer: the own setting, else all zones of the number, else none.

    Args:
        own: IANA zone that the customer or the file named.
        e164: the number to be called.

    Raises:
        InputError: `zone_unknown` when the own setting is no zone.
    """
    if own:
        return (checked_zone(own),)
    return zones_of_number(e164) if e164 else ()


def places_of_number(e164: str) -> tuple[str, ...]:
    """The places whose calling rules bind a number, most exact first: its state and country.

    Args:
        e164: a number such as `+8613800138000`.

    Returns:
        As `domain.places.places_of` has it; empty for numbers of no country (satellite, +800).
    """
    import phonenumbers  # noqa: PLC0415 - see `zones_of_number`

    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return ()
    return places_of(country, e164) if country and country.isalpha() else ()
