"""Hostile file servers over real SSH: host keys that change, names and packets that no sound server sends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import paramiko
import pytest
from paramiko.common import AUTH_FAILED, AUTH_PARTIALLY_SUCCESSFUL
from paramiko.sftp import CMD_ATTRS, CMD_DATA, CMD_INIT, CMD_NAME, CMD_OPENDIR, CMD_READDIR, CMD_STAT

from cxr_tui.doctor.network_checks import file_server as examine
from cxr_tui.doctor.result import CheckStatus
from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import Flaw, MalformedError, OutsideError, SftpLoginError, UnreachableError
from cxr_tui.domain.finding import Outcome, Report
from cxr_tui.domain.text import is_strange_name
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.sftp.client import MOST_FILES, SftpFileServer
from cxr_tui.gateways.sftp.connection import SshLimits
from cxr_tui.guide.checks.common import report_error
from cxr_tui.guide.forms.validators import server_address
from cxr_tui.guide.steps.export.destination_connectivity import STEP
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.integration.services import LiveWorld
from support.processes.resource_limits import bounded
from support.servers.hostile_ssh import (
    SftpScript,
    attributes,
    ed25519_key,
    hostile_ssh,
    kexinit,
    names,
    number,
    text,
    user_key,
)
from support.servers.real_parts import LOOPBACK, raw_server
from support.worlds.scripted_world import ScriptedWorld, checked

QUICK = SshLimits(connect=2, handshake=1.5, silent=3)
ED25519 = ed25519_key()
ECDSA = paramiko.ECDSAKey.generate()
RSA = paramiko.RSAKey.generate(2048)

Opened = Callable[..., SftpFileServer]


@pytest.fixture(autouse=True)
def _in_bounds() -> Iterator[None]:
    """Hold every test here, whatever it says itself, to what anything hostile may cost at most."""
    with bounded(seconds=30, megabytes=200):
        yield


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    """Return how to open the file server at a port; everything is closed in the end."""
    made: list[SftpFileServer] = []
    key = user_key(tmp_path / "key")

    def open_one(port: int, pinned: str = ED25519.fingerprint) -> SftpFileServer:
        made.append(SftpFileServer(LOOPBACK, port, "acme_scp", key, None, pinned, limits=QUICK))
        return made[-1]

    yield open_one
    for one in made:
        await one.close()


async def connectivity(server: SftpFileServer, pinned: str, **facts: Value) -> Outcome:
    """Run the check of Destination Connectivity against a server."""
    known: dict[str, Value] = {
        "select-object.job_name": "Export",
        "destination-connectivity.server": "files.example",
        "destination-connectivity.user_name": "acme_scp",
        "destination-connectivity.key_file": "key",
        "destination-connectivity.host_key": pinned,
        **{f"destination-connectivity.{name}": value for name, value in facts.items()},
    }
    return await checked(STEP, known, ScriptedWorld(server=server))  # type: ignore[arg-type]  # a real one


def told(outcome: Outcome) -> dict[str, str]:
    return {one.code: one.seen for one in outcome.findings if one.status != "pass"}


# --- host keys --------------------------------------------------------------------------------------------------------


async def confirmed(opened: Opened, key: paramiko.PKey) -> Outcome:
    with hostile_ssh([key]) as port:
        outcome = await connectivity(opened(port, key.fingerprint), key.fingerprint)
    assert told(outcome) == {}
    return outcome


@pytest.mark.parametrize(
    ("before", "now", "weaker"),
    [
        (ED25519, [RSA], True),
        (ED25519, [ECDSA], True),
        (ED25519, [ECDSA, RSA], True),
        (ECDSA, [RSA], True),
        (ED25519, [ed25519_key()], False),
        (RSA, [paramiko.RSAKey.generate(1024)], False),
        (RSA, [ED25519], False),
    ],
    ids=["ed25519-rsa", "ed25519-ecdsa", "ed25519-both", "ecdsa-rsa", "same-kind", "same-kind-rsa", "stronger"],
)
async def test_a_changed_host_key_stops_and_a_weaker_kind_is_said(
    opened: Opened, before: paramiko.PKey, now: list[paramiko.PKey], weaker: bool
) -> None:
    facts = (await confirmed(opened, before)).facts
    script = SftpScript()
    with hostile_ssh(now, script) as port:
        for _ in range(2):  # what was learned of the confirmed key outlasts the failure
            outcome = await connectivity(opened(port, before.fingerprint), before.fingerprint, **facts)
            facts = outcome.facts
            assert set(told(outcome)) == {"host-key-changed", *(["host-key-downgraded"] if weaker else [])}
    assert script.asked == [], "nothing may be sent to a server that is not the confirmed one"


async def test_a_server_that_still_has_the_confirmed_key_is_the_same(opened: Opened) -> None:
    facts = (await confirmed(opened, RSA)).facts
    with hostile_ssh([ED25519, ECDSA, RSA]) as port:
        assert told(await connectivity(opened(port, RSA.fingerprint), RSA.fingerprint, **facts)) == {}


@pytest.mark.parametrize("kinds", [("ssh-dss",), ("ssh-rsa",), ("ssh-rsa", "ssh-dss"), ("x@evil",)])
async def test_a_server_with_nothing_but_broken_keys_is_not_spoken_with(opened: Opened, kinds: tuple[str, ...]) -> None:
    def talk(line: socket.socket) -> None:
        line.sendall(kexinit(*kinds))
        while line.recv(4096):
            pass

    with raw_server(talk) as port:
        outcome = await connectivity(opened(port), ED25519.fingerprint)
        health = await examine(f"{LOOPBACK}:{port}")
        await asyncio.sleep(0.05)  # the line is closed only when the loop comes to it
    assert set(told(outcome)) == {"host-unreachable", "ssh-too-old"}
    assert "no common encryption" in health.seen


def endless(line: socket.socket, start: bytes, block: bytes) -> None:
    line.sendall(start)
    while True:
        line.sendall(block)


@pytest.mark.parametrize("block", [b"x" * 4096, b"please wait\r\n" * 100, b"\xff\xfe\n", b"\n"], ids=range(4))
async def test_a_banner_without_end_is_bounded(opened: Opened, block: bytes) -> None:
    with raw_server(lambda line: endless(line, b"", block)) as port, bounded(seconds=5, megabytes=60):
        outcome = await connectivity(opened(port), ED25519.fingerprint)
        assert len({"host-unreachable", "service-fault"} & set(told(outcome))) == 1
        with pytest.raises(UnreachableError):
            await SftpFileServer(LOOPBACK, port, limits=QUICK).host_key()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("auth", [AUTH_FAILED, AUTH_PARTIALLY_SUCCESSFUL])
async def test_what_a_server_asks_for_beyond_a_key_cannot_steer_the_terminal(opened: Opened, auth: int) -> None:
    with hostile_ssh([ED25519], auth=auth, more="\x1b]0;PWNED\x07,\u202ex,publickey") as port:
        with pytest.raises(SftpLoginError) as caught:
            await opened(port).listing(".")
        assert "\x1b" not in str(caught.value)
        assert "\u202e" not in str(caught.value)


NO_ADDRESSES = (
    "127.0.0.1:41587x",
    "host:99999999999",
    "a:b:c",
    ":22",
    "x" * 300,
    "a..b:22",
    "\x1b[31m:22",
    "[::1",
    "é",
)


@pytest.mark.parametrize("server", NO_ADDRESSES)
async def test_what_is_no_address_ends_in_a_finding_whoever_wrote_it_down(tmp_path: Path, server: str) -> None:
    """Also where a journal holds it from before such addresses were refused."""
    user_key(tmp_path / "key")
    known: dict[str, Value] = {
        "destination-connectivity.server": server,
        "destination-connectivity.user_name": "acme_scp",
        "destination-connectivity.key_file": str(tmp_path / "key"),
        "destination-connectivity.host_key": ED25519.fingerprint,
    }
    world = LiveWorld(
        lambda: IntegrationState(values=known), KeyringCredentials("x"), None, lambda _, __: None, tmp_path
    )
    try:
        real = world.file_server()
        assert real is not None
        outcome = await connectivity(real, ED25519.fingerprint)  # type: ignore[arg-type]  # a real one
    finally:
        await world.close()
    assert "host-unreachable" in told(outcome)
    assert all(char.isprintable() for seen in told(outcome).values() for char in seen)
    health = await examine(server)
    assert health.status is CheckStatus.FAIL


def test_an_address_is_taken_apart_in_one_way_only() -> None:
    assert server_address("files.responsys.net") == ("files.responsys.net", 22)
    assert server_address("127.0.0.1:2222") == ("127.0.0.1", 2222)
    assert server_address("::1") == ("::1", 22)
    assert server_address("[::1]:2222") == ("::1", 2222)
    others = (
        "",
        ":",
        "a:",
        "a:+1",
        "a: 1",
        "a:٣",
        "a:1_0",
        "a b",
        "a@b",
        "a/b",
        "[a]:1",
        "::1%eth0",
        "a\n",
        "-a",
        "a.\n",
    )
    assert [one for one in (*others, *NO_ADDRESSES) if server_address(one)] == []


@pytest.mark.parametrize(
    ("signatures", "code", "said"),
    [
        (["ssh-rsa"], "ssh-too-old", "accepts only SHA-1 signatures (ssh-rsa) from RSA keys"),
        (["ssh-ed25519", "ssh-rsa"], "ssh-too-old", "accepts only SHA-1 signatures (ssh-rsa) from RSA keys"),
        (["ssh-ed25519", "ssh-dss"], "sftp-key-kind", "accepts no ssh-rsa keys, only ssh-dss, ssh-ed25519"),
        (["rsa-sha2-256"], "sftp-auth", ""),
        (["rsa-sha2-512", "ssh-rsa"], "sftp-auth", ""),
    ],
)
async def test_signatures_that_the_server_does_not_take_are_not_blamed_on_the_key(
    opened: Opened, tmp_path: Path, signatures: list[str], code: str, said: str
) -> None:
    RSA.write_private_key_file(str(tmp_path / "key"))
    with hostile_ssh([ED25519], auth=AUTH_FAILED, signatures=signatures) as port:
        outcome = await connectivity(opened(port), ED25519.fingerprint)
    assert set(told(outcome)) == {code}
    assert said in told(outcome)[code]


# --- names ------------------------------------------------------------------------------------------------------------

STRANGE = (
    b"../../etc/passwd",
    b"..",
    b"/etc/passwd",
    b"a/b",
    b"..\\..\\x",
    b"two\nlines.csv",
    b"\x1b]0;PWNED\x07.csv",
    b"\x9b31m.csv",
    "\u202egnp.csv".encode(),
    "zero\u200bwidth.csv".encode(),
    b"caf\xe9.csv",
    b"nul\0.csv",
    b"",
    b" ",
    b"n" * 4096,
)


async def test_strange_names_are_said_shown_safely_and_lead_nowhere(opened: Opened) -> None:
    script = SftpScript(lambda turn: names(b"CUSTOMERS.csv.gpg", *STRANGE) if turn == 0 else None)
    with hostile_ssh([ED25519], script) as port:
        server = opened(port)
        found = await server.listing("download")
        outcome = await connectivity(server, ED25519.fingerprint)
    assert [one.name for one in found if not one.strange] == ["CUSTOMERS.csv.gpg"]
    assert len(found) == len(STRANGE)  # `..` stands for the folder above in every listing, and is left out
    seen = told(outcome)["file-names-strange"]
    assert len(seen) < 400
    assert all(char.isprintable() for char in seen)


@pytest.mark.parametrize("name", STRANGE, ids=range(len(STRANGE)))
async def test_each_strange_name_is_a_finding_of_its_own(name: bytes) -> None:
    assert is_strange_name(name.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("name", ["CUSTOMERS.csv.gpg", "Kunden ÄÖÜ 2026-03.csv", "名簿.csv", "a", ".ready", "x" * 255])
def test_ordinary_names_are_not_strange(name: str) -> None:
    assert not is_strange_name(name)


# --- packets ----------------------------------------------------------------------------------------------------------


class Trick(NamedTuple):
    """What the SFTP side does, and the code of the finding in which that ends."""

    name: str
    script: SftpScript
    code: str


def packet(kind: int, body: bytes, claimed: int | None = None) -> bytes:
    whole = bytes([kind]) + b"#ID#" + body
    return number(len(whole) if claimed is None else claimed) + whole


def instead_of(kind: int, whole: bytes) -> SftpScript:
    return SftpScript(whole_packet=lambda asked: whole if asked == kind else None)


MORE = number(0x80000000)
LISTED = (
    Trick("a listing without end", SftpScript(lambda turn: names(*[b"file-%d" % turn] * 500)), "listing-endless"),
    Trick("long names without end", SftpScript(lambda turn: names(*[b"n" * 4096] * 50)), "listing-endless"),
    Trick("four thousand million names", SftpScript(lambda _: names(b"a", claimed=0xFFFFFFFF)), "sftp-broken"),
    Trick("a name longer than its packet", SftpScript(lambda _: number(1) + text(b"a", 0xFFFFFF)), "sftp-broken"),
    Trick("a name of negative length", SftpScript(lambda _: number(1) + text(b"a", 0xFFFFFFFF)), "sftp-broken"),
    Trick("four thousand million attributes", SftpScript(lambda _: names(b"a", attrs=MORE + number(0xFFFFFFFF))),
          "sftp-broken"),
    Trick("attributes cut off", SftpScript(lambda _: names(b"a", attrs=number(0x0F))), "sftp-broken"),
    Trick("no list at all", SftpScript(lambda _: b""), "sftp-broken"),
    Trick("a packet of four gigabytes", instead_of(CMD_OPENDIR, packet(CMD_NAME, b"", 0xFFFFFFFF)), "sftp-broken"),
    Trick("a packet of sixteen megabytes", instead_of(CMD_OPENDIR, packet(CMD_NAME, b"", 0xFFFFFF)), "sftp-broken"),
    Trick("a packet of nothing", instead_of(CMD_OPENDIR, number(0)), "sftp-broken"),
    Trick("a packet without a number", instead_of(CMD_OPENDIR, number(2) + b"\x68\x00"), "sftp-broken"),
    Trick("another answer than was asked for", instead_of(CMD_OPENDIR, packet(CMD_DATA, text(b"x"))), "sftp-broken"),
    Trick("an error that is no text", instead_of(CMD_OPENDIR, packet(101, number(4) + text(b"\xff") + text(b""))),
          "sftp-broken"),
    Trick("a version that is none", SftpScript(version=b""), "sftp-broken"),
    Trick("text before the first packet", instead_of(CMD_INIT, b"Welcome to files.example\r\n"), "sftp-text"),
    Trick("text of nothing but line ends", instead_of(CMD_INIT, b"\r\n\r\n"), "sftp-text"),
    Trick("text in the middle", instead_of(CMD_READDIR, b"Session expired\n"), "sftp-text"),
)  # fmt: skip


@pytest.mark.parametrize("trick", LISTED, ids=lambda trick: trick.name)
async def test_a_hostile_listing_ends_in_a_finding(opened: Opened, trick: Trick) -> None:
    with hostile_ssh([ED25519], trick.script) as port, bounded(seconds=8, megabytes=60):
        outcome = await connectivity(opened(port), ED25519.fingerprint)
    assert set(told(outcome)) == {trick.code}


async def test_as_many_files_as_are_taken_are_listed(opened: Opened) -> None:
    turns = MOST_FILES // 1000
    script = SftpScript(lambda turn: names(*(b"%d.csv" % number for number in range(1000))) if turn < turns else None)
    with hostile_ssh([ED25519], script) as port, bounded(seconds=20, megabytes=100):
        assert len(await opened(port).listing(".")) == MOST_FILES


READ = (Trick("sixteen megabytes for each request", SftpScript(data=lambda _: text(b"x" * 16_000_000)), "sftp-broken"),)


@pytest.mark.parametrize("trick", READ, ids=lambda trick: trick.name)
async def test_a_hostile_file_ends_in_a_finding(opened: Opened, trick: Trick) -> None:
    trick.script.file_size = 1 << 40
    report = Report()
    with (
        hostile_ssh([ED25519], trick.script) as port,
        bounded(seconds=8, megabytes=60),
        pytest.raises(OutsideError) as caught,
    ):
        await opened(port).stream("a.csv", lambda _: None)
    report_error(report, caught.value, "Reading")
    assert [one.code for one in report.verified().findings] == [trick.code]


async def test_a_file_of_any_claimed_size_is_read_as_far_as_was_asked(opened: Opened) -> None:
    script = SftpScript(file_size=0xFFFFFFFFFFFFFFFF)
    with hostile_ssh([ED25519], script) as port, bounded(seconds=8, megabytes=60):
        assert len(await opened(port).read("a.csv", 1000)) == 1000


@pytest.mark.parametrize("body", [MORE + number(0xFFFFFFFF), number(0x01), b""], ids=["count", "size", "nothing"])
async def test_attributes_that_are_forged_end_a_look_at_a_file(opened: Opened, body: bytes) -> None:
    script = instead_of(CMD_STAT, packet(CMD_ATTRS, body))
    with hostile_ssh([ED25519], script) as port, pytest.raises(MalformedError) as caught:
        await opened(port).stat("a.csv")
    assert caught.value.flaw is Flaw.SFTP_BROKEN


async def test_a_time_beyond_the_calendar_is_a_time_all_the_same(opened: Opened) -> None:
    script = SftpScript(stat=attributes(size=(1 << 64) - 1, time=0xFFFFFFFF))
    with hostile_ssh([ED25519], script) as port:
        found = await opened(port).stat("a.csv")
    assert found is not None
    assert found.size == (1 << 64) - 1
    assert found.modified == datetime.fromtimestamp(0xFFFFFFFF, UTC)


@pytest.mark.parametrize(
    ("attrs", "size", "modified"),
    [
        (number(0), None, None),
        (number(0x01) + number(10, 8), 10, None),
        (number(0x08) + number(1_796_108_400) * 2, None, datetime.fromtimestamp(1_796_108_400, UTC)),
    ],
    ids=["neither", "no time", "no size"],
)
async def test_an_attribute_that_the_server_leaves_out_is_not_known(
    opened: Opened, attrs: bytes, size: int | None, modified: datetime | None
) -> None:
    script = SftpScript(listing=lambda turn: names(b"a.csv", attrs=attrs) if turn == 0 else None, stat=attrs)
    with hostile_ssh([ED25519], script) as port:
        found = await opened(port).stat("a.csv")
        (listed,) = await opened(port).listing(".")
    assert found is not None
    assert (found.size, found.modified) == (listed.size, listed.modified) == (size, modified)
