"""Public keys: only whole, strong, bare ones are taken."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from domain.ssh_key import fingerprint_of, is_fingerprint, read_public_key


def blob(*parts: bytes) -> str:
    return base64.b64encode(b"".join(struct.pack(">I", len(p)) + p for p in parts)).decode()


def rsa(bits: int, exponent: bytes = b"\x01\x00\x01") -> str:
    modulus = b"\x00" + (1 << (bits - 1) | 1).to_bytes((bits + 7) // 8, "big")
    return f"ssh-rsa {blob(b'ssh-rsa', exponent, modulus)}"


ED = f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(range(32)))}"
POINT = bytes([4]) + bytes(64)
EC = f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp256', POINT)}"
SK_TYPE = b"sk-ssh-ed25519@openssh.com"
SK = f"{SK_TYPE.decode()} {blob(SK_TYPE, bytes(32), b'ssh:')}"


@pytest.mark.parametrize("line", [ED, EC, SK, rsa(2048), rsa(4096)])
def test_sound_keys_are_taken_with_their_note(line: str) -> None:
    for text in (line, f"  {line}  \n", f"# mine\n\n{line} ann at home\r\n"):
        key = read_public_key(text)
        assert key.line == line
        assert is_fingerprint(key.fingerprint)
    assert read_public_key(f"{line} ann \x1b[31mred").note == "ann [31mred"


def test_the_fingerprint_is_openssh_s() -> None:
    # ssh-keygen -l of this line says so.
    line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSIAFY9xdR8RK164GUGk4GonxaXlVE65L5KWVqE1ZBJ"
    expected = "SHA256:AbLoW4YUuy8fSbBqO5ytG0j6b8wpcYSVCqHH+umdeUA"
    assert read_public_key(line).fingerprint == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_none"),
        ("\n# only a comment\n", "key_none"),
        ("hello world", "key_none"),
        (f"{ED}\n{EC}", "key_several"),
        (f'command="sh" {ED}', "key_options"),
        (f"no-pty,{ED}", "key_options"),
        (f"restrict {ED}", "key_options"),
        (f"cert-authority {ED}", "key_options"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END", "key_private"),
        ("PuTTY-User-Key-File-3: ssh-ed25519", "key_private"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA", "key_other_format"),
        (f"ssh-dss {blob(b'ssh-dss', b'1')}", "key_type"),
        (f"ssh-ed25519-cert-v01@openssh.com {blob(b'x')}", "key_type"),
        (rsa(1024), "key_weak"),
        (rsa(2047), "key_weak"),
        (rsa(2048, b"\x01"), "key_broken"),
        ("ssh-ed25519", "key_broken"),
        ("ssh-ed25519 AAAA", "key_broken"),
        ("ssh-ed25519 ÄÄÄÄ", "key_broken"),
        (ED[:-4], "key_broken"),
        (f"ssh-ed25519 {blob(b'ssh-rsa', bytes(32))}", "key_broken"),
        (f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(31))}", "key_broken"),
        (f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(32), b'more')}", "key_broken"),
        (f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp384', bytes(65))}",
         "key_broken"),
        (f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp256', bytes(65))}",
         "key_broken"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_public_key(text)
    assert refused.value.code == code


@given(
    st.one_of(st.text(), st.binary().map(lambda data: f"ssh-ed25519 {base64.b64encode(data)!r}"))
)
def test_nothing_but_a_key_or_a_refusal_comes_out(text: str) -> None:
    try:
        key = read_public_key(text)
    except InputError:
        return
    assert fingerprint_of(base64.b64decode(key.blob)) == key.fingerprint


def test_one_key_has_one_spelling() -> None:
    """Stray bits at the end of base64 mean the same bytes; such a spelling is refused."""
    sound = rsa(2056)
    assert sound.endswith("=")
    last = sound.rstrip("=")[-1]
    other = chr(ord(last) + 1)
    stray = sound.replace(f"{last}=", f"{other}=")
    assert base64.b64decode(stray.split()[1]) == base64.b64decode(sound.split()[1])
    with pytest.raises(InputError):
        read_public_key(stray)
