"""Public SSH keys as OpenSSH writes them: reading one strictly, and its fingerprint.

Source: RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, OpenSSH's PROTOCOL.u2f.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from domain.errors import InputError

LEAST_RSA: Final = 2048
"""Bits of the shortest RSA key that is taken (NIST SP 800-131A allows less for old data only)."""

_LONGEST: Final = 16_384
_ED25519: Final = "ssh-ed25519"
_RSA: Final = "ssh-rsa"
_CURVES: Final = {"nistp256": 65, "nistp384": 97, "nistp521": 133}
"""Curves with the bytes of an uncompressed point on them."""
_SECURITY_KEYS: Final = {
    "sk-ssh-ed25519@openssh.com": None,
    "sk-ecdsa-sha2-nistp256@openssh.com": "nistp256",
}
"""Keys on a token, with the curve that they name."""
TYPES: Final = (
    _ED25519,
    *_SECURITY_KEYS,
    *(f"ecdsa-sha2-{curve}" for curve in _CURVES),
    _RSA,
)
"""The types that are taken."""
_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_PRIVATE: Final = re.compile(r"PRIVATE KEY|PuTTY-User-Key-File")
_SECSH: Final = "---- BEGIN SSH2 PUBLIC KEY"
_LOOKS_LIKE_TYPE: Final = re.compile(r"(sk-)?(ssh|ecdsa|x509|webauthn)[A-Za-z0-9@.-]*")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that was read and found sound.

    Attributes:
        type: OpenSSH's name of the kind.
        blob: the key itself in base64, as it stands in key files.
        fingerprint: `SHA256:` and 43 letters, as `ssh-keygen -l` prints it.
        note: the comment behind the key; empty where there is none.
    """

    type: str
    blob: str
    fingerprint: str
    note: str

    @property
    def line(self) -> str:
        """Type and base64, as they are compared and stored."""
        return f"{self.type} {self.blob}"


def read_public_key(text: str) -> PublicKey:
    """The one public key of a file or line; empty lines and `#` lines do not count.

    Raises:
        InputError: `key_private`, `key_none`, `key_several`, `key_options` (something in front of
            the type), `key_other_format`, `key_type` (with `type`, `known`), `key_weak` (with
            `bits`, `least`), `key_broken`.
    """
    if _PRIVATE.search(text):
        raise InputError("key_private")
    if _SECSH in text:
        raise InputError("key_other_format")
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise InputError("key_none")
    if len(found) > 1:
        raise InputError("key_several", n=len(found))
    words = found[0].split(None, 2)
    if words[0] not in TYPES:
        raise _strange(words)
    if len(words) < 2 or len(words[1]) > _LONGEST:
        raise InputError("key_broken")
    blob = _decoded(words[1])
    _check(words[0], _Reader(blob))
    note = words[2] if len(words) > 2 else ""
    return PublicKey(words[0], words[1], fingerprint_of(blob), _plain(note))


def fingerprint_of(blob: bytes) -> str:
    """The fingerprint of a key's bytes, as OpenSSH prints it."""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def is_fingerprint(text: str) -> bool:
    """Whether a text is a fingerprint and nothing else."""
    return _FINGERPRINT.fullmatch(text) is not None


def _strange(words: list[str]) -> InputError:
    named = next((word for word in words if word in TYPES), None)
    if named is not None or "=" in words[0] or "," in words[0]:
        return InputError("key_options", options=_plain(words[0])[:40])
    if len(words) > 1 and _LOOKS_LIKE_TYPE.fullmatch(words[0]):
        return InputError("key_type", type=words[0], known=", ".join(TYPES))
    return InputError("key_none")


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:120].strip()


def _decoded(text: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("key_broken") from error
    # One key has one spelling: stray bits at the end would give the same key a second one.
    if base64.b64encode(blob).decode() != text:
        raise InputError("key_broken")
    return blob


class _Reader:
    """The length-prefixed strings of a key, one after another."""

    def __init__(self, blob: bytes) -> None:
        self._rest = blob

    def next(self) -> bytes:
        """The next string.

        Raises:
            InputError: `key_broken` at the end or where a length is wrong.
        """
        length = int.from_bytes(self._rest[:4], "big")
        if len(self._rest) < 4 + length:
            raise InputError("key_broken")
        found, self._rest = self._rest[4 : 4 + length], self._rest[4 + length :]
        return found

    def end(self) -> None:
        """Nothing may follow."""
        if self._rest:
            raise InputError("key_broken")


def _check(kind: str, reader: _Reader) -> None:
    if reader.next() != kind.encode():
        raise InputError("key_broken")
    if kind == _RSA:
        _check_rsa(reader.next(), reader.next())
    elif kind in _SECURITY_KEYS:
        _check_point(_SECURITY_KEYS[kind], reader)
        if not reader.next():
            raise InputError("key_broken")
    else:
        _check_point(None if kind == _ED25519 else kind.removeprefix("ecdsa-sha2-"), reader)
    reader.end()


def _check_point(curve: str | None, reader: _Reader) -> None:
    if curve is None:
        if len(reader.next()) != 32:
            raise InputError("key_broken")
        return
    if reader.next() != curve.encode():
        raise InputError("key_broken")
    point = reader.next()
    if len(point) != _CURVES[curve] or point[0] != 4:
        raise InputError("key_broken")


def _check_rsa(exponent: bytes, modulus: bytes) -> None:
    e, n = int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")
    if not modulus or modulus[0] >= 0x80 or e < 3 or not e % 2 or not n % 2:
        raise InputError("key_broken")
    if n.bit_length() < LEAST_RSA:
        raise InputError("key_weak", bits=n.bit_length(), least=LEAST_RSA)
