"""OpenPGP: keys and messages made by a real gpg, and everything that people give instead of a public key."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxr_tui.domain import ports
from cxr_tui.domain.errors import GpgUnusableError, OpenPgpError, PrivateKeyFileError
from cxr_tui.gateways.openpgp.gateway import GpgOpenPgp
from cxr_tui.security import scratch_folders
from cxr_tui.system import gpg as gpg_home_module
from support.gpg_keys import GpgBench, HandMadeKey, gpg_bench, packet

PAST = "20200101T000000!"
T = 1_700_000_000


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    """Make the keys that the tests read."""
    with gpg_bench() as made:
        made.make("rsa2048", "rsa2048", "sign,encrypt")
        made.add(made.make("subkey3072", "rsa3072", "sign"), "rsa3072")
        made.make("signonly", "rsa2048", "sign")
        made.make("weak", "rsa1024", "sign,encrypt")
        made.make("soon", "rsa2048", "sign,encrypt", "10d")
        made.make("curve", "future-default")
        made.make("expired", "rsa2048", "sign,encrypt", "1y", "--faked-system-time", PAST)
        subkey_expired = made.make("oldsubkey", "rsa2048", "sign", "never", "--faked-system-time", PAST)
        made.add(subkey_expired, "rsa2048", "1y", "--faked-system-time", PAST)
        made.add(made.make("weaksubkey", "rsa2048", "sign"), "rsa1024")
        made.revoke(made.make("revoked", "rsa2048", "sign,encrypt"))
        yield made


@pytest.fixture
def reader() -> GpgOpenPgp:
    return GpgOpenPgp()


async def test_rsa_key(bench: GpgBench, reader: ports.OpenPgp) -> None:
    for armoured in (True, False):
        found = await reader.read_public_key(bench.public("rsa2048", armoured=armoured))
        assert found.fingerprint == bench.fingerprint("rsa2048")
        assert found.user_ids == ("rsa2048 <rsa2048@example.com>",)
        assert (found.algorithm, found.bits) == ("RSA", 2048)
        assert abs(datetime.now(UTC) - found.created) < timedelta(minutes=10)
        assert (found.expires, found.revoked, found.can_encrypt, found.announces_aead) == (None, False, True, False)
        assert list(found.encryption_key_ids) == bench.key_ids("rsa2048")


async def test_a_subkey_that_encrypts_is_the_recipient(bench: GpgBench, reader: GpgOpenPgp) -> None:
    found = await reader.read_public_key(bench.public("subkey3072"))
    assert list(found.encryption_key_ids) == bench.key_ids("subkey3072")[1:]
    assert found.bits == 3072


async def test_every_part_of_a_key_is_told_from_other_keys(bench: GpgBench, reader: GpgOpenPgp) -> None:
    for name in ("rsa2048", "subkey3072", "oldsubkey", "expired"):
        assert list((await reader.read_public_key(bench.public(name))).key_ids) == bench.key_ids(name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"J\xfcrgen M\xfcller", "J\ufffdrgen M\ufffdller"),
        ("Jürgen Müller".encode(), "Jürgen Müller"),
        (b"\xff\xfe\xfd", "\ufffd\ufffd\ufffd"),
        (b"a:b\\c", "a:b\\c"),
    ],
)
async def test_a_user_id_in_any_charset(reader: GpgOpenPgp, name: bytes, shown: str) -> None:
    key = HandMadeKey(user_id=name + b" <x@example.com>")
    found = await reader.read_public_key(key.public(key.self_signature(T)))
    assert found.fingerprint == key.fingerprint
    assert found.user_ids == (f"{shown} <x@example.com>",)


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
async def test_a_key_saved_as_utf_16_is_named_and_a_private_one_stays_private(
    bench: GpgBench, reader: GpgOpenPgp, charset: str
) -> None:
    with pytest.raises(OpenPgpError, match="public key saved as UTF-16"):
        await reader.read_public_key(bench.public("rsa2048").decode().encode(charset))
    with pytest.raises(PrivateKeyFileError):
        await reader.read_public_key(bench.private("rsa2048").decode().encode(charset))


async def test_curves(bench: GpgBench, reader: GpgOpenPgp) -> None:
    found = await reader.read_public_key(bench.public("curve"))
    assert (found.algorithm, found.bits, found.can_encrypt) == ("ECDH cv25519", 255, True)


async def test_a_key_that_only_signs(bench: GpgBench, reader: GpgOpenPgp) -> None:
    found = await reader.read_public_key(bench.public("signonly"))
    assert (found.can_encrypt, found.encryption_key_ids) == (False, ())


async def test_strength_is_that_of_what_encrypts(bench: GpgBench, reader: GpgOpenPgp) -> None:
    assert (await reader.read_public_key(bench.public("weak"))).bits == 1024
    assert (await reader.read_public_key(bench.public("weaksubkey"))).bits == 1024


async def test_expiry(bench: GpgBench, reader: GpgOpenPgp) -> None:
    expired = await reader.read_public_key(bench.public("expired"))
    assert expired.expires == datetime(2020, 12, 31, tzinfo=UTC)
    assert (expired.can_encrypt, expired.encryption_key_ids, expired.revoked) == (True, (), False)
    soon = await reader.read_public_key(bench.public("soon"))
    assert soon.expires is not None
    assert timedelta(days=9) < soon.expires - datetime.now(UTC) < timedelta(days=11)
    assert len(soon.encryption_key_ids) == 1


async def test_expiry_of_the_only_subkey_that_encrypts(bench: GpgBench, reader: GpgOpenPgp) -> None:
    found = await reader.read_public_key(bench.public("oldsubkey"))
    assert found.expires is not None
    assert found.expires < datetime.now(UTC)
    assert (found.can_encrypt, found.encryption_key_ids) == (True, ())


async def test_revoked(bench: GpgBench, reader: GpgOpenPgp) -> None:
    found = await reader.read_public_key(bench.public("revoked"))
    assert (found.revoked, found.encryption_key_ids) == (True, ())


PREFERRED_OCB, FEATURES = (34, b"\x02"), 30


@pytest.mark.parametrize(
    ("said", "announced"),
    [
        ((), False),
        (((FEATURES, b"\x01"),), False),
        (((FEATURES, b"\x07"),), True),  # as GnuPG 2.3 and later make it
        (((FEATURES, b"\x01"), PREFERRED_OCB), True),
        (((FEATURES, b"\x09"),), True),  # RFC 9580
        (((FEATURES, b"\x01"), (39, b"\x09\x02")), True),
    ],
)
async def test_keys_that_announce_aead(
    reader: GpgOpenPgp, said: tuple[tuple[int, bytes], ...], announced: bool
) -> None:
    key = HandMadeKey()
    found = await reader.read_public_key(key.public(key.self_signature(T, *said)))
    assert found.fingerprint == key.fingerprint
    assert found.can_encrypt
    assert found.announces_aead is announced


async def test_only_the_newest_self_signature_announces(reader: GpgOpenPgp) -> None:
    key = HandMadeKey()
    plain, aead = (FEATURES, b"\x01"), (FEATURES, b"\x03")
    mended = key.public(key.self_signature(T, aead), key.self_signature(T + 60, plain))
    spoilt = key.public(key.self_signature(T, plain), key.self_signature(T + 60, aead))
    assert not (await reader.read_public_key(mended)).announces_aead
    assert (await reader.read_public_key(spoilt)).announces_aead


async def test_a_user_id_cannot_steer_the_terminal(bench: GpgBench, reader: GpgOpenPgp) -> None:
    bench.gpg("--quick-gen-key", "evil\u202egnp <evil@example.com>", "rsa2048", "sign", "never")
    (user_id,) = (await reader.read_public_key(bench.public("evil"))).user_ids
    assert "\u202e" not in user_id


# --- what is no public key --------------------------------------------------------------------------------------------

ARMOUR = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in", "HTML page"),
        (b"\xef\xbb\xbf\n<HTML>", "HTML page"),
        (b'<?xml version="1.0"?>\n<html xmlns="x">', "HTML page"),
        (b"ssh-rsa AAAAB3Nza jane@acme", "SSH public key"),
        (b"---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\n", "SSH public key"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "SSH private key"),
        (b"PuTTY-User-Key-File-3: ssh-rsa", "PuTTY"),
        (b"-----BEGIN CERTIFICATE-----\n", "TLS certificate"),
        (b"Please find the key attached.\n", "plain text"),
        ("Schl\u00fcssel".encode() * 1000, "plain text"),
        (b"PK\x03\x04....", "zip"),
        (b"\x00\x01\x02\x03", "unknown"),
        (b"\xff" * 100, "unknown"),
        (ARMOUR, "cut off"),
        (b"-----BEGIN PGP SIGNATURE-----\n\niQ==\n", "signature"),
    ],
)
async def test_what_it_is_instead(reader: GpgOpenPgp, data: bytes, named: str) -> None:
    with pytest.raises(OpenPgpError, match=named):
        await reader.read_public_key(data)


async def test_a_private_key_is_named_as_such(bench: GpgBench, reader: GpgOpenPgp) -> None:
    private = bench.private("rsa2048")
    for data in (
        private,
        bench.private("rsa2048", armoured=False),
        b"Here it is:\n\n" + private,
        private[: len(private) // 2],
        bench.public("rsa2048", armoured=False) + bench.private("rsa2048", armoured=False),
    ):
        with pytest.raises(OpenPgpError, match="OpenPGP private key"):
            await reader.read_public_key(data)


async def test_armour_that_is_cut_off_or_changed(bench: GpgBench, reader: GpgOpenPgp) -> None:
    whole = bench.public("rsa2048")
    lines = whole.splitlines(keepends=True)
    swapped = b"".join([*lines[:3], lines[4], lines[3], *lines[5:]])
    for data in (whole[:-60], whole[: len(whole) // 2], b"".join(lines[:5] + lines[6:]), swapped):
        with pytest.raises(OpenPgpError, match="armor of this OpenPGP public key"):
            await reader.read_public_key(data)
    for data in (
        whole.replace(b"\n", b"\r\n"),
        b"From: support\n\n" + whole + b"\n-- \nBye\n",
        b"\xef\xbb\xbf" + whole,
    ):
        assert (await reader.read_public_key(data)).bits == 2048


async def test_a_binary_key_that_is_cut_off(bench: GpgBench, reader: GpgOpenPgp) -> None:
    with pytest.raises(OpenPgpError, match="claims to be longer"):
        await reader.read_public_key(bench.public("rsa2048", armoured=False)[:200])


async def test_messages_are_no_keys(bench: GpgBench, reader: GpgOpenPgp) -> None:
    for armour in ((), ("--armor",)):
        with pytest.raises(OpenPgpError, match="OpenPGP message"):
            await reader.read_public_key(bench.encrypted(b"x", *armour, "-r", "rsa2048"))


async def test_several_keys_in_one_file(bench: GpgBench, reader: GpgOpenPgp) -> None:
    both = bench.gpg("--armor", "--export", "rsa2048", "signonly")
    with pytest.raises(OpenPgpError, match="2 OpenPGP public keys"):
        await reader.read_public_key(both)


async def test_too_large(reader: GpgOpenPgp) -> None:
    with pytest.raises(OpenPgpError, match="too large"):
        await reader.read_public_key(packet(6, b"\x04" + b"x" * 2_000_000))


# --- messages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("armour", [(), ("--armor",)])
async def test_recipients(bench: GpgBench, reader: GpgOpenPgp, armour: tuple[str, ...]) -> None:
    one = await reader.read_message(bench.encrypted(b"x" * 100_000, *armour, "-r", "rsa2048")[:4096])
    assert (one.encrypted, one.integrity, one.aead, one.what) == (True, True, False, "OpenPGP message")
    assert list(one.recipients) == bench.key_ids("rsa2048")
    two = await reader.read_message(bench.encrypted(b"x", *armour, "-r", "rsa2048", "-r", "curve"))
    assert set(two.recipients) == {*bench.key_ids("rsa2048"), bench.key_ids("curve")[1]}
    hidden = await reader.read_message(bench.encrypted(b"x", *armour, "-R", "rsa2048"))
    assert hidden.recipients == ("0" * 16,)


async def test_the_recipients_are_what_the_key_says(bench: GpgBench, reader: GpgOpenPgp) -> None:
    for name in ("rsa2048", "subkey3072", "curve"):
        key = await reader.read_public_key(bench.public(name))
        message = await reader.read_message(bench.encrypted(b"x", "-r", name))
        assert message.recipients == key.encryption_key_ids


async def test_a_password_reads_it_too(bench: GpgBench, reader: GpgOpenPgp) -> None:
    found = await reader.read_message(
        bench.gpg("--passphrase", "pw", "--symmetric", "--encrypt", "-r", "rsa2048", given=b"x")
    )
    assert found.encrypted
    assert found.recipients == tuple(bench.key_ids("rsa2048"))
    assert "password" in found.what


async def test_what_is_not_encrypted(bench: GpgBench, reader: GpgOpenPgp) -> None:
    for data, what in (
        (b"CUSTOMER_ID_,EMAIL_ADDRESS_\n1,a@example.com\n", "plain text"),
        (b"", "empty file"),
        (b"\x1f\x8b\x08\x00", "gzip file"),
        (bench.gpg("--store", given=b"x"), "OpenPGP message that is not encrypted"),
        (bench.gpg("--sign", "-u", "rsa2048", given=b"x"), "OpenPGP message that is not encrypted"),
        (bench.public("rsa2048"), "OpenPGP public key"),
        (b"<html>", "HTML page, such as an error or login page that was saved instead of the file"),
    ):
        found = await reader.read_message(data)
        assert (found.encrypted, found.recipients, found.what) == (False, (), what)


async def test_protection_that_gpg_here_does_not_make(reader: GpgOpenPgp) -> None:
    session = packet(1, b"\x03" + bytes.fromhex("0123456789ABCDEF") + b"\x01" + b"x" * 20)
    for data, integrity, aead in (
        (packet(18, b"\x01xxx"), True, False),
        (packet(18, b"\x02xxx"), True, True),
        (packet(20, b"\x01xxx"), True, True),
        (packet(9, b"xxx"), False, False),
    ):
        found = await reader.read_message(session + data)
        assert (found.encrypted, found.integrity, found.aead) == (True, integrity, aead)
        assert found.recipients == ("0123456789ABCDEF",)


async def test_a_head_that_ends_before_the_data_says_so(bench: GpgBench, reader: GpgOpenPgp) -> None:
    found = await reader.read_message(bench.encrypted(b"x", "-r", "rsa2048")[:100])
    assert (found.encrypted, found.integrity) == (True, False)
    assert found.recipients == tuple(bench.key_ids("rsa2048"))
    assert found.what.endswith("cut off before its data")


# --- gpg and its home -------------------------------------------------------------------------------------------------


@pytest.fixture
def own_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give this test a state folder of its own, with a name as short as gpg's agent needs it."""
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as made:
        monkeypatch.setattr(scratch_folders, "_state", Path(made))
        yield Path(made)


def left_in(state: Path) -> list[str]:
    """Return what is left in the folders for one piece of work."""
    return [path.name for path in (state / "scratch").iterdir() if not path.name.endswith(".lock")]


async def test_nothing_is_left_behind(bench: GpgBench, reader: GpgOpenPgp, own_state: Path) -> None:
    await reader.read_public_key(bench.public("rsa2048"))
    with pytest.raises(OpenPgpError):
        await reader.read_public_key(packet(6, b"\x04xxx"))
    assert left_in(own_state) == []
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [command for command in running if bytes(own_state) in command]


async def test_gpg_that_is_missing(
    bench: GpgBench, reader: GpgOpenPgp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = bench.public("rsa2048")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpenPgpError, match=r"gpg is missing.*install GnuPG"):
        await reader.read_public_key(key)


async def test_gpg_that_is_too_old(bench: GpgBench, reader: GpgOpenPgp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpg_home_module, "OLDEST_GPG", (99, 0))
    with pytest.raises(OpenPgpError, match="too old"):
        await reader.read_public_key(bench.public("rsa2048"))


async def test_a_state_folder_with_a_long_name_leaves_room_for_the_sockets_of_the_agent(
    bench: GpgBench, reader: GpgOpenPgp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, temporary = tmp_path / ("x" * 120), tmp_path / "t"
    temporary.mkdir()
    monkeypatch.setattr(scratch_folders, "_state", state)
    assert (await reader.read_public_key(bench.public("rsa2048"))).fingerprint == bench.fingerprint("rsa2048")
    assert left_in(state) == []
    # where not even the temporary directory has a short name, the finding says so
    long = temporary / ("y" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(GpgUnusableError, match="too long for gpg's agent"):
        await reader.read_public_key(bench.public("rsa2048"))
    assert list(long.iterdir()) == []


async def test_a_state_folder_that_cannot_be_written_says_nothing_of_the_key(
    bench: GpgBench, reader: GpgOpenPgp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").write_text("a file")
    monkeypatch.setattr(scratch_folders, "_state", tmp_path)
    with pytest.raises(GpgUnusableError, match=f"{tmp_path / 'scratch'}.* cannot be written"):
        await reader.read_public_key(bench.public("rsa2048"))


async def test_a_disk_that_is_full_for_gpg_says_nothing_of_the_key(
    bench: GpgBench, reader: GpgOpenPgp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, fake = shutil.which("gpg"), tmp_path / "bin" / "gpg"
    fake.parent.mkdir()
    said = "gpg: error writing keyring '/x/pubring.kbx': No space left on device"
    fake.write_text(
        f'#!/bin/sh\ncase "$*" in *--import*) cat >/dev/null; echo "{said}" >&2; exit 2;; esac\nexec {real} "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    with pytest.raises(GpgUnusableError, match="No space left on device"):
        await reader.read_public_key(bench.public("rsa2048"))


async def test_the_person_s_own_keyring_is_never_looked_at(
    bench: GpgBench, reader: GpgOpenPgp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(own))
    monkeypatch.setenv("HOME", str(tmp_path))
    await reader.read_public_key(bench.public("rsa2048"))
    assert list(own.iterdir()) == []
    assert not (tmp_path / ".gnupg").exists()
