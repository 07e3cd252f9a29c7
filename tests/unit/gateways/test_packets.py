"""The packet reader and the armour against data of any kind: bounded, and never failing."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxr_tui.gateways.openpgp import packets
from cxr_tui.gateways.openpgp.armour import crc24, find_armour
from cxr_tui.gateways.openpgp.file_type import PRIVATE_KEY, PUBLIC, what_is
from cxr_tui.gateways.openpgp.message import read_message
from support.gpg_keys import packet

SESSION = packet(1, b"\x03" + bytes(range(1, 9)) + b"\x01" + b"x" * 300)
DATA = packet(18, b"\x01" + b"y" * 5000)


def old_format(tag: int, body: bytes, length_type: int) -> bytes:
    length = b"" if length_type == 3 else len(body).to_bytes(1 << length_type, "big")
    return bytes([0x80 | tag << 2 | length_type]) + length + body


@pytest.mark.parametrize("size", [0, 1, 191, 192, 8383, 8384, 70_000])
def test_new_lengths(size: int) -> None:
    body = b"b" * size
    if size < 192:
        length = bytes([size])
    elif size < 8384:
        length = bytes([((size - 192) >> 8) + 192, (size - 192) & 0xFF])
    else:
        length = b"\xff" + size.to_bytes(4, "big")
    found = list(packets.read(b"\xc8" + length + body + b"\xca\x03PGP"))
    assert found == [packets.Packet(8, body, complete=True), packets.Packet(10, b"PGP", complete=True)]


@pytest.mark.parametrize("length_type", [0, 1, 2])
def test_old_lengths(length_type: int) -> None:
    found = list(packets.read(old_format(6, b"key", length_type) + old_format(2, b"sig", length_type)))
    assert [(one.tag, one.body) for one in found] == [(6, b"key"), (2, b"sig")]


def test_an_old_length_that_is_not_given() -> None:
    assert list(packets.read(old_format(8, b"the rest" * 3, 3))) == [packets.Packet(8, b"the rest" * 3, complete=True)]


def test_partial_lengths() -> None:
    data = b"\xd2" + bytes([224 + 9]) + b"a" * 512 + bytes([224 + 1]) + b"bb" + b"\x03ccc" + b"\xca\x03PGP"
    first, second = packets.read(data)
    assert (first.tag, first.body, first.complete) == (18, b"a" * 512 + b"bbccc", True)
    assert second.tag == 10
    (cut,) = packets.read(data[:300])
    assert (cut.tag, len(cut.body), cut.complete) == (18, 298, False)


def test_what_lies_beyond_is_not_promised() -> None:
    (one,) = packets.read(b"\xd2\xff\xff\xff\xff\xff\x01")
    assert (one.tag, one.body, one.complete) == (18, b"\x01", False)


@given(st.binary(max_size=2000))
@example(b"\x80")
@example(b"\xc1")
@example(b"\xc1\xff\xff\xff\xff\xff")
@example(b"\xd2\xe9")
@example(b"\xc2\x06\x04\x10\x01\x08\xff\xff")
@example(b"-----BEGIN PGP MESSAGE-----\n=")
def test_any_octets_are_read_without_failing(data: bytes) -> None:
    read_message(data)
    packets.announces_aead(data, "0" * 16)
    assert what_is(data)
    assert sum(len(one.body) for one in packets.read(data)) <= len(data)


@given(st.integers(0, len(SESSION) * 2 + len(DATA)))
def test_any_cut_tells_no_more_than_is_there(at: int) -> None:
    found = read_message((SESSION + SESSION + DATA)[:at])
    assert set(found.recipients) <= {"0102030405060708"}
    assert len(found.recipients) <= 2
    assert not found.aead
    if at > 2 * len(SESSION) + 6:
        assert (len(found.recipients), found.integrity, found.what) == (2, True, "OpenPGP message")


def armoured(octets: bytes, kind: bytes = b"MESSAGE", *, headers: bytes = b"", checksum: bool = True) -> bytes:
    text = base64.b64encode(octets)
    lines = b"".join(text[at : at + 64] + b"\n" for at in range(0, len(text), 64))
    crc = b"=" + base64.b64encode(crc24(octets).to_bytes(3, "big")) + b"\n" if checksum else b""
    return b"-----BEGIN PGP " + kind + b"-----\n" + headers + b"\n" + lines + crc + b"-----END PGP " + kind + b"-----\n"


@given(st.binary(max_size=500), st.booleans(), st.sampled_from([b"", b"Comment: x\nVersion: y\n"]))
def test_armour_gives_back_what_it_holds(octets: bytes, checksum: bool, headers: bytes) -> None:
    data = armoured(octets, headers=headers, checksum=checksum)
    for whole in (data, data.replace(b"\n", b"\r\n"), b"Hello,\n\n" + data + b"Bye"):
        found = find_armour(whole)
        assert found is not None
        assert (found.kind, found.octets, found.complete) == ("MESSAGE", octets, True)


@given(st.binary(min_size=60, max_size=500), st.data())
def test_armour_that_lost_something_is_never_called_complete(octets: bytes, data: st.DataObject) -> None:
    whole = armoured(octets)
    start = whole.index(b"\n\n") + 2
    end = whole.rindex(b"-----END") + 8
    cut = data.draw(st.integers(start, end))
    found = find_armour(whole[:cut])
    assert found is not None
    assert not found.complete
    assert octets.startswith(found.octets)


@pytest.mark.parametrize(
    "change",
    [
        (b"-----END PGP MESSAGE", b"-----END PGP SIGNATURE"),
        (b"\n=", b"\n=A"),
        (b"QUFB", b"QUFC"),
        (b"QUFB", b"Q*FB"),
    ],
)
def test_armour_that_was_changed(change: tuple[bytes, bytes]) -> None:
    whole = armoured(b"AAA" * 30)
    changed = whole.replace(*change, 1)
    assert changed != whole
    found = find_armour(changed)
    assert found is not None
    assert not found.complete


def test_armour_without_checksum_shows_what_is_no_base64() -> None:
    for broken in (b"Q*FB", b"QUF"):
        found = find_armour(armoured(b"AAA" * 30, checksum=False).replace(b"QUFB", broken, 1))
        assert found is not None
        assert not found.complete


def test_no_armour() -> None:
    for data in (b"", b"x -----BEGIN PGP MESSAGE-----", b"-----BEGIN CERTIFICATE-----\n", b"-----BEGIN PGP "):
        assert find_armour(data) is None


def test_random_binary_is_hardly_ever_taken_for_openpgp() -> None:
    told = [what_is(bytes([first, 0x80]) + bytes(range(0, 256, 7)) * 3) for first in range(256)]
    assert sum("OpenPGP" in what for what in told) < 10  # half of all octets begin a packet
    assert not [what for what in told if "private" in what or what == "OpenPGP message"]


def test_a_private_key_among_others_is_found_and_octets_that_only_begin_like_one_are_not() -> None:
    # of armour whose lines were swapped, every other octet begins some packet
    public = bytes([0x80 | 6 << 2, 6, 4]) + b"\0\0\0\0\1"
    for tag in (5, 7):
        assert what_is(public + bytes([0x80 | tag << 2, 4, 4]) + b"\0\0\0") == PRIVATE_KEY
        assert what_is(public + bytes([0x80 | tag << 2, 4, 0xC1]) + b"\0\0\0") == PUBLIC
