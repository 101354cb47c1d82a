"""What a login brings along: judged before anything is believed, and left out where it is unfit."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from content.translations import Language, as_language
from domain.errors import RefusedError
from domain.ssh_key import fingerprint_of, is_fingerprint

_TERMINAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,39}")
_PLAIN_TERMINAL: Final = "xterm"
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}([_.@-][A-Za-z0-9_.@-]{0,24})?")
_COLOURS: Final = frozenset({"truecolor", "24bit"})
_PATH: Final = "/usr/local/bin:/usr/bin:/bin"
_PROOF_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Words:
    """The arguments that the key's own line gives; a client has no say in them.

    Attributes:
        settings: the settings file.
        fingerprint: of the key.
    """

    settings: Path
    fingerprint: str


def read_words(arguments: list[str]) -> Words:
    """The arguments of a forced command.

    Raises:
        RefusedError: `ssh_words` when they are not those that `ssh authorized-keys` prints.
    """
    match arguments:
        case ["--settings", settings, "--key", key] if is_fingerprint(key):
            path = Path(settings)
            if path.is_absolute():
                return Words(path, key)
    raise RefusedError("ssh_words")


def clean_environment(brought: Mapping[str, str], settings: Path) -> dict[str, str]:
    """The whole environment of the program: nothing goes through but what is known and fits.

    Args:
        brought: the environment as the login made it.
        settings: the settings file.
    """
    kind = brought.get("TERM", "")
    kept = {
        "PATH": _PATH,
        "HOME": brought.get("HOME") or "/",
        "LANG": "C.UTF-8",
        "TERM": kind if _TERMINAL.fullmatch(kind) else _PLAIN_TERMINAL,
        "CALLBACK_DESK_SETTINGS": str(settings),
    }
    if brought.get("COLORTERM") in _COLOURS:
        kept["COLORTERM"] = brought["COLORTERM"]
    if brought.get("NO_COLOR"):
        kept["NO_COLOR"] = "1"
    return kept


def language_of(brought: Mapping[str, str]) -> Language | None:
    """The language of the client's locale; none where it names none that we speak."""
    locale = brought.get("CLIENT_LANG", "")
    return as_language(locale) if _LOCALE.fullmatch(locale) else None


def address_of(brought: Mapping[str, str]) -> str | None:
    """The address from which the client came, as sshd says; none where it says none."""
    first = brought.get("SSH_CONNECTION", "").partition(" ")[0]
    try:
        return str(ipaddress.ip_address(first.partition("%")[0]))
    except ValueError:
        return None


def refuse_commands(brought: Mapping[str, str]) -> None:
    """Refuse whatever else a client asks for: a command, scp, sftp.

    Raises:
        RefusedError: `ssh_nothing_else`.
    """
    if brought.get("SSH_ORIGINAL_COMMAND"):
        raise RefusedError("ssh_nothing_else")


def check_proof(brought: Mapping[str, str], fingerprint: str) -> None:
    """Make sure that sshd let the client in by this very key.

    Raises:
        RefusedError: `ssh_unproved` when sshd does not say by which key it was (`ExposeAuthInfo`),
            `ssh_other_key` when it was another one.
    """
    file = brought.get("SSH_USER_AUTH")
    if not file:
        raise RefusedError("ssh_unproved")
    try:
        with Path(file).open("rb") as stream:
            told = stream.read(_PROOF_BYTES)
    except OSError as error:
        raise RefusedError("ssh_unproved") from error
    if fingerprint not in set(_proved(told)):
        raise RefusedError("ssh_other_key")


def _proved(told: bytes) -> list[str]:
    """The fingerprints of the keys in sshd's own words, `publickey TYPE BASE64` a line."""
    found = []
    for line in told.decode("ascii", errors="replace").splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] == "publickey":
            try:
                found.append(fingerprint_of(base64.b64decode(words[2], validate=True)))
            except binascii.Error:
                continue
    return found
