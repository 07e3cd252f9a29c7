"""Hostile files: keys, messages, tables and answers that are bombs, nested, forged or endless; each is named, soon."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from cxr_tui.cli.commands.preflight import with_options
from cxr_tui.domain.errors import Flaw
from cxr_tui.domain.ports import World
from cxr_tui.gateways.openpgp.file_type import what_is
from cxr_tui.gateways.openpgp.gateway import GpgOpenPgp
from cxr_tui.gateways.openpgp.message import MOST_RECIPIENTS, read_message
from cxr_tui.guide.checks.openpgp_key import SIZE_LIMIT, read_key_file
from cxr_tui.guide.checks.ssh_key_file import Form
from cxr_tui.guide.checks.ssh_key_file import read_key_file as read_ssh2
from cxr_tui.guide.definition import Check
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guide.steps.keys.generate_key import STEP
from cxr_tui.guided.answers_file import SIZE_LIMIT as ANSWERS_LIMIT
from cxr_tui.guided.answers_file import AnswersFileError, read_answers
from cxr_tui.preflight.import_options import ImportOptions, ImportOptionsError
from cxr_tui.preflight.reading.decrypt import MOST_KEY_BYTES, SecretKey, opened
from cxr_tui.preflight.reading.source import SourceError, open_local
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.runner import validate_file
from end_to_end.preflight.test_preflight_messages import GOOD
from support.gpg_keys import GpgBench, HandMadeKey, gpg_bench, packet
from support.preflight_files import HEADER, Case
from support.processes.resource_limits import bounded
from support.reference_reader import write
from support.worlds.scripted_world import ScriptedWorld, known_of

KEY = HandMadeKey()
PUBLIC = KEY.public(KEY.self_signature(1_700_000_000))
PRIMARY = PUBLIC[: PUBLIC.index(b"\xcd\xff")]


BEGIN = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"


def user_ids(count: int) -> bytes:
    return b"".join(packet(13, b"User %d <u%d@example.com>" % (number, number)) for number in range(count))


def compressed(octets: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packet(8, b"\x01" + packer.compress(octets) + packer.flush())


def nested(octets: bytes, times: int) -> bytes:
    for _ in range(times):
        octets = compressed(octets)
    return octets


def literal(text: bytes, claimed: int | None = None) -> bytes:
    body = b"b\0\0\0\0\0" + text
    return b"\xcb\xff" + (len(body) if claimed is None else claimed).to_bytes(4, "big") + body


class Trick(NamedTuple):
    """A file, and the code of the finding in which that ends."""

    name: str
    content: bytes
    code: str


# --- OpenPGP keys -----------------------------------------------------------------------------------------------------

KEYS = (
    Trick("10,000 user ids", PUBLIC + user_ids(10_000), "key-too-many-user-ids"),
    Trick("10,000 user ids and no signature", PRIMARY + user_ids(10_000), "key-too-many-user-ids"),
    Trick("10,000 pictures", PUBLIC + packet(17, b"\x01") * 9_000, "key-too-many-user-ids"),
    Trick("100,000 signatures", PUBLIC + packet(2, b"\x04") * 100_000, "key-file-too-large"),
    Trick("one part of a megabyte and more", packet(6, b"\x04" + bytes(1_100_000)), "key-file-too-large"),
    Trick("a bomb in the place of a key", compressed(PUBLIC + bytes(50_000_000)), "not-a-key-file"),
    Trick("a key that is packed", nested(PUBLIC, 3), "key-file-nested"),
    Trick("a key with a bomb behind it", PUBLIC + compressed(bytes(50_000_000)), "not-a-key-file"),
    Trick("a key in a text packet", literal(PUBLIC), "key-file-nested"),
    Trick("a key that ends too early", PUBLIC[:-100], "key-file-cut-off"),
    Trick("a first part of four gigabytes", b"\xc6\xff\xff\xff\xff\xff" + PUBLIC[6:], "key-file-cut-off"),
    Trick("a user id of four gigabytes", PRIMARY + b"\xcd\xff\xff\xff\xff\xf0abc", "key-file-cut-off"),
    Trick("parts of parts without end", PRIMARY + b"\xcd" + b"\xe0x" * 300_000, "key-file-cut-off"),
    Trick("armour with headers without end", BEGIN + b":\n" * 480_000, "not-a-key-file"),
    Trick("armour without end", BEGIN + b"\n" + b"mQENBF" * 160_000, "not-a-key-file"),
    Trick("a message", packet(1, b"\x03" + bytes(9)) + packet(18, b"\x01" + bytes(99)), "not-a-key-file"),
    Trick("nothing but zeros", bytes(900_000), "not-a-key-file"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _in_bounds() -> Iterator[None]:
    """Hold every test here, whatever it says itself, to what anything hostile may cost at most."""
    with bounded(seconds=30, megabytes=200):
        yield


async def key_findings(content: bytes) -> list[str]:
    """Read a key file as steps 10 and 11 do, and return the codes of what is found."""
    world = ScriptedWorld(files={"key.asc": content}, openpgp=GpgOpenPgp())
    check = Check(known_of(STEP, {}), cast("World", world), lambda _: None)
    assert await read_key_file(check, "key.asc") is None
    return [one.code for one in check.report.verified().findings]


@pytest.mark.parametrize("trick", KEYS, ids=lambda trick: trick.name)
async def test_a_hostile_key_file_ends_in_a_finding(trick: Trick) -> None:
    with bounded(seconds=3, megabytes=100):
        found = await key_findings(trick.content)
    assert found == list(dict.fromkeys(("not-a-key-file", trick.code)))


def test_every_flaw_of_a_key_file_is_tried() -> None:
    flaws = {flaw.value for flaw in Flaw if flaw.value.startswith(("key-file-", "key-too-"))}
    assert flaws <= {trick.code for trick in KEYS}


async def test_a_key_of_the_largest_size_is_read_whole() -> None:
    content = PUBLIC + b"".join(packet(2, b"\x04" + bytes(300)) for _ in range(2_900))
    assert len(content) < SIZE_LIMIT
    with bounded(seconds=5, megabytes=100):
        assert (await GpgOpenPgp().read_public_key(content)).fingerprint == KEY.fingerprint


# --- OpenPGP messages -------------------------------------------------------------------------------------------------

TEXT = write([HEADER, *([str(number), *GOOD] for number in range(50))], delimiter=",")
STRANGER = packet(1, b"\x03ABCDEFGH\x01\x08\x00" + b"\xff" * 256)
HIDDEN = packet(1, b"\x03" + bytes(8) + b"\x01\x08\x00" + b"\x7f" * 256)


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        made.add(made.make("ours", "rsa2048", "sign"), "rsa2048")
        yield made


def wrapped(bench: GpgBench, packets: bytes) -> bytes:
    """Encrypt packets as they are."""
    return bench.gpg("--no-literal", "--compress-algo", "none", "-r", "ours@example.com", "--encrypt", given=packets)


Make = Callable[[GpgBench], bytes]
MESSAGES: dict[str, tuple[str, Make]] = {
    "packed 40 times": ("message-nested", lambda bench: wrapped(bench, nested(literal(TEXT), 40))),
    "packed 1,000 times": ("message-nested", lambda bench: wrapped(bench, nested(literal(TEXT), 1000))),
    "a text that claims four gigabytes": ("file-damaged", lambda bench: wrapped(bench, literal(TEXT, 0xFFFFFFFF))),
    "a text that claims more than there is": ("file-damaged", lambda bench: wrapped(bench, literal(TEXT, 99_999))),
    "two texts": ("file-damaged", lambda bench: wrapped(bench, literal(TEXT) * 2)),
    "noise inside": ("file-damaged", lambda bench: wrapped(bench, b"\xff" * 1000)),
    "cut off": ("file-damaged", lambda bench: wrapped(bench, literal(TEXT))[:-50]),
    "2,000 recipients": ("too-many-recipients", lambda bench: STRANGER * 2000 + wrapped(bench, literal(TEXT))),
    "2,000 hidden ones": ("too-many-recipients", lambda bench: HIDDEN * 2000 + wrapped(bench, literal(TEXT))),
    "a length of four gigabytes": ("file-wrong-recipient", lambda _: STRANGER + b"\xd2\xff\xff\xff\xff\xff\x01abc"),
    "parts without end": ("file-wrong-recipient", lambda _: STRANGER + b"\xd2" + b"\xe0x" * 500_000),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_hostile_message_ends_in_a_finding(bench: GpgBench, tmp_path: Path, name: str) -> None:
    code, make = MESSAGES[name]
    (tmp_path / "f.gpg").write_bytes(make(bench))
    (tmp_path / "key.asc").write_bytes(bench.private("ours"))
    with opened(SecretKey(tmp_path / "key.asc")) as key, bounded(seconds=10, megabytes=200):
        answer = validate_file(
            open_local(str(tmp_path / "f.gpg")), Case(TEXT).plan(), key, lambda _: None, threading.Event()
        )
    assert code in [one.code for one in answer.findings]
    assert (answer.complete, answer.ok) == (False, False)
    assert all(len(one.seen) < 4000 for one in answer.findings)


def test_of_very_many_recipients_the_first_are_told() -> None:
    with bounded(seconds=1, megabytes=50):
        found = read_message(STRANGER * 3000 + packet(18, b"\x01" + bytes(50)))
    assert len(found.recipients) == MOST_RECIPIENTS


def test_a_private_key_file_without_end_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "key.asc").open("wb") as file:
        file.truncate(1 << 40)
    with (
        bounded(seconds=1, megabytes=10),
        pytest.raises(SourceError, match="too large"),
        opened(SecretKey(tmp_path / "key.asc")),
    ):
        pass
    assert MOST_KEY_BYTES < 1 << 24


# --- tables -----------------------------------------------------------------------------------------------------------


def judged(path: Path, plan: ImportOptions | None = None) -> PreflightResult:
    return validate_file(open_local(str(path)), plan or Case(TEXT).plan(), None, lambda _: None, threading.Event())


def test_a_line_of_a_gigabyte_on_disk_ends_the_reading(tmp_path: Path) -> None:
    judged_before = tmp_path / "first.csv"
    judged_before.write_bytes(TEXT)
    judged(judged_before)  # the engine is loaded, which takes memory of its own
    path = tmp_path / "f.csv"
    with path.open("wb") as file:
        file.write(TEXT + b"1,")
        file.truncate(1 << 30)
    with bounded(seconds=5, megabytes=150):
        answer = judged(path)
    assert "line-too-long" in [one.code for one in answer.findings]
    assert not answer.complete


@pytest.mark.parametrize("end", [b"\n", b"", b"\r"])
def test_a_header_of_a_hundred_thousand_columns_ends_the_reading(tmp_path: Path, end: bytes) -> None:
    (tmp_path / "f.csv").write_bytes(b",".join(b"COLUMN%d" % number for number in range(100_000)) + end)
    with bounded(seconds=5, megabytes=150):
        answer = judged(tmp_path / "f.csv")
    assert "too-many-columns" in [one.code for one in answer.findings]


def test_records_of_a_hundred_thousand_fields_are_rejected_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(TEXT + (b"x," * 100_000 + b"\n") * 20)
    with bounded(seconds=10, megabytes=200):
        answer = judged(tmp_path / "f.csv")
    assert [(one.code, one.rows) for one in answer.reasons if one.code == "column-count"] == [("column-count", 20)]


def test_options_that_are_bombs_are_refused(tmp_path: Path) -> None:
    from argparse import Namespace

    path = tmp_path / "columns.json"
    plain = {"delimiter": None, "enclosure": None, "charset": None, "no_header": False, "mapping": None,
             "match": None, "members": None, "columns": str(path)}  # fmt: skip
    for content in (b"[" * 1_000_000, b'{"a":' * 500_000, b"[" + b"9" * 1_000_000 + b"]", b"[{}" + b",{}" * 500_000):
        path.write_bytes(content)
        with bounded(seconds=3, megabytes=150), pytest.raises(ImportOptionsError):
            with_options(ImportOptions(), Namespace(**plain))


# --- SSH keys ---------------------------------------------------------------------------------------------------------

LIMIT = 100_000
SSH2 = (
    ("begin", b"---- BEGIN SSH2 PUBLIC KEY ----\n" * 4_000, Form.DAMAGED),
    ("dashes", b"---- BEGIN SSH2 PUBLIC KEY ----" + b"-" * LIMIT, Form.DAMAGED),
    ("dashes and blanks", b"---- BEGIN SSH2 PUBLIC KEY ----" + b"-- " * LIMIT, Form.DAMAGED),
    ("headers", b"---- BEGIN SSH2 PUBLIC KEY ----\n" + b"A: \\\n" * 20_000, Form.DAMAGED),
    ("brackets", b"---- BEGIN SSH2 PUBLIC KEY ----\n" + b"<" * LIMIT, Form.DAMAGED),
    ("entities", b"---- BEGIN SSH2 PUBLIC KEY ----\n" + b"&#x" * LIMIT, Form.DAMAGED),
    ("many keys", b"ssh-rsa AAAA " * 8_000, Form.DAMAGED),
    ("base64", b"ssh-rsa AAAA" + b"A" * LIMIT, Form.DAMAGED),
    ("quotes", b"> " * LIMIT + b"ssh-rsa AAAA", Form.OTHER),
    ("words", b"ssh-" + b"a" * LIMIT, Form.OTHER),
    ("a length of four gigabytes", b"ssh-rsa /////wAAAAdzc2g=", Form.OTHER),
    ("private", b"BEGIN " * 16_000 + b"PRIVATE KEY", Form.PRIVATE),
    ("capitals", b"BEGIN " + b"A" * LIMIT, Form.OTHER),
    ("beyond the limit", bytes(10_000_000), Form.OTHER),
)


@pytest.mark.parametrize(("content", "form"), [one[1:] for one in SSH2], ids=[one[0] for one in SSH2])
def test_a_hostile_ssh2_key_file_is_something_else(content: bytes, form: Form) -> None:
    with bounded(seconds=1, megabytes=100):
        reading = read_ssh2(content)
    assert (reading.form, reading.key) == (form, None)


# --- answers ----------------------------------------------------------------------------------------------------------

ANSWERS = {
    "a key of very many parts": b"a." * 100_000 + b"a=1",
    "tables of very many parts": (b"[" + b"a." * 99 + b"a]\n") * 1_000,
    "nested lists": b"a=" + b"[" * 200_000,
    "nested tables": b"a={a=" * 40_000,
    "a number of 1e5 digits": b"a=" + b"9" * 100_000,
    "a hexadecimal number of 1e5 digits": b"[account]\naccount_name=0x" + b"f" * 100_000,
    "very many tables": b"".join(b"[t%d]\n" % number for number in range(20_000)),
    "very many fields": b"[account]\n" + b"".join(b"k%d=1\n" % number for number in range(15_000)),
    "a text without end": b'a="' + b"x" * 200_000,
    "bytes that are no UTF-8": b'a="\xff"',
    "control characters": b'[account]\n"\\u001b]0;x"=1',
    "too large": b"#" * (ANSWERS_LIMIT + 1),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_hostile_answers_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.toml").write_bytes(ANSWERS[name])
    with bounded(seconds=3, megabytes=100), pytest.raises(AnswersFileError) as caught:
        read_answers(tmp_path / "a.toml", GUIDE)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("sign", [b"\0", b"-----BEGIN PGP ", b"<", b" ", b"\xc2\xa0", b":\n"])
def test_telling_what_a_file_is_takes_no_time(sign: bytes) -> None:
    with bounded(seconds=1, megabytes=60):
        assert what_is(sign * (5_000_000 // len(sign)))
