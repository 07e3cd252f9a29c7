"""What is fuzzed of keys: OpenPGP messages and keys, public SSH keys, and private ones."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import strategies as st

from cxr_tui.domain.errors import KeyFileError, OutsideError
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.ssh_public_key import in_ssh2_form
from cxr_tui.gateways.openpgp.file_type import what_is
from cxr_tui.gateways.openpgp.message import MOST_RECIPIENTS, read_message
from cxr_tui.gateways.openpgp.public_key import read_public_key
from cxr_tui.gateways.sftp.private_key import load_private_key
from cxr_tui.guide.checks.openpgp_key import is_private
from cxr_tui.guide.checks.ssh_key_file import read_key_file
from cxr_tui.preflight.reading.decode import is_encrypted
from fuzz.fuzz_target import FuzzTarget, assert_shown, joined, scratch_file
from support.gpg_keys import HandMadeKey, armoured, packet

# --- OpenPGP ----------------------------------------------------------------------------------------------------------

_OCTETS = st.binary(max_size=200)


def _openpgp(data: bytes) -> None:
    found = read_message(data)
    assert len(found.recipients) <= MOST_RECIPIENTS
    assert what_is(data)
    is_private(data)
    is_encrypted(data)
    try:
        read_public_key(data)
    except OutsideError as error:
        assert_shown(str(error))


@cache
def _hand_made() -> HandMadeKey:
    return HandMadeKey()


def _openpgp_seeds() -> list[bytes]:
    key = _hand_made()
    public = key.public(key.self_signature(1_700_000_000, (30, b"\x03"), (34, b"\x02"), (11, b"\x09")))
    session = packet(1, b"\x03" + bytes(range(8)) + b"\x01" + b"x" * 40)
    message = session + packet(18, b"\x01" + b"y" * 60)
    return [
        public,
        message,
        b"\xc6\x05\x04abcd" + b"\xd2" + bytes([0xE2]) + b"abcd" + b"\x02xy",
        packet(1, b"\x06\x15\x04" + bytes(20) + b"\x19") + packet(20, b"\x01\x09\x02\x10" + bytes(40)),
        packet(3, b"\x04\x09\x03\x08saltsalt\x60") + packet(18, b"\x02\x09\x02\x10" + bytes(60)),
        packet(2, b"\x04\x13\x01\x08\x00\x06\x05\x02abcd\x00\x0a\x09\x10abcdefgh"),
        b"\x99\x00\x06\x04abcd\x01\x88\x05\x04\x10\x01\x08\x00\xa3\x01abc",
        armoured(public, b"PUBLIC KEY BLOCK"),
        armoured(message),
        armoured(message).replace(b"\n\n", b"\nVersion: x\nComment: y: z\n\n").replace(b"\n", b"\r\n"),
    ]


def _new_packet(tag: int, body: bytes, form: int, lie: int) -> bytes:
    length = max(0, len(body) + lie)
    if form == 0:
        return bytes([0xC0 | tag, 0xFF]) + length.to_bytes(4, "big") + body
    if form == 1:
        return bytes([0xC0 | tag, length % 192]) + body
    if form == 2:
        return bytes([0xC0 | tag, 0xE0 | length % 31]) + body
    return (
        bytes([0x80 | (tag & 15) << 2 | form % 3])
        + (length % (1 << 8 * (1 << form % 3))).to_bytes(1 << form % 3, "big")
        + body
    )


_PACKETS = st.lists(
    st.builds(
        _new_packet,
        st.integers(0, 63) | st.sampled_from([1, 2, 6, 13, 18]),
        _OCTETS | st.builds(lambda one, more: bytes([one]) + more, st.sampled_from([1, 2, 3, 4, 6]), _OCTETS),
        st.integers(0, 6),
        st.just(0) | st.sampled_from([1, -1, 200, 1 << 31]),
    ),
    max_size=8,
).map(b"".join)


# --- SSH keys ---------------------------------------------------------------------------------------------------------


def _ssh2(data: bytes) -> None:
    reading = read_key_file(data)
    if reading.key is not None:
        key = reading.key
        assert len(key.blob) <= len(data)
        again = read_key_file(in_ssh2_form(key).encode()).key
        assert again is not None
        assert (again.blob, again.fingerprint) == (key.blob, key.fingerprint)
        assert in_ssh2_form(key).isascii()


@cache
def _ssh_keys() -> tuple[bytes, bytes]:
    made = rsa.generate_private_key(65537, 1024)  # noqa: S505 - small, so that what is made of it is small
    public = made.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    private = ed25519.Ed25519PrivateKey.generate()
    return public, private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )


def _ssh2_seeds() -> list[bytes]:
    line = _ssh_keys()[0]
    key = read_key_file(line).key
    assert key is not None
    ssh2 = in_ssh2_form(key).encode()
    return [
        line + b" a comment",
        ssh2,
        ssh2.replace(b"\n", b"\r\n> "),
        b"Dear customer,\n\n" + ssh2.replace(b"\n", b"<br>\n") + b"\n-- \nOracle",
        b'---- BEGIN SSH2 PUBLIC KEY ----\nSubject: x\nComment: "a\\\nb"\n' + ssh2.split(b"\n", 1)[1],
        b"PuTTY-User-Key-File-3: ssh-rsa\n",
        _ssh_keys()[1],
    ]


_LINES = st.sampled_from(
    [b"---- BEGIN SSH2 PUBLIC KEY ----", b"---- END SSH2 PUBLIC KEY ----", b"Comment: x", b"A: \\", b"ssh-rsa AAAA",
     b"AAAAB3NzaC1yc2EAAAADAQABAAAAgQ", b"> ", b"<br>", b"=3D", b"=", b"--", b"-----BEGIN RSA PRIVATE KEY-----",
     b"&#61;"]
)  # fmt: skip


def _private_key(data: bytes) -> None:
    path = scratch_file()
    path.write_bytes(data)
    for passphrase in (None, Secret("pw")):
        try:
            load_private_key(path, passphrase)
        except KeyFileError as error:
            assert_shown(str(error))


_LEGACY = b"""-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,00

MIIB
-----END RSA PRIVATE KEY-----
"""


def _private_key_seeds() -> list[bytes]:
    made = ed25519.Ed25519PrivateKey.generate()
    plain = serialization.NoEncryption()
    pem, openssh = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.OpenSSH
    small = serialization.PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(1).build(b"pw")
    return [
        made.private_bytes(serialization.Encoding.PEM, pem, plain),
        made.private_bytes(serialization.Encoding.PEM, openssh, plain),
        made.private_bytes(serialization.Encoding.PEM, openssh, small),
        _LEGACY,
    ]


KEY_FILES = (
    FuzzTarget("openpgp", _openpgp, _openpgp_seeds, _PACKETS | _PACKETS.map(armoured), 3),
    FuzzTarget("ssh2-key", _ssh2, _ssh2_seeds, joined(_LINES.map(lambda line: line + b"\n") | _LINES), 20),
    FuzzTarget("private-key", _private_key, _private_key_seeds, joined(_LINES), 3),
)
