"""Encrypted and compressed files, by real gpg; and hostile ones, which end in a finding, soon and in little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import resource
import subprocess
import sys
import tarfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.secret import Secret
from cxr_tui.preflight.reading import decode
from cxr_tui.preflight.reading.decrypt import SecretKey, opened
from cxr_tui.preflight.reading.source import SourceError, open_local
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.runner import CancelledError, Progress, preflight, validate_file
from cxr_tui.preflight.validation.rules import BOMB_RATIO
from support.gpg_keys import GpgBench, gpg_bench
from support.preflight_files import HEADER, Blocks, Case, Given
from support.reference_reader import write

GOOD = ["C1", "a@b.co", "H", "491701234567", "DE", "Rome", "2026-01-01 10:00:00", "Anna", "1", "1.5"]
TEXT = write([HEADER, *([str(number), *GOOD] for number in range(2000))], delimiter=",")
CASE = Case(TEXT)


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        for name in ("ours", "theirs"):
            made.add(made.make(name, "rsa2048", "sign"), "rsa2048")
        yield made


def encrypted(bench: GpgBench, text: bytes, name: str = "ours", *options: str) -> bytes:
    return bench.encrypted(text, "--recipient", f"{name}@example.com", *options)


async def told(path: Path, content: bytes, key: SecretKey | None, ids: tuple[str, ...] = ()) -> PreflightResult:
    path.write_bytes(content)
    return await preflight(str(path), CASE.plan(), None, lambda _: None, key, ids)


def key_file(bench: GpgBench, folder: Path, name: str = "ours") -> SecretKey:
    path = folder / f"{name}.asc"
    path.write_bytes(bench.private(name))
    return SecretKey(path)


def failing(answer: PreflightResult) -> Finding:
    return next(one for one in answer.findings if one.status in (Status.FAIL, Status.UNKNOWN))


@pytest.mark.parametrize("options", [(), ("--compress-algo", "none"), ("--compress-algo", "bzip2"), ("--armor",)])
async def test_an_encrypted_file_is_judged_as_the_plain_one(
    bench: GpgBench, tmp_path: Path, options: tuple[str, ...]
) -> None:
    answer = await told(tmp_path / "f.gpg", encrypted(bench, TEXT, "ours", *options), key_file(bench, tmp_path))
    assert (answer.rows, answer.bytes) == (2000, len(TEXT))
    plain = CASE.answer()
    assert answer.recipients == (bench.key_ids("ours")[1],)
    same = {"seconds": 0, "recipients": []}
    assert answer.document() | same == plain.document() | same


async def test_a_gnupg_home_serves_as_key(bench: GpgBench, tmp_path: Path) -> None:
    answer = await told(tmp_path / "f.gpg", encrypted(bench, TEXT), SecretKey(bench.home))
    assert answer.rows == 2000


async def test_without_the_key_only_the_recipient_is_said(bench: GpgBench, tmp_path: Path) -> None:
    content = encrypted(bench, TEXT)
    ours = bench.key_ids("ours")[1]
    unknown = await told(tmp_path / "f.gpg", content, None)
    assert (failing(unknown).code, failing(unknown).status) == ("not-readable-here", Status.UNKNOWN)
    assert ours in failing(unknown).seen
    assert (unknown.complete, unknown.fails, unknown.ok, unknown.document()["run"]) == (False, False, False, "unknown")
    right = await told(tmp_path / "f.gpg", content, None, (ours,))
    assert failing(right).code == "not-readable-here"
    wrong = await told(tmp_path / "f.gpg", content, None, (bench.key_ids("theirs")[1],))
    assert (failing(wrong).code, wrong.fails) == ("file-wrong-recipient", True)
    other = await told(tmp_path / "f.gpg", content, key_file(bench, tmp_path, "theirs"))
    assert failing(other).code == "file-wrong-recipient"


async def test_a_hidden_recipient_is_tried(bench: GpgBench, tmp_path: Path) -> None:
    content = bench.encrypted(TEXT, "--hidden-recipient", "ours@example.com")
    assert (await told(tmp_path / "f.gpg", content, key_file(bench, tmp_path))).rows == 2000
    other = await told(tmp_path / "f.gpg", content, key_file(bench, tmp_path, "theirs"))
    assert failing(other).code == "file-wrong-recipient"


def locked_key(folder: Path) -> tuple[Path, bytes]:
    """Make a key with a passphrase; return its file and a message to it."""
    with gpg_bench() as bench:
        (bench.home / "gpg-agent.conf").write_text("s2k-count 65536\n")  # quick to open, for a test
        command = ["gpg", "--homedir", str(bench.home), "--batch", "--quiet", "--pinentry-mode", "loopback"]
        command += ["--passphrase", "Open-Sesame"]
        made = [*command, "--quick-gen-key", "locked <locked@example.com>", "future-default", "default"]
        subprocess.run(made, check=True, capture_output=True)
        content = bench.encrypted(TEXT, "--recipient", "locked@example.com")
        path = folder / "locked.asc"
        export = [*command, "--armor", "--export-secret-keys"]
        path.write_bytes(subprocess.run(export, check=True, capture_output=True).stdout)
    return path, content


async def test_a_passphrase_opens_the_key_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    path, content = locked_key(tmp_path)
    assert (await told(tmp_path / "f.gpg", content, SecretKey(path, Secret("Open-Sesame")))).rows == 2000
    for wrong in (Secret("Open-Sesam"), None):
        answer = await told(tmp_path / "f.gpg", content, SecretKey(path, wrong))
        assert (failing(answer).code, failing(answer).status) == ("key-locked", Status.UNKNOWN)
        assert "Sesam" not in str(answer)


async def test_what_is_no_private_key_is_named(bench: GpgBench, tmp_path: Path) -> None:
    path = tmp_path / "public.asc"
    path.write_bytes(bench.public("ours"))
    with pytest.raises(SourceError, match="OpenPGP public key"):
        await told(tmp_path / "f.gpg", encrypted(bench, TEXT), SecretKey(path))
    with pytest.raises(SourceError, match="cannot be read"):
        await told(tmp_path / "f.gpg", encrypted(bench, TEXT), SecretKey(tmp_path / "none.asc"))


@pytest.mark.parametrize("share", [0.02, 0.5, 0.98, 0.9999])
async def test_a_message_that_is_cut_off_is_damaged(bench: GpgBench, tmp_path: Path, share: float) -> None:
    content = encrypted(bench, TEXT)
    answer = await told(tmp_path / "f.gpg", content[: int(len(content) * share)], key_file(bench, tmp_path))
    assert failing(answer).code == "file-damaged"
    assert (answer.complete, answer.ok, answer.accepted) == (False, False, 0)


async def test_a_message_that_was_changed_is_damaged(bench: GpgBench, tmp_path: Path) -> None:
    content = bytearray(encrypted(bench, TEXT))
    content[len(content) // 2] ^= 0x55
    answer = await told(tmp_path / "f.gpg", bytes(content), key_file(bench, tmp_path))
    assert failing(answer).code == "file-damaged"
    assert answer.fails


def zipped(text: bytes, how: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as made:
        made.writestr("CUSTOMERS.csv", text)
    return file.getvalue()


def in_tar(text: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        entry = tarfile.TarInfo("CUSTOMERS.csv")
        entry.size = len(text)
        made.addfile(entry, io.BytesIO(text))
    return file.getvalue()


PACKED = {
    "gzip": gzip.compress(TEXT),
    "zip": zipped(TEXT, zipfile.ZIP_DEFLATED),
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "tar": in_tar(TEXT),
}


@pytest.mark.parametrize(("content", "named"), [(content, name) for name, content in PACKED.items()], ids=list(PACKED))
async def test_what_is_only_compressed_is_named_and_not_read(
    bench: GpgBench, tmp_path: Path, content: bytes, named: str
) -> None:
    for key, file in ((None, content), (key_file(bench, tmp_path), encrypted(bench, content))):
        answer = await told(tmp_path / "f", file, key)
        assert failing(answer).code == "file-compressed"
        assert named in failing(answer).seen
        assert (answer.rows, answer.accepted, answer.complete, answer.ok) == (0, 0, False, False)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"<html><body>Session expired</body></html>\n", "HTML page"),
        (b'{"error": "expired"}\n', "JSON document"),
        (b'[{"CUSTOMER_ID_": 1}]\n', "JSON document"),
        (b"%PDF-1.7\n", "PDF document"),
    ],
)
async def test_another_type_of_file_is_named(tmp_path: Path, content: bytes, named: str) -> None:
    answer = await told(tmp_path / "f", content, None)
    assert failing(answer).code == "file-other-type"
    assert named in failing(answer).seen


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        await preflight(str(tmp_path / "none"), CASE.plan(), None, lambda _: None)
    with pytest.raises(SourceError):
        await preflight(str(tmp_path), CASE.plan(), None, lambda _: None)


class Endless(Given):
    """A source that is made while it is read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__(b"")
        self.size = 1 << 40
        self.given = 0
        self.file = Blocks(self._counted(blocks))

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.given += len(block)
            yield block


def judged(source: Given, case: Case = CASE) -> PreflightResult:
    return validate_file(source, case.plan(), None, lambda _: None, threading.Event())


def test_a_line_of_a_gigabyte_ends_the_reading() -> None:
    head = write([HEADER, ["1", *GOOD]], delimiter=",")
    source = Endless(iter([head, *([b"x" * (1 << 20)] * 1024)]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = judged(source)
    assert "Line 3" in failing(answer).seen
    assert (failing(answer).code, answer.rows, answer.complete) == ("line-too-long", 1, False)
    assert source.given < 64 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes


def test_a_hundred_thousand_columns_end_the_reading() -> None:
    answer = judged(Given(b",".join(b"COLUMN%d" % number for number in range(100_000)) + b"\n1,2\n"))
    assert "100,000" in failing(answer).seen
    assert (failing(answer).code, answer.complete) == ("too-many-columns", False)
    wide = [HEADER, *([str(number), *GOOD, *["x"] * 100_000] for number in range(3))]
    assert judged(Given(write(wide, delimiter=","))).reasons[0].rows == 3


def test_zero_bytes_are_control_characters_and_a_file_of_them_is_none() -> None:
    row = ["1", *GOOD]
    row[7 - 1] = "Ro\0me"
    answer = Case(write([HEADER, row], delimiter=",")).answer()
    assert [(one.code, one.column) for one in answer.reasons] == [("control-character", "CITY_")]
    assert failing(judged(Given(b"\0" * 5_000_000))).code == "header-off"
    assert failing(judged(Given(b"\0" * 40_000_000))).code == "line-too-long"


def test_noise_is_no_file() -> None:
    noise = zlib.compress(TEXT, 9)[2:] * 50
    answer = judged(Given(noise))
    assert failing(answer).code == "header-off"
    assert answer.accepted == 0


async def test_what_unpacks_without_end_is_stopped(
    bench: GpgBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "BOMB_FROM_BYTES", 1 << 20)
    line = b",".join(one.encode() for one in ["1", *GOOD]) + b"\n"
    bomb = write([HEADER], delimiter=",") + line * ((8 << 20) // len(line))
    for options in (("--compress-algo", "bzip2"), ("--compress-algo", "zlib", "--compress-level", "9")):
        content = encrypted(bench, bomb, "ours", *options)
        assert len(content) < len(bomb) // BOMB_RATIO
        answer = await told(tmp_path / "f.gpg", content, key_file(bench, tmp_path))
        assert failing(answer).code == "compression-bomb"
        assert answer.bytes < len(bomb)


def test_it_can_be_cancelled_at_any_moment_and_nothing_is_left(bench: GpgBench, tmp_path: Path) -> None:
    path = tmp_path / "f.gpg"
    path.write_bytes(encrypted(bench, TEXT * 200))
    cancelled = threading.Event()
    seen: list[Progress] = []

    def tell(progress: Progress) -> None:
        seen.append(progress)
        cancelled.set()

    threads = set(threading.enumerate())
    with opened(key_file(bench, tmp_path)) as key, pytest.raises(CancelledError):
        validate_file(open_local(str(path)), CASE.plan(), key, tell, cancelled)
    assert seen[0].size == path.stat().st_size
    assert not [
        one for one in threading.enumerate() if one not in threads and one.name.startswith(("gpg", "preflight"))
    ]


def test_progress_tells_rate_and_what_is_left() -> None:
    progress = Progress(done=250, size=1000, rows=5, seconds=2.0)
    assert (progress.rate, progress.remaining) == (125.0, 6.0)
    assert Progress(0, 1000, 0, 0.0).remaining is None


def test_nothing_of_the_text_is_written_to_disk(bench: GpgBench, tmp_path: Path) -> None:
    """Watch every file that the process opens for writing while an encrypted file is judged."""
    path = tmp_path / "f.gpg"
    path.write_bytes(encrypted(bench, TEXT))
    key = key_file(bench, tmp_path)
    script = f"""
import asyncio, sys
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[2] & 3:
        opened.append(str(arguments[0]))
from cxr_tui.preflight.runner import preflight
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.validation import record_findings, validator
from cxr_tui.preflight.import_options import ImportOptions
from pathlib import Path
import tempfile
tempfile.gettempdir()  # tries where it may write
key = SecretKey(Path({str(key.path)!r}))
sys.addaudithook(watch)
answer = asyncio.run(preflight({str(path)!r}, ImportOptions(), None, lambda _: None, key))
assert answer.rows == 2000, answer
own = ("gpg-agent.conf", ".lock", "/dev/null")
print([one for one in opened if not one.endswith(own)])
"""
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
