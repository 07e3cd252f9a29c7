"""Encrypted files as other programs write them: without integrity protection, to any part of the right key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxr_tui.domain.finding import Status
from cxr_tui.preflight.reading.decrypt import SecretKey, opened
from cxr_tui.preflight.reading.source import SourceError
from cxr_tui.preflight.runner import preflight
from end_to_end.preflight.test_preflight_messages import CASE, TEXT, encrypted, key_file, told
from support.gpg_keys import GpgBench, gpg_bench

PAST = "20200101T000000!"


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        made.add(made.make("ours", "rsa2048", "sign"), "rsa2048")
        rotated = made.make("rotated", "rsa2048", "sign", "never", "--faked-system-time", PAST)
        made.add(rotated, "rsa2048", "1y", "--faked-system-time", PAST)
        made.add(rotated, "rsa2048")
        yield made


@pytest.mark.parametrize("encrypted_text", [True, False])
async def test_a_pipe_is_refused_as_one(bench: GpgBench, tmp_path: Path, encrypted_text: bool) -> None:
    reading, writing = os.pipe()
    os.write(writing, encrypted(bench, TEXT[:500]) if encrypted_text else TEXT[:500])
    os.close(writing)
    os.mkfifo(tmp_path / "fifo")
    for named in (f"/dev/fd/{reading}", str(tmp_path / "fifo")):
        with pytest.raises(SourceError, match="a named pipe, not a file"):
            await preflight(named, CASE.plan(), None, lambda _: None, key_file(bench, tmp_path))
    os.close(reading)


UNPROTECTED = {
    "old AES": ("--rfc2440", "--disable-mdc", "--cipher-algo", "AES256"),
    "old 3DES": ("--rfc2440", "--disable-mdc", "--cipher-algo", "3DES"),
    "armoured": ("--rfc2440", "--disable-mdc", "--armor"),
    "not compressed": ("--rfc2440", "--disable-mdc", "--compress-algo", "none"),
}


@pytest.mark.parametrize("kind", UNPROTECTED)
async def test_a_message_without_integrity_protection_is_read_and_said(
    bench: GpgBench, tmp_path: Path, kind: str
) -> None:
    content = encrypted(bench, TEXT, "ours", *UNPROTECTED[kind])
    answer = await told(tmp_path / "f.gpg", content, key_file(bench, tmp_path))
    assert (answer.rows, answer.complete) == (2000, True)
    assert {one.code: one.status for one in answer.findings}["message-unprotected"] is Status.WARN
    assert "file-damaged" not in {one.code for one in answer.findings}


async def test_a_message_without_integrity_protection_that_is_cut_off_is_still_damaged(
    bench: GpgBench, tmp_path: Path
) -> None:
    content = encrypted(bench, TEXT, "ours", *UNPROTECTED["old AES"])[:-500]
    answer = await told(tmp_path / "f.gpg", content, key_file(bench, tmp_path))
    assert {"message-unprotected", "file-damaged"} <= {one.code for one in answer.findings}
    assert not answer.complete


async def test_every_part_of_the_key_opens_what_is_encrypted_to_it(bench: GpgBench, tmp_path: Path) -> None:
    primary, expired, current = bench.key_ids("rotated")
    key = key_file(bench, tmp_path, "rotated")
    with opened(key) as one:
        assert set(one.key_ids) == {primary, expired, current}
    for recipient, when in ((expired, ("--faked-system-time", PAST)), (current, ())):
        content = bench.encrypted(TEXT, *when, "--recipient", f"{recipient}!")
        answer = await told(tmp_path / "f.gpg", content, key, (primary, expired, current))
        assert (answer.rows, answer.recipients) == (2000, (recipient,))


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
async def test_a_private_key_that_an_editor_saved_in_another_charset_opens_files(
    bench: GpgBench, tmp_path: Path, charset: str
) -> None:
    (tmp_path / "key.asc").write_bytes(bench.private("ours").decode().encode(charset))
    answer = await told(tmp_path / "f.gpg", encrypted(bench, TEXT), SecretKey(tmp_path / "key.asc"))
    assert answer.rows == 2000


@pytest.mark.parametrize("name", [b"J\xfcrgen M\xfcller", b"\xff\xfe", "Jürgen".encode()])
async def test_a_private_key_with_a_user_id_in_any_charset_opens_files(tmp_path: Path, name: bytes) -> None:
    with gpg_bench() as made:
        made.gpg("--utf8-strings", "--quick-gen-key", os.fsdecode(name + b" <x@example.com>"), "rsa2048", "encr")
        (tmp_path / "key.asc").write_bytes(made.gpg("--armor", "--export-secret-keys"))
        content = made.encrypted(TEXT, "--recipient", "x@example.com")
    answer = await told(tmp_path / "f.gpg", content, SecretKey(tmp_path / "key.asc"))
    assert answer.rows == 2000
