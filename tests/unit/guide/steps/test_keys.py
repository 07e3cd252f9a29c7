"""Steps 10 and 11: the public key, read with the real gpg."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import GpgUnusableError, OpenPgpError, RemotePathError
from cxr_tui.domain.finding import Outcome, Verdict
from cxr_tui.domain.instruction import FileRef
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import MessageInfo, PublicKeyInfo, RemoteFile
from cxr_tui.gateways.openpgp.gateway import GpgOpenPgp
from cxr_tui.guide.checks.openpgp_key import is_private
from cxr_tui.guide.steps.keys import generate_key, import_key
from support.servers.real_parts import need
from support.worlds.fake_world import NOW, FakeWorld, codes, known_to, run

GOOD = PublicKeyInfo("A" * 40, ("k <a@b.example>",), "RSA", 3072, NOW, None, False, True, ("F" * 16,), False)


class Gpg:
    """gpg with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str, stdin: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--yes", "--quiet", *words]
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout

    def make(self, name: str, kind: str = "rsa2048", usage: str = "default", expires: str = "never") -> None:
        self("--passphrase", "", "--quick-generate-key", name, kind, usage, expires)

    def add_encryption(self, name: str, kind: str = "rsa2048") -> None:
        listed = self("--list-keys", "--with-colons", name).decode().splitlines()
        fingerprint = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
        self("--passphrase", "", "--quick-add-key", fingerprint, kind, "encr", "never")


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    need("gpg", "gpgconf")
    home = Path(tempfile.mkdtemp(prefix="cxr-"))  # pytest's own directories have too long a name for gpg's agent
    made = Gpg(home)
    made.make("good")
    made.add_encryption("good")
    made.make("sign", "rsa2048", "sign")
    made.make("weak", "rsa1024")
    made.add_encryption("weak", "rsa1024")
    made.make("soon", "rsa2048", "default", "10d")
    made.add_encryption("soon")
    yield made
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
    shutil.rmtree(home, ignore_errors=True)


async def judged(data: bytes, folder: Path, **parts: object) -> Outcome:
    """Run the check of the key step on a file with this content."""
    file = folder / "key.asc"
    file.write_bytes(data)
    world = replace(FakeWorld(openpgp=GpgOpenPgp()), **parts)  # type: ignore[arg-type]  # parts by name
    return await run(generate_key.STEP, world, answers(file))


def answers(file: Path) -> dict[str, Value]:
    return {
        "account.account_name": "acmeretail",
        "add-user.email": "jo@acme.example",
        "generate-key.public_key_file": str(file),
    }


async def test_a_good_key_is_taken_and_learned(gpg: Gpg, tmp_path: Path) -> None:
    made = gpg("--list-keys", "--with-colons", "good").decode()
    data = gpg("--armor", "--export", "good")
    outcome = await judged(data, tmp_path)
    # gpg 2.3 and newer announce AEAD by default; this machine's may or may not.
    assert set(codes(outcome, "fail")) <= {"key-announces-aead"}
    assert str(outcome.facts["fingerprint"]) in made
    assert all(str(one) in made for one in cast("list[str]", outcome.facts["encryption_key_ids"]))
    assert outcome.facts["made"] == "responsys-acmeretail"


@pytest.mark.parametrize(
    ("name", "code"), [("sign", "key-cannot-encrypt"), ("weak", "key-weak"), ("soon", "key-expired")]
)
async def test_a_key_that_will_not_do_is_named(gpg: Gpg, tmp_path: Path, name: str, code: str) -> None:
    moment = gpg_time(gpg)
    outcome = await judged(gpg("--armor", "--export", name), tmp_path, moment=moment)
    assert code in codes(outcome, "fail")
    wrong = next(one for one in outcome.findings if one.code == code)
    assert wrong.fix is not None
    assert wrong.fix.answers == {
        "generate-key.key_name": "responsys-acmeretail-2",
        "generate-key.public_key_file": "",
    }


def gpg_time(gpg: Gpg) -> object:
    from datetime import UTC, datetime

    created = next(
        line.split(":")[5]
        for line in gpg("--list-keys", "--with-colons", "soon").decode().splitlines()
        if line.startswith("pub")
    )
    return datetime.fromtimestamp(int(created), UTC)


@pytest.mark.parametrize("armour", [("--armor",), ()])
async def test_a_private_key_is_stopped_before_gpg_sees_it(gpg: Gpg, tmp_path: Path, armour: tuple[str, ...]) -> None:
    secret = gpg(*armour, "--export-secret-keys", "good")
    assert is_private(secret)
    assert not is_private(gpg(*armour, "--export", "good"))
    outcome = await judged(secret, tmp_path, openpgp=None)
    assert codes(outcome) == ["private-key-file"]
    assert "Do not upload" in outcome.findings[0].remedy


OTHER_FILES = {
    "empty": b"",
    "page": b"<!DOCTYPE html><html><body>Session expired</body></html>",
    "ssh": b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ== jo@acme",
    "text": b"the key comes tomorrow",
    "noise": bytes(range(1, 128)),
}


@pytest.mark.parametrize("name", OTHER_FILES)
async def test_a_file_that_is_no_key_is_named(tmp_path: Path, name: str) -> None:
    need("gpg")
    assert codes(await judged(OTHER_FILES[name], tmp_path)) == ["not-a-key-file"]


async def test_a_truncated_key_is_named(gpg: Gpg, tmp_path: Path) -> None:
    armour = gpg("--armor", "--export", "good")
    assert codes(await judged(armour[: len(armour) // 2], tmp_path)) == ["not-a-key-file"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])
async def test_every_kind_of_private_key_is_stopped(tmp_path: Path, kind: str, charset: str) -> None:
    data = f"-----BEGIN {kind}-----\r\nAAAA\r\n-----END {kind}-----\r\n".encode(charset)
    assert codes(await judged(data, tmp_path, openpgp=None)) == ["private-key-file"]


async def test_a_private_key_behind_a_public_one_is_stopped(gpg: Gpg, tmp_path: Path) -> None:
    both = gpg("--export", "good") + gpg("--export-secret-keys", "good")
    assert codes(await judged(both, tmp_path)) == ["private-key-file"]


async def test_a_public_key_saved_as_utf_16_is_named(gpg: Gpg, tmp_path: Path) -> None:
    outcome = await judged(gpg("--armor", "--export", "good").decode().encode("utf-16"), tmp_path)
    assert codes(outcome) == ["not-a-key-file"]
    assert "saved as UTF-16" in outcome.findings[0].seen


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    outcome = await run(generate_key.STEP, FakeWorld(), answers(tmp_path / "missing.asc"))
    assert codes(outcome) == ["key-file-unreadable"]


class OpenPgp:
    """Reads every file as one prepared key, or fails."""

    def __init__(self, key: PublicKeyInfo | OpenPgpError, recipients: tuple[str, ...] = ()) -> None:
        self.key = key
        self.recipients = recipients

    async def read_public_key(self, _: bytes) -> PublicKeyInfo:
        if isinstance(self.key, OpenPgpError):
            raise self.key
        return self.key

    async def read_message(self, _: bytes) -> MessageInfo:
        return MessageInfo(bool(self.recipients), self.recipients, True, False, "OpenPGP message")


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        (replace(GOOD, revoked=True), "fail", "key-expired"),
        (replace(GOOD, expires=NOW - timedelta(days=1)), "fail", "key-expired"),
        (replace(GOOD, expires=NOW + timedelta(days=30)), "fail", "key-expired"),
        (replace(GOOD, expires=NOW + timedelta(days=400)), "warn", "key-expiry"),
        (replace(GOOD, announces_aead=True), "fail", "key-announces-aead"),
        (replace(GOOD, bits=1024), "fail", "key-weak"),
        (replace(GOOD, encryption_key_ids=()), "fail", "key-cannot-encrypt"),
        (GpgUnusableError("gpg is missing or does not start; install it"), "unknown", "openpgp-unusable"),
        (GpgUnusableError("gpg did not answer in time"), "unknown", "openpgp-unusable"),
        (OpenPgpError("gpg could not read this OpenPGP public key"), "fail", "not-a-key-file"),
    ],
)
async def test_each_flaw_has_its_finding(
    tmp_path: Path, key: PublicKeyInfo | OpenPgpError, status: str, code: str
) -> None:
    outcome = await judged(b"key", tmp_path, openpgp=OpenPgp(key))
    assert codes(outcome, "fail", "warn", "unknown") == [code]
    assert codes(outcome, status) == [code]


@pytest.mark.parametrize(
    "key", [replace(GOOD, algorithm="ECDH cv25519", bits=255), replace(GOOD, expires=NOW + timedelta(days=4000))]
)
async def test_curves_are_strong_and_a_far_expiry_is_no_worry(tmp_path: Path, key: PublicKeyInfo) -> None:
    outcome = await judged(b"key", tmp_path, openpgp=OpenPgp(key))
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "warn") == []


def test_a_pair_that_was_made_is_downloaded_again_not_made_again(tmp_path: Path) -> None:
    given = answers(tmp_path / "key.asc")
    assert len(generate_key.STEP.visits(known_to(generate_key.STEP, given))) == 3
    (download,) = generate_key.STEP.visits(
        known_to(generate_key.STEP, given | {"generate-key.made": "responsys-acmeretail"})
    )
    assert download.press == ("Download",)
    assert download.brings == {"Downloaded key": "public_key_file"}


class Server:
    """A file server with one folder."""

    def __init__(self, *names: str) -> None:
        self.names = names

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        if folder != "download":
            raise RemotePathError(folder)
        return tuple(RemoteFile(name, f"{folder}/{name}", 100, NOW) for name in self.names)

    async def read(self, _: str, limit: int, offset: int = 0) -> bytes:
        return b"x"[offset:limit]


def importing(folder: Path, fingerprint: str = GOOD.fingerprint) -> dict[str, Value]:
    (folder / "key.asc").write_bytes(b"key")
    return {
        "generate-key.key_name": "pair",
        "generate-key.public_key_file": str(folder / "key.asc"),
        "generate-key.fingerprint": fingerprint,
        "generate-key.encryption_key_ids": list(GOOD.encryption_key_ids),
    }


async def test_the_same_key_rests_on_a_word_until_a_file_is_encrypted_to_it(tmp_path: Path) -> None:
    outcome = await run(import_key.STEP, FakeWorld(openpgp=OpenPgp(GOOD)), importing(tmp_path))
    assert outcome.verdict is Verdict.CONFIRMABLE


@pytest.mark.parametrize(
    ("recipients", "names", "verdict"),
    [
        (GOOD.encryption_key_ids, ("a.csv.gpg",), Verdict.VERIFIED),
        (("0" * 16,), ("a.csv.gpg",), Verdict.CONFIRMABLE),
        (GOOD.encryption_key_ids, (), Verdict.CONFIRMABLE),
    ],
)
async def test_a_file_on_the_server_is_evidence(
    tmp_path: Path, recipients: tuple[str, ...], names: tuple[str, ...], verdict: Verdict
) -> None:
    world = FakeWorld(openpgp=OpenPgp(GOOD, recipients), server=cast("FileServer", Server(*names)))
    assert (await run(import_key.STEP, world, importing(tmp_path))).verdict is verdict


async def test_another_key_shows_both_fingerprints(tmp_path: Path) -> None:
    outcome = await run(import_key.STEP, FakeWorld(openpgp=OpenPgp(GOOD)), importing(tmp_path, "B" * 40))
    (wrong,) = outcome.findings
    assert wrong.code == "key-mismatch"
    assert "AAAA AAAA" in wrong.seen
    assert "BBBB BBBB" in wrong.seen


def test_the_file_that_is_imported_is_the_one_that_was_downloaded(tmp_path: Path) -> None:
    given = importing(tmp_path)
    _, dialog = import_key.STEP.visits(known_to(import_key.STEP, given))
    assert dialog.entries["Choose file"] == FileRef(str(given["generate-key.public_key_file"]))
