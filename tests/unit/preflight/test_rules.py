"""The patterns and limits of preflight at their edges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import repeat

import pytest

from cxr_tui.preflight.reading.decode import ReadingError, limited, line_chunks, whole_lines
from cxr_tui.preflight.validation.rules import misread_pattern

MEGABYTE = 1024 * 1024
LETTERS = (0x80, 0xBF, 0xC0, 0x7BF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFD)
RARE = (0x10000, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF)
"""First and last letters of every form of UTF-8, but those behind a sharp s."""
NOT_UTF_8 = (
    "c1bf",
    "e09fbf",
    "e0c080",
    "eda080",
    "f08fbfbf",
    "f0c08080",
    "f4908080",
    "f5808080",
    "c37f",
    "c3c0",
    "e1807f",
    "e180c0",
    "f180807f",
    "f18080c0",
    "df80",
    "80",
    "bf",
)


def fits(text: str, charset: str = "utf-8") -> bool:
    return re.fullmatch(misread_pattern(charset), text) is not None


@pytest.mark.parametrize("letter", [*LETTERS, *RARE], ids="U+{:04X}".format)
def test_every_form_of_utf_8_read_in_a_single_byte_character_set_is_recognized(letter: int) -> None:
    assert fits("M" + chr(letter).encode().decode("latin-1") + "x")


@pytest.mark.parametrize("octets", NOT_UTF_8)
def test_what_no_text_in_utf_8_holds_is_not_recognized(octets: str) -> None:
    assert not fits(bytes.fromhex(octets).decode("latin-1"))


@pytest.mark.parametrize(
    ("text", "charset", "expected"),
    [
        ("MÃ¼ller", "utf-8", True),
        ("Ã¼ber MÃ¼ller", "utf-8", True),
        ("Müller", "utf-8", False),
        ("MÃ¼ller Ü", "utf-8", False),
        ("Miller", "utf-8", False),
        ("groß”", "utf-8", False),
        ("Å‚", "utf-8", True),
        ("Ð”", "utf-8", True),
        ("ﾃｼ", "shift_jis", True),
    ],
)
def test_a_value_counts_as_read_wrongly_only_where_all_its_letters_fit(text: str, charset: str, expected: bool) -> None:
    assert fits(text, charset) is expected


def blocks(count: int, more: int) -> Iterator[bytes]:
    yield from repeat(b"x" * MEGABYTE, count)
    yield b"x" * more


@pytest.mark.parametrize(("source", "megabytes"), [(1, 256), (MEGABYTE, 256), (2 * MEGABYTE, 400)])
def test_a_file_may_unpack_to_256_megabytes_or_200_times_its_size(source: int, megabytes: int) -> None:
    assert sum(map(len, limited(blocks(megabytes, 0), source))) == megabytes * MEGABYTE
    with pytest.raises(ReadingError) as caught:
        list(limited(blocks(megabytes, 1), source))
    assert "200 times" in str(caught.value.finding.seen)


def test_a_line_may_have_16_megabytes() -> None:
    (line,) = line_chunks(blocks(16, 0), "utf-8")
    assert len(whole_lines(line, 1)) == 16 * MEGABYTE + 1
    (longer,) = line_chunks(blocks(16, 1), "utf-8")
    with pytest.raises(ReadingError, match="16,777,216"):
        whole_lines(longer, 1)
