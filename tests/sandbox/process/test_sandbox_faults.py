"""Every fault of the sandbox is really met at its sockets, can be switched while it runs, and ends when it is off."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.errors import KeyringError

from cxr_tui.domain.instruction import Site, Visit, VisitRefusedError
from cxr_tui.sandbox.client import RunningSandbox, SandboxOptions, launch_sandbox
from cxr_tui.sandbox.faults.registry import KINDS, UnknownFaultError, parse
from support.processes.cli_process import sandbox_up
from support.processes.preloaded_python import cxr_tui
from support.sandboxes.control_api_setting import Safe
from support.sandboxes.fault_switch import NoSuchFaultError, switch_faults

EXPORTED = "CUSTOMERS.csv.gpg"
CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[RunningSandbox]:
    async with launch_sandbox(SandboxOptions(people=20)) as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(running: RunningSandbox) -> AsyncIterator[RunningSandbox]:
    home = running.directory / "responsys" / "files" / "home"
    (home / "download" / EXPORTED).write_bytes(CONTENT)
    yield running
    await switch_faults(running.info, [])
    for left in (home / "download").iterdir():
        left.unlink()


def get(sandbox: RunningSandbox, seconds: float = 5.0) -> httpx.Response:
    """Ask the login host for anything; it answers 401 with some JSON."""
    with client(seconds) as asking:
        return asking.get(f"{sandbox.info.responsys_login}/rest/api/v1.3/user/info")


def client(seconds: float = 5.0) -> httpx.Client:
    # reading the system's certificates takes longer than any of these calls, and plain HTTP needs none
    return httpx.Client(trust_env=False, timeout=seconds, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


async def triggered(sandbox: RunningSandbox, name: str) -> int:
    return (await switch_faults(sandbox.info)).triggered.get(name, 0)


@contextlib.contextmanager
def sftp(sandbox: RunningSandbox, seconds: float = 5.0) -> Iterator[paramiko.SFTPClient]:
    info = sandbox.info
    host, _, port = info.file_server.rpartition(":")
    with contextlib.closing(paramiko.Transport(socket.create_connection((host, int(port)), seconds))) as transport:
        transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = seconds
        transport.connect(
            username=info.file_server_user, pkey=paramiko.RSAKey.from_private_key_file(str(info.file_server_key))
        )
        files = paramiko.SFTPClient.from_transport(transport)
        assert files is not None
        channel = files.get_channel()
        assert channel is not None
        channel.settimeout(seconds)
        yield files


async def timed(sandbox: RunningSandbox) -> float:
    begun = time.monotonic()
    assert (await asyncio.to_thread(get, sandbox)).status_code == 401
    return time.monotonic() - begun


# The line


async def test_latency_makes_every_answer_late(sandbox: RunningSandbox) -> None:
    for fault in ("latency=400", "latency=400@responsys"):
        await switch_faults(sandbox.info, [fault])
        assert await timed(sandbox) >= 0.4
    await switch_faults(sandbox.info, ["latency=400@audience-api"])
    assert min([await timed(sandbox) for _ in range(5)]) < 0.4
    await switch_faults(sandbox.info, ["latency=20"])
    before = await triggered(sandbox, "latency")
    await timed(sandbox)
    assert await triggered(sandbox, "latency") >= before + 2


async def test_bandwidth_lets_no_more_through(sandbox: RunningSandbox) -> None:
    size = len(get(sandbox).content)
    await switch_faults(sandbox.info, [f"bandwidth={size}"])
    assert await timed(sandbox) > 1.0


async def test_refused_is_the_systems_own_refusal_and_the_port_stays_the_same(sandbox: RunningSandbox) -> None:
    with client() as kept:
        ask = functools.partial(kept.get, sandbox.info.responsys_login)
        ask()
        await switch_faults(sandbox.info, ["refused"])
        with pytest.raises(httpx.TransportError):  # the connection that was open is reset, and no other is to be had
            ask()
    host, _, port = sandbox.info.file_server.rpartition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), 2)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((host, int(port)))
    await switch_faults(sandbox.info, [])
    assert get(sandbox).status_code == 401


@pytest.mark.parametrize("amount", [0, 100])
async def test_a_connection_is_reset_after_so_much_of_the_answer(sandbox: RunningSandbox, amount: int) -> None:
    port = int(sandbox.info.responsys_login.rpartition(":")[2])
    await switch_faults(sandbox.info, [f"reset-at={amount}"])
    got, ended = await asyncio.to_thread(raw_answer, port)
    assert (len(got), ended) == (amount, "reset")


def raw_answer(port: int) -> tuple[bytes, str]:
    """Return what came of an answer, and how the connection ended."""
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.sendall(b"GET /rest/api/v1.3/user/info HTTP/1.1\r\nHost: x\r\n\r\n")
            while True:
                data = line.recv(4096)
                if not data:
                    return got, "end"
                got += data
    except (ConnectionResetError, BrokenPipeError):
        return got, "reset"


async def test_half_open_takes_everything_and_answers_nothing(sandbox: RunningSandbox) -> None:
    await switch_faults(sandbox.info, ["half-open"])
    with pytest.raises(httpx.ReadTimeout):
        get(sandbox, 0.5)
    with pytest.raises(paramiko.SSHException), sftp(sandbox, 0.5):
        pass
    assert await triggered(sandbox, "half-open") >= 2


async def test_a_fault_that_was_given_a_number_of_times_goes_off_by_itself(sandbox: RunningSandbox) -> None:
    status = await switch_faults(sandbox.info, ["reset-at=0@responsys-login*2"])
    assert status.on == ["reset-at=0@responsys-login*2"]
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            get(sandbox)
    assert get(sandbox).status_code == 401
    assert (await switch_faults(sandbox.info)).on == []


# The answers


async def test_a_storm_answers_with_all_sorts_of_5xx(sandbox: RunningSandbox) -> None:
    await switch_faults(sandbox.info, ["storm=100"])
    seen = {get(sandbox).status_code for _ in range(30)}
    assert seen == {500, 502, 503, 504}
    await switch_faults(sandbox.info, ["storm=50"])
    assert {get(sandbox).status_code == 401 for _ in range(30)} == {True, False}


async def test_a_truncated_body_ends_before_its_announced_length(sandbox: RunningSandbox) -> None:
    await switch_faults(sandbox.info, ["truncated=10"])
    with pytest.raises(httpx.RemoteProtocolError, match="received 10 bytes"):
        get(sandbox)
    await switch_faults(sandbox.info, ["truncated=100000"])  # longer than any body here
    assert get(sandbox).json()["errorCode"]


async def test_content_type_and_clock_are_what_they_are_said_to_be(sandbox: RunningSandbox) -> None:
    right = parsedate_to_datetime(get(sandbox).headers["date"])
    await switch_faults(sandbox.info, ["content-type=image/png", "clock-skew=-7200"])
    answer = get(sandbox)
    assert answer.headers["content-type"] == "image/png"
    skew = (parsedate_to_datetime(answer.headers["date"]) - right).total_seconds()
    assert -7210 < skew < -7190


async def test_oracles_own_network_knows_nothing_of_it(sandbox: RunningSandbox) -> None:
    """CX Audience calls the login host while this machine cannot; only what it was given is wrong."""
    await switch_faults(sandbox.info, ["refused", "storm=100"])
    operator = sandbox.operator()
    await operator.perform(
        Visit(
            Site.RESPONSYS,
            ("Account", "CX Audience settings"),
            {"Enable Responsys and CX Audience Integration": True},
            ("Save",),
        ),
        {},
        Safe(),
    )
    entries = {
        "Account Name": sandbox.info.account_name,
        "Account URL": sandbox.info.responsys_login,
        "Username for Responsys integration": "nobody",
        "Username email": "a@example.com",
        "Password": "wrong-Password-1x",
        "Profile List in CX Audience that Responsys behavioral data should be available in": "CUSTOMER_PROFILES",
        "Select a column from Responsys that will be used to match records to the CX Audience customer list": (
            "CUSTOMER_ID_"
        ),
    }
    with pytest.raises(VisitRefusedError, match="refused the login of nobody: INVALID_USER_NAME_PASSWORD"):
        await operator.perform(
            Visit(Site.AUDIENCE, ("Account", "Integration settings", "Responsys"), entries, ("Save",)), {}, Safe()
        )


# The file server


async def test_a_stalled_file_server_goes_on_where_it_was(sandbox: RunningSandbox) -> None:
    with sftp(sandbox, 0.5) as files:
        await switch_faults(sandbox.info, ["sftp-stall"])
        with pytest.raises(TimeoutError):
            files.listdir("download")
    await switch_faults(sandbox.info, [])
    with sftp(sandbox) as files:
        assert EXPORTED in files.listdir("download")


async def test_the_file_server_hangs_up_in_the_middle_of_a_file(sandbox: RunningSandbox) -> None:
    await switch_faults(sandbox.info, ["sftp-disconnect=4000"])
    with sftp(sandbox) as files, files.open(f"download/{EXPORTED}") as file:
        assert file.read(4000) == CONTENT[:4000]
        with pytest.raises((OSError, EOFError, paramiko.SSHException)):
            file.read(4000)


async def test_a_file_ends_before_its_size(sandbox: RunningSandbox) -> None:
    await switch_faults(sandbox.info, ["sftp-ends-at=100"])
    with sftp(sandbox) as files, files.open(f"download/{EXPORTED}") as file:
        assert file.stat().st_size == len(CONTENT)
        assert file.read() == CONTENT[:100]


async def test_a_file_is_moved_away_once_it_was_listed(sandbox: RunningSandbox) -> None:
    await switch_faults(sandbox.info, ["sftp-rename*1"])
    with sftp(sandbox) as files:
        assert files.listdir("download") == [EXPORTED]
        with pytest.raises(FileNotFoundError):
            files.stat(f"download/{EXPORTED}")
        assert files.listdir("download") == [f"{EXPORTED}.moved"]


# The keyring


async def test_the_keyring_is_locked_half_way_gone_slow_and_empty(sandbox: RunningSandbox) -> None:
    keyring = sandbox.keyring()
    keyring.set_password("service", "user", "kept")
    await switch_faults(sandbox.info, ["keyring-locked=2"])
    assert [keyring.get_password("service", "user") for _ in range(2)] == ["kept"] * 2
    for fault in ("keyring-locked=0", "keyring-gone"):
        await switch_faults(sandbox.info, [fault])
        with pytest.raises(KeyringError):
            keyring.get_password("service", "user")
    await switch_faults(sandbox.info, ["keyring-slow=300"])
    begun = time.monotonic()
    assert keyring.get_password("service", "user") == "kept"
    assert time.monotonic() - begun >= 0.3
    await switch_faults(sandbox.info, ["keyring-forgets"])
    assert keyring.get_password("service", "user") is None
    keyring.set_password("service", "user", "lost")
    await switch_faults(sandbox.info, [])
    assert keyring.get_password("service", "user") == "kept"


# Switching them


def test_every_kind_is_met_by_a_test_above() -> None:
    text = Path(__file__).read_text()
    assert [name for name in KINDS if text.count(f'"{name}') + text.count(f'"{name}=') == 0] == []


PLACED = [(kind.name, place) for kind in KINDS.values() for place in ("", *kind.places)]


@given(st.sampled_from(PLACED), st.integers(0, 100), st.integers(0, 9))
def test_a_fault_is_read_back_as_it_is_written(placed: tuple[str, str], value: int, times: int) -> None:
    name, place = placed
    at, count = f"@{place}" if place else "", f"*{times}" if times else ""
    fault = parse(f"{name}{f'={value}' if KINDS[name].unit else ''}{at}{count}")
    assert (fault.kind.name, fault.place, fault.times) == (name, place, times)
    assert parse(str(fault)) == fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Known are"),
        ("latencies", "latency=200"),
        ("latency=fast", "a number from 0"),
        ("storm=101", "0 to 100"),
        ("refused=1", "takes no value"),
        ("sftp-stall@audience-api", "only at files"),
        ("latency=-1", "a number from 0"),
    ],
)
def test_what_is_no_fault_is_told(text: str, said: str) -> None:
    with pytest.raises(UnknownFaultError, match=said):
        parse(text)


async def test_a_fault_that_does_not_exist_cannot_be_switched_on(sandbox: RunningSandbox) -> None:
    await switch_faults(sandbox.info, ["latency=5"])
    with pytest.raises(NoSuchFaultError, match="Known are"):
        await switch_faults(sandbox.info, ["hail"])
    assert (await switch_faults(sandbox.info)).on == ["latency=5"]


def test_faults_by_command(tmp_path: Path) -> None:
    wrong = cxr_tui("rehearse", "--fault", "hail", home=tmp_path)
    assert (wrong.code, wrong.out) == (2, "")
    assert "keyring-locked=0" in wrong.err
    assert "Traceback" not in wrong.err
    assert cxr_tui("rehearse", "--scenario", "hail", home=tmp_path).code == 2
    with sandbox_up(tmp_path / "up", "--people", "20", "--fault", "latency=7", "--fault", "refused@files") as told:
        assert told["faults"] == ["latency=7", "refused@files"]
        host, _, port = told["file_server"].rpartition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), 2)
