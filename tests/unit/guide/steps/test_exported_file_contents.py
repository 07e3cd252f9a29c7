"""The exported file judged from outside, on files that a real gpg has written: nothing here is ever decrypted."""

from __future__ import annotations

import gzip
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Outcome, Status, Verdict
from cxr_tui.gateways.openpgp.gateway import GpgOpenPgp
from cxr_tui.guide.checks.export import completeness
from cxr_tui.guide.checks.export.encryption import WHOLE
from cxr_tui.guide.steps.export.exported_file import STEP
from support.gpg_keys import GpgBench, gpg_bench, packet
from support.worlds.scripted_world import ScriptedFileServer, ScriptedResponsys, ScriptedWorld, checked, codes, finding

SLOT = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)  # 04:00 in New York
WRITTEN = SLOT + timedelta(minutes=9)
PEOPLE = 400
PATH = "download/CUSTOMERS.csv.gpg"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "_MOMENT", 0.0)


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        for name in ("audience", "agency"):
            made.add(made.make(name, "rsa2048", "sign"), "rsa2048")
        yield made


def table(people: int = PEOPLE) -> bytes:
    """Return an export's text: header and records."""
    rng = random.Random(people)  # noqa: S311 - made-up people, no secrets
    lines = [
        f"{rng.randrange(10**9)},C{n:07d},p{rng.randrange(10**6)}@example.com,{rng.random():.9f}" for n in range(people)
    ]
    return "\n".join(["RIID_,CUSTOMER_ID_,EMAIL_ADDRESS_,LIFETIME_VALUE", *lines, ""]).encode()


def values(bench: GpgBench, **more: Value) -> dict[str, Value]:
    known: dict[str, Value] = {
        "first-password.time_zone": "America/New_York",
        "select-object.job_name": "Export",
        "select-object.list": "CUSTOMERS",
        "destination-connectivity.server": "files.example",
        "destination-connectivity.path": "download",
        "destination-specification.file_name": "CUSTOMERS",
        "destination-specification.extension": ".csv",
        "destination-specification.prefix": "No prefix",
        "destination-specification.suffix": "No suffix",
        "destination-specification.encryption": "Compress and encrypt file with PGP/GPG key",
        "destination-specification.ready_file": "Create file with record count",
        "destination-specification.ready_extension": "ready",
        "export-schedule.schedule": "daily",
        "export-schedule.date": "2026-06-09",
        "export-schedule.time": "04:00",
        "export-schedule.every_days": 1,
        "export-schedule.expiration": "never",
        "generate-key.encryption_key_ids": list(bench.key_ids("audience")),
    }
    return known | {f"destination-specification.{name}": value for name, value in more.items()}


async def judged(
    bench: GpgBench,
    content: bytes,
    *,
    ready: str | None = str(PEOPLE),
    in_list: int = PEOPLE,
    size: int | None = None,
    path: str = PATH,
    known: dict[str, Value] | None = None,
    **more: Value,
) -> Outcome:
    server = ScriptedFileServer({"download": (), "archive": (), "upload": (), ".": ()})
    server.put(path, content, WRITTEN, size)
    if ready is not None:
        server.put(f"{path}.ready", ready.encode(), WRITTEN)
    user = ScriptedResponsys(counts={"CUSTOMERS": in_list})
    world = ScriptedWorld(server=server, responsys_user=user, openpgp=GpgOpenPgp())
    return await checked(STEP, values(bench, **more) | (known or {}), world)


@pytest.mark.parametrize("options", [(), ("--armor",), ("--compress-algo", "none"), ("--no-emit-version", "-z", "9")])
async def test_what_gpg_writes_for_the_right_key_alone_is_proven(bench: GpgBench, options: tuple[str, ...]) -> None:
    outcome = await judged(bench, bench.encrypted(table(), *options, "-r", "audience"))
    assert outcome.verdict is Verdict.VERIFIED
    assert {one.status for one in outcome.findings} == {Status.PASS}
    assert any(key_id in finding(outcome, "recipient").seen for key_id in bench.key_ids("audience"))
    assert " for each of 400 records" in finding(outcome, "file-size").seen


async def test_another_recipient_is_told_from_one_too_many(bench: GpgBench) -> None:
    agency = bench.key_ids("agency")[-1]
    wrong = finding(await judged(bench, bench.encrypted(table(), "-r", "agency")), "file-wrong-recipient")
    assert agency in wrong.seen
    assert "as well as" not in wrong.seen
    assert "the import would fail" in wrong.why
    both = await judged(bench, bench.encrypted(table(), "-r", "audience", "-r", "agency"))
    assert (codes(both, Status.FAIL), codes(both, Status.WARN)) == (set(), {"file-wrong-recipient"})
    ours = bench.key_ids("audience")[-1]
    told = finding(both, "file-wrong-recipient").seen
    assert f"{agency} as well as to the key of CX Audience, " in told
    assert ours in told
    assert "Oracle does not say" in finding(both, "file-wrong-recipient").why


@pytest.mark.parametrize("part", ["primary", "expired", "expired and current"])
async def test_another_part_of_the_same_key_is_not_another_key(bench: GpgBench, part: str) -> None:
    primary, current = bench.key_ids("audience")
    expired = "0123456789ABCDEF"
    named = {"primary": [primary], "expired": [expired], "expired and current": [expired, current]}[part]
    sessions = [packet(1, b"\x03" + bytes.fromhex(key_id) + b"\x01\x08\x00" + b"\xff" * 256) for key_id in named]
    known: dict[str, Value] = {
        "generate-key.encryption_key_ids": [current],
        "generate-key.key_ids": [primary, expired, current],
    }
    outcome = await judged(bench, b"".join(sessions) + packet(18, b"\x01" + bytes(40_000)), known=known)
    assert codes(outcome, Status.FAIL) == set()
    if part == "expired and current":
        assert codes(outcome, Status.WARN) == set()
        return
    assert codes(outcome, Status.WARN) == {"recipient-other-subkey"}
    assert named[0] in finding(outcome, "recipient-other-subkey").seen


async def test_a_password_beside_the_key_is_one_too_many(bench: GpgBench) -> None:
    content = bench.gpg("--symmetric", "--encrypt", "-r", "audience", "--passphrase", "made up", given=table())
    outcome = await judged(bench, content)
    assert codes(outcome, Status.WARN) == {"file-wrong-recipient"}
    assert "a password as well as to the key of CX Audience" in finding(outcome, "file-wrong-recipient").seen


async def test_a_recipient_that_is_not_named_is_no_pass(bench: GpgBench) -> None:
    outcome = await judged(bench, bench.encrypted(table(), "-R", "audience"))
    assert outcome.verdict is Verdict.UNKNOWN
    assert codes(outcome, Status.UNKNOWN) == {"recipients-hidden"}


def zipped(content: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CUSTOMERS.csv", content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("ending", "told"),
    [("", "plain text"), (".zip", "zip file"), (".gz", "gzip file"), (".gpg", "OpenPGP message that is not encr")],
)
async def test_whatever_is_not_encrypted_is_named_for_what_it_is(bench: GpgBench, ending: str, told: str) -> None:
    made = {
        "": table(),
        ".zip": zipped(table()),
        ".gz": gzip.compress(table()),
        ".gpg": bench.gpg("--store", given=table()),
    }
    content = made[ending]
    outcome = await judged(bench, content, path=f"download/CUSTOMERS.csv{ending}")
    assert codes(outcome, Status.FAIL) == {"file-not-encrypted"}
    assert told in finding(outcome, "file-not-encrypted").seen


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("options", [(), ("--armor",), ("--compress-algo", "none")])
async def test_a_transfer_that_broke_off_is_named(bench: GpgBench, part: float, options: tuple[str, ...]) -> None:
    content = bench.encrypted(table(), *options, "-r", "audience")
    outcome = await judged(bench, content[: int(len(content) * part)])
    assert codes(outcome, Status.FAIL) == {"file-cut-off"}


async def test_of_a_large_file_only_the_head_is_read_and_nothing_is_said_of_its_end(bench: GpgBench) -> None:
    content = bench.encrypted(table(), "-r", "audience")
    outcome = await judged(bench, content[: len(content) // 2], size=WHOLE + 1)
    assert outcome.verdict is Verdict.VERIFIED


async def test_a_message_without_integrity_packet_is_a_warning(bench: GpgBench) -> None:
    whole = bench.encrypted(table(), "-r", "audience")
    # gpg writes no such message any more: its session key packet before a data packet of the old kind (RFC 4880, 5.7).
    outcome = await judged(bench, session_key_of(whole) + packet(9, b"\0" * 30_000))
    assert codes(outcome, Status.WARN) == {"message-unprotected"}


async def test_an_aead_message_is_a_warning(bench: GpgBench) -> None:
    whole = bench.encrypted(table(), "-r", "audience")
    outcome = await judged(bench, session_key_of(whole) + packet(20, b"\x01\x09\x02\x10" + b"\0" * 30_000))
    assert codes(outcome, Status.WARN) == {"message-aead"}


def session_key_of(message: bytes) -> bytes:
    """Return the first packet of a binary message: old format, two octets of length, as gpg writes it."""
    assert message[0] == 0x85
    return message[: 3 + int.from_bytes(message[1:3], "big")]


async def test_a_file_with_the_header_only_is_empty_by_its_own_count_or_by_the_list(bench: GpgBench) -> None:
    content = bench.encrypted(table(0), "-r", "audience")
    counted = await judged(bench, content, ready="0")
    assert codes(counted, Status.FAIL) == {"file-empty"}
    assert "the selected list has 400" in finding(counted, "file-empty").seen
    silent = await judged(bench, content, ready=None, in_list=5000, ready_file="Do not create")
    assert codes(silent, Status.FAIL) == {"file-empty"}
    assert "5,000 records need more" in finding(silent, "file-empty").seen


async def test_a_file_without_a_count_is_held_against_the_list(bench: GpgBench) -> None:
    content = bench.encrypted(table(), "-r", "audience")
    outcome = await judged(bench, content, ready=None, ready_file="Do not create")
    assert outcome.verdict is Verdict.VERIFIED
    assert "for each of 400 records" in finding(outcome, "file-size").seen
    half = await judged(bench, content, in_list=2 * PEOPLE)
    assert codes(half, Status.WARN) == {"record-count-differs"}


async def test_a_ready_file_that_holds_no_number_counts_nothing(bench: GpgBench) -> None:
    content = bench.encrypted(table(), "-r", "audience")
    for ready in ("", "many", "-1", "٣"):
        outcome = await judged(bench, content, ready=ready)
        assert outcome.verdict is Verdict.VERIFIED
        assert "records" not in outcome.facts
