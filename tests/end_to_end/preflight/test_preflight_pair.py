"""The rehearsal pair: made by real gpg, its passphrase in the keyring, and gone without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxr_tui.domain.errors import OpenPgpError, StoreUnusableError
from cxr_tui.domain.finding import Status
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.openpgp.gateway import GpgOpenPgp
from cxr_tui.gateways.openpgp.message import read_message
from cxr_tui.journal.events import preflight_entry
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Record
from cxr_tui.preflight.rehearsal_key.key_pair import (
    KEY_BITS,
    PASSPHRASE_ITEM,
    find_pair,
    key_name,
    make_pair,
    remove_pair,
    secret_key,
)
from cxr_tui.preflight.rehearsal_key.stage import Stage
from cxr_tui.preflight.rehearsal_key.state import RehearsalState, check_file, rehearsing
from cxr_tui.preflight.runner import preflight
from support.gpg_keys import GpgBench, gpg_bench
from support.preflight_files import HEADER, Case
from support.reference_reader import write
from support.sandboxes.preflight_rehearsal import MemoryCredentials, shared_pair

WHEN = datetime(2026, 11, 24, 4, 7, tzinfo=UTC)
ROW = ["1", "C1", "a@b.co", "H", "491701234567", "DE", "Rome", "2026-01-01 10:00:00", "Anna", "1", "1.5"]


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        made.add(made.make("audience", "rsa2048", "sign"), "rsa2048")
        yield made


async def test_its_public_key_is_fit_for_responsys_and_its_private_key_opens_what_is_encrypted_to_it(
    bench: GpgBench, tmp_path: Path
) -> None:
    credentials, pair = await shared_pair()
    info = await GpgOpenPgp().read_public_key(pair.public_key.read_bytes())
    assert (info.fingerprint, info.encryption_key_ids) == (pair.fingerprint, pair.key_ids)
    assert (info.bits, info.can_encrypt, info.announces_aead) == (KEY_BITS, True, False)
    assert info.expires is not None  # a pair that is forgotten does not stay usable
    content = write([HEADER, ROW], delimiter=",")
    bench.gpg("--import", given=pair.public_key.read_bytes())
    path = tmp_path / "f.gpg"
    path.write_bytes(bench.encrypted(content, "--recipient", pair.fingerprint))
    key = await secret_key(pair, credentials)
    answer = await preflight(str(path), Case(content).plan(), None, lambda _: None, key)
    assert (answer.rows, answer.ok) == (1, True)
    wrong = replace(key, passphrase=Secret("wrong"))
    locked = await preflight(str(path), Case(content).plan(), None, lambda _: None, wrong)
    assert locked.findings[0].code == "key-locked"


async def test_its_private_key_is_encrypted_and_readable_by_nobody_else() -> None:
    credentials, pair = await shared_pair()
    assert pair.private_key.stat().st_mode & 0o077 == 0
    with gpg_bench() as stranger:
        stranger.gpg("--import", given=pair.private_key.read_bytes())
        with pytest.raises(Exception, match="status 2"):  # gpg finds no way in without the passphrase
            stranger.gpg("--local-user", pair.fingerprint, "--sign", given=b"x")
    passphrase = (await credentials.get(PASSPHRASE_ITEM)).reveal()
    for file in pair.public_key.parent.iterdir():
        assert passphrase not in file.read_text()


async def test_it_is_made_once_found_again_and_removed(tmp_path: Path) -> None:
    folder, credentials = tmp_path / "pair", MemoryCredentials()
    assert find_pair(folder) is None
    made = await make_pair(folder, "poc@acme.example", credentials)
    assert find_pair(folder) == made == await make_pair(folder, "other@acme.example", credentials)
    await remove_pair(folder, credentials)
    assert (find_pair(folder), list(folder.iterdir()), credentials.kept) == (None, [], {})
    await remove_pair(folder, credentials)


@pytest.mark.parametrize("email", ["", "nobody", "a@b.co\nExpire-Date: 0", "a@b.co>", "a b@c.de"])
async def test_an_address_cannot_smuggle_anything_into_the_key(tmp_path: Path, email: str) -> None:
    credentials = MemoryCredentials()
    with pytest.raises(OpenPgpError):
        await make_pair(tmp_path, email, credentials)
    assert (credentials.kept, list(tmp_path.iterdir())) == ({}, [])


async def test_without_a_keyring_no_key_is_made(tmp_path: Path) -> None:
    class NoStore(MemoryCredentials):
        async def put(self, item: str, secret: Secret) -> None:
            raise StoreUnusableError("no store")

    with pytest.raises(StoreUnusableError):
        await make_pair(tmp_path, "a@b.co", NoStore())
    assert list(tmp_path.iterdir()) == []


async def test_the_recipients_of_the_next_file_prove_which_key_the_export_uses(bench: GpgBench) -> None:
    _, pair = await shared_pair()
    bench.gpg("--import", given=pair.public_key.read_bytes())
    right = (bench.key_ids("audience")[1],)
    to_us, to_both, to_them = (
        read_message(bench.encrypted(b"text", *(word for one in who for word in ("--recipient", one))))
        for who in ((pair.fingerprint,), (pair.fingerprint, "audience@example.com"), ("audience@example.com",))
    )
    told = RehearsalState(Stage.READ, pair, WHEN)
    later = WHEN + timedelta(hours=1)
    for message in (to_us, to_both):
        found = check_file(told, message, later, right, "CUSTOMERS.csv.gpg")
        assert (found.code, found.status) == ("rehearsal-key-in-use", Status.WARN)
        assert "choose only the key of CX Audience" in found.remedy
    verified = check_file(told, to_them, later, right, "f")
    assert (verified.code, verified.status) == ("rehearsal-key-replaced", Status.PASS)
    assert check_file(told, to_them, later, ("F" * 16,), "f").code == "file-wrong-recipient"
    assert check_file(told, to_them, later, (), "f").status is Status.UNKNOWN
    assert check_file(told, read_message(b"RIID_,CITY_\n"), later, right, "f").code == "file-not-encrypted"
    # a file from before says nothing about the key that is chosen now
    before = check_file(told, to_them, WHEN, right, "f")
    assert (before.code, before.status) == ("rehearsal-not-over", Status.UNKNOWN)


async def test_a_journal_that_says_the_key_was_replaced_still_has_the_pair_to_remove() -> None:
    _, pair = await shared_pair()
    said = {"stage": "replaced", "fingerprint": pair.fingerprint, "name": key_name(pair), "modified": ""}
    journal = JournalState()
    journal.apply([Record(1, WHEN, preflight_entry("rehearsal", said))])
    assert rehearsing(pair.public_key.parent, journal) == RehearsalState(Stage.READ, pair, WHEN)
