"""Hostile files through the whole program: each ends in its finding, soon, and in bounded memory of all processes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.bench_preflight import timed
from cxr_tui.preflight.validation.rules import BOMB_FROM_BYTES, MOST_COLUMNS, MOST_LINE_BYTES
from support.gpg_keys import GpgBench, gpg_bench
from support.preflight_files import HEADER
from support.reference_reader import write

ROW = ["1", "C1", "a@b.co", "H", "491701234567", "DE", "Rome", "2026-01-01 10:00:00", "Anna", "1", "1.5"]
HEAD, LINE = write([HEADER], delimiter=","), write([ROW], delimiter=",")
GIGABYTE = 1 << 30
MOST_MEMORY = 550e6
"""Of python, the engine and gpg together; an ordinary small file takes some 130 MB, ten million records some 700."""
MOST_SECONDS = 20.0
"""Of processor time, which other work on the machine does not change."""


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        made.add(made.make("ours", "rsa2048", "sign"), "rsa2048")
        yield made


def a_bomb_in_openpgp(path: Path, bench: GpgBench) -> None:
    text = HEAD + LINE * (int(BOMB_FROM_BYTES * 1.2) // len(LINE))
    options = ("--compress-algo", "zlib", "--compress-level", "9")
    path.write_bytes(bench.encrypted(text, "--recipient", "ours@example.com", *options))


def packets_cut_off(path: Path, bench: GpgBench) -> None:
    content = bench.encrypted(HEAD + os.urandom(3_000_000).hex().encode(), "--recipient", "ours@example.com")
    path.write_bytes(content[: len(content) // 2])


def a_line_of_a_gigabyte(path: Path, _: GpgBench) -> None:
    with path.open("wb") as file:
        file.write(HEAD + LINE)
        file.write(b"x" * (64 << 20))
        file.truncate(GIGABYTE)  # a hole reads as zero bytes


def a_gigabyte_of_zeros(path: Path, _: GpgBench) -> None:
    with path.open("wb") as file:
        file.write(HEAD + LINE)
        file.truncate(GIGABYTE)


def zeros_within_values(path: Path, _: GpgBench) -> None:
    path.write_bytes(HEAD + LINE.replace(b"Rome", b"Ro\0me") * 100_000)


def a_hundred_thousand_columns(path: Path, _: GpgBench) -> None:
    path.write_bytes(b",".join(b"COLUMN%d" % number for number in range(100_000)) + b"\n" + b"1,2\n" * 10)


def records_of_a_hundred_thousand_fields(path: Path, _: GpgBench) -> None:
    path.write_bytes(HEAD + (LINE.rstrip(b"\n") + b",x" * 100_000 + b"\n") * 150)


def a_field_that_is_never_closed(path: Path, _: GpgBench) -> None:
    path.write_bytes(HEAD + b'1,"' + LINE * 250_000)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("make", "code", "options"),
    [
        (a_bomb_in_openpgp, "compression-bomb", ()),
        (packets_cut_off, "file-damaged", ()),
        (a_line_of_a_gigabyte, "line-too-long", ()),
        (a_gigabyte_of_zeros, "line-too-long", ()),
        (zeros_within_values, "control-character", ()),
        (a_hundred_thousand_columns, "too-many-columns", ()),
        (records_of_a_hundred_thousand_fields, "rows-rejected", ()),
        (a_field_that_is_never_closed, "rows-rejected", ("--enclosure", '"')),
    ],
    ids=lambda one: one.__name__ if callable(one) else None,
)
def test_a_hostile_file_ends_in_a_finding(
    bench: GpgBench, tmp_path: Path, make: Callable[[Path, GpgBench], None], code: str, options: tuple[str, ...]
) -> None:
    path = tmp_path / "hostile"
    make(path, bench)
    with path.open("rb") as file:
        key = ("--key", str(bench.home)) if file.read(1) >= b"\x80" else ()
    command = [sys.executable, "-m", "cxr_tui", "preflight", str(path), "--json", *key, *options]
    took, out = timed([command], {**os.environ, "CXR_TUI_HOME": str(tmp_path / "home")})
    path.unlink()
    found = {one["code"]: one for one in json.loads(out)["findings"]}
    assert code in found, list(found)
    assert took.peak < MOST_MEMORY, f"{took.peak / 1e6:.0f} MB"
    assert took.cpu < MOST_SECONDS
    sys.stdout.write(f"{make.__name__}: {took.cpu:.1f} s of processor time, {took.peak / 1e6:.0f} MB\n")


def test_the_limits_leave_room_for_every_real_list() -> None:
    assert MOST_COLUMNS > 10 * 100  # a list has at most some hundred columns
    assert MOST_LINE_BYTES > 100 * 4000 * 4 * 10  # of at most 4000 characters of at most 4 bytes
