"""What a file is, and a message from its first bytes: of hostile and damaged ones no more than is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxr_tui.gateways.openpgp.file_type import (
    MESSAGE,
    PLAIN_TEXT,
    PRIVATE_KEY,
    PUBLIC,
    SIGNATURE_ONLY,
    UNENCRYPTED_MESSAGE,
    what_is,
)
from cxr_tui.gateways.openpgp.message import read_message
from support.gpg_keys import armoured, packet

SESSION = packet(1, b"\x03" + bytes(range(1, 9)) + b"\x01\x08\x00" + b"\xff" * 256)
DATA = packet(18, b"\x01" + b"y" * 5000)
PARTIAL = b"\xd2\xe9\x01" + b"y" * 511 + b"\x05abcde"


@pytest.mark.parametrize("at", [0, 1, 7, 100, 273, 274, 500, 547, 549, 560, 4000])
def test_any_cut_shows_no_more_than_is_there(at: int) -> None:
    found = read_message((SESSION + SESSION + DATA)[:at])
    assert set(found.recipients) <= {"0102030405060708"}
    assert len(found.recipients) <= 2
    assert (found.aead, found.complete and found.encrypted) == (False, False)
    if at > 2 * len(SESSION) + 6:
        assert (len(found.recipients), found.integrity, found.what) == (2, True, MESSAGE)


@pytest.mark.parametrize("data", [DATA, PARTIAL], ids=["one length", "partial lengths"])
@pytest.mark.parametrize("wrap", [bytes, armoured], ids=["binary", "armour"])
def test_a_message_is_complete_where_its_last_packet_is(data: bytes, wrap: type[bytes]) -> None:
    assert read_message(wrap(SESSION + data)).complete
    assert not read_message(wrap(SESSION + data[:-3])).complete
    assert not read_message(wrap(SESSION + data)[:-10]).complete


def test_recipients_that_gpg_does_not_read_are_not_named() -> None:
    # version 6 of RFC 9580, by fingerprint and anonymous
    named = packet(1, b"\x06\x15\x04" + bytes(range(20)) + b"\x01")
    found = read_message(named + packet(1, b"\x06\x00\x19") + SESSION + packet(18, b"\x02\x09\x02\x10" + bytes(60)))
    assert (found.encrypted, found.aead, found.begun) == (True, True, True)
    assert found.recipients == ("0" * 16, "0" * 16, "0102030405060708")


def test_random_binary_is_hardly_ever_taken_for_openpgp() -> None:
    told = [what_is(bytes([first, 0x80]) + bytes(range(0, 256, 7)) * 3) for first in range(0x80, 0x100, 3)]
    assert sum("OpenPGP" in what for what in told) < 5  # half of all octets begin a packet
    assert not [what for what in told if "private" in what or what == MESSAGE]


@pytest.mark.parametrize("start", ["Ähnliches", "Ãhnliches", "Ë", "Ò", "Á", "È", "Å;b"])
def test_text_in_another_charset_is_not_openpgp(start: str) -> None:
    assert "OpenPGP" not in what_is(f"{start};Größe\r\n1;2\r\n".encode("latin-1") * 20)


def test_a_private_key_among_others_is_found_and_octets_that_only_begin_like_one_are_not() -> None:
    # of armour whose lines were swapped, every other octet begins some packet
    public = bytes([0x80 | 6 << 2, 6, 4]) + b"\0\0\0\0\1"
    for tag in (5, 7):
        assert what_is(public + bytes([0x80 | tag << 2, 4, 4]) + b"\0\0\0") == PRIVATE_KEY
        assert what_is(public + bytes([0x80 | tag << 2, 4, 0xC1]) + b"\0\0\0") == PUBLIC


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_charset_of_a_text_file_does_not_matter(charset: str) -> None:
    for text, what in (
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\r\n\r\nlQ==\r\n", PRIVATE_KEY),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmQ==\r\n", PUBLIC),
        ("-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n", SIGNATURE_ONLY),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\r\n", "SSH private key"),
        ("EMAIL_ADDRESS_,CUSTOMER_ID_\r\n", PLAIN_TEXT),
    ):
        assert what_is(text.encode(charset)) == what


def test_what_is_not_encrypted_is_not_called_so(tmp_path: Path) -> None:
    assert what_is(packet(11, b"b\0\0\0\0\0text")) == UNENCRYPTED_MESSAGE
    assert what_is(packet(9, b"x" * 40)) == "binary data of an unknown kind"  # nothing says how to open it
