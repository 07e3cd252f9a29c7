"""The doctor, on real parts: terminal, gpg, Secret Service, OpenSSH, HTTP hosts."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxr_tui.cli.commands.doctor import lacking
from cxr_tui.doctor import local_checks, network_checks
from cxr_tui.doctor.result import CheckStatus
from cxr_tui.domain.errors import Reach, UnreachableError
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.gateways.sftp.client import SftpFileServer
from cxr_tui.system.package_manager import gnupg_command
from support.processes.cli_process import cxr_tui
from support.servers.real_parts import SshServer, free_port, openssh_server, raw_server, with_secret_service

TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("environ", "size", "status", "word"),
    [
        (TERMINAL, (120, 36), CheckStatus.PASS, "16 million"),
        (TERMINAL, (79, 24), CheckStatus.PASS, "every screen is complete from 80x24"),
        (TERMINAL, (80, 23), CheckStatus.PASS, "every screen is complete from 80x24"),
        (TERMINAL, (49, 24), CheckStatus.WARN, "49x24"),
        (TERMINAL, (80, 13), CheckStatus.WARN, "80x13"),
        ({"TERM": "xterm-kitty"}, (80, 24), CheckStatus.PASS, "256 colors"),
        ({"TERM": "dumb"}, (120, 36), CheckStatus.WARN, "plain mode"),
        ({"TERM": "unknown"}, (120, 36), CheckStatus.WARN, "cannot show screens"),
        ({}, (120, 36), CheckStatus.WARN, "TERM"),
        (TERMINAL | {"NO_COLOR": "1"}, (80, 24), CheckStatus.PASS, "NO_COLOR"),
        ({"TERM": "xterm"}, (80, 24), CheckStatus.PASS, "16 colors"),
        (TERMINAL, None, CheckStatus.SKIP, "not go to a terminal"),
        ({"TERM": "\x1b[31m"}, (80, 24), CheckStatus.PASS, "\u241b"),
    ],
)
def test_the_terminal(environ: dict[str, str], size: tuple[int, int] | None, status: CheckStatus, word: str) -> None:
    result = local_checks.terminal(environ, size)
    assert result.status is status
    assert word in result.seen
    assert bool(result.remedy) == (status in (CheckStatus.WARN, CheckStatus.FAIL))


def test_output_that_is_not_utf_8_is_warned_of() -> None:
    assert local_checks.characters("utf-8").status is CheckStatus.PASS
    assert local_checks.characters("ISO-8859-1").status is CheckStatus.WARN


def test_the_data_folder(tmp_path: Path) -> None:
    assert local_checks.home(tmp_path / "new").status is CheckStatus.PASS
    assert list((tmp_path / "new").iterdir()) == [], "nothing stays behind"
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o750)
    assert local_checks.home(tmp_path / "open").status is CheckStatus.WARN
    (tmp_path / "file").write_text("in the way")
    assert local_checks.home(tmp_path / "file" / "below").status is CheckStatus.FAIL


def test_gpg_works_or_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert local_checks.gpg().status is CheckStatus.PASS
    monkeypatch.setenv("PATH", str(tmp_path))
    result = local_checks.gpg()
    assert result.status is CheckStatus.FAIL
    assert result.remedy == f"Install GnuPG 2.1 or later: {gnupg_command()}"


async def test_what_a_start_finds_lacking_is_told_with_its_remedy_and_no_store_is_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    gpg, store, *_ = await lacking()
    assert gnupg_command() in gpg
    assert store.startswith("no usable credential store. PYTHON_KEYRING_BACKEND is set")
    touched: list[str] = []
    monkeypatch.setattr("cxr_tui.gateways.keyring.backend.choose_store", lambda: touched.append("chosen"))
    assert not any("credential store" in one for one in await lacking())
    assert touched == ["chosen"], "looked for, and nothing else asked of it"


STORE = """
import asyncio
from cxr_tui.doctor.network_checks import credential_store
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
result = asyncio.run(credential_store(KeyringCredentials("doctor", limit_seconds=5)))
print(result.status.value)
print(result.seen)
"""


def test_a_real_secret_service_makes_the_round_trip(tmp_path: Path) -> None:
    status, seen = with_secret_service(tmp_path, STORE, unlock=True).splitlines()[:2]
    assert status == "pass", seen
    assert "read back" in seen


def test_a_secret_service_that_nobody_unlocks_is_a_failure(tmp_path: Path) -> None:
    status = with_secret_service(tmp_path, STORE, unlock=False, prompter=False).splitlines()[0]
    assert status == "fail"


async def test_the_file_server_shows_its_host_key(openssh: SshServer) -> None:
    result = await network_checks.file_server(f"127.0.0.1:{openssh.port}")
    assert result.status is CheckStatus.PASS, result.seen
    assert f"host key ssh-ed25519 {openssh.fingerprint}" in result.seen


async def test_a_server_that_only_speaks_sha_1_is_named(tmp_path: Path) -> None:
    with openssh_server(tmp_path, KexAlgorithms="diffie-hellman-group14-sha1") as server:
        result = await network_checks.file_server(f"127.0.0.1:{server.port}")
    assert result.status is CheckStatus.FAIL
    assert "no common encryption" in result.seen
    assert "SHA-1" in result.remedy


async def test_a_closed_port_and_something_that_is_no_ssh_are_told_apart() -> None:
    with pytest.raises(UnreachableError) as refused:
        await SftpFileServer("127.0.0.1", free_port()).host_key()
    assert refused.value.reach is Reach.REFUSED
    with pytest.raises(UnreachableError) as unknown:
        await SftpFileServer("nowhere.invalid", 22).host_key()
    assert unknown.value.reach is Reach.DNS
    with pytest.raises(UnreachableError) as impossible:
        await SftpFileServer("no..where", 22).host_key()
    assert impossible.value.reach is Reach.DNS
    for answer in (b"HTTP/1.0 400 Bad\r\n\r\n", b"SSH-2.0-x\r\n\xff\xff\xff\xff"):

        def talk(line: socket.socket, answer: bytes = answer) -> None:
            line.recv(100)
            line.sendall(answer)

        with raw_server(talk) as port, pytest.raises(UnreachableError):
            await SftpFileServer("127.0.0.1", port).host_key()


@pytest.mark.parametrize(("tls", "codes"), [(True, ["responsys", "responsys-clock"]), (False, ["responsys"])])
async def test_the_clock_of_a_sandbox_is_not_compared(tls: bool, codes: list[str]) -> None:
    async def answers(url: str) -> HostAnswer:
        return HostAnswer(url, 200, tls=tls, date=datetime.now(UTC) - timedelta(days=10), seconds=0.1)

    assert [one.code for one in await network_checks.host("responsys", "http://127.0.0.1:1", answers)] == codes


def test_a_clock_that_is_off_is_warned_of() -> None:
    late = HostAnswer("https://host", 200, tls=True, date=datetime.now(UTC) - timedelta(minutes=5), seconds=0.1)
    result = network_checks.clock("responsys", late)
    assert result.status is CheckStatus.WARN
    assert "ahead of" in result.seen
    fine = HostAnswer("https://host", 200, tls=True, date=datetime.now(UTC), seconds=0.1)
    assert network_checks.clock("responsys", fine).status is CheckStatus.PASS


async def test_a_proxy_is_named_without_its_password() -> None:
    with raw_server(lambda line: None) as port:
        result = await network_checks.proxy({"HTTPS_PROXY": f"http://jane:canary@127.0.0.1:{port}"})
    assert result.status is CheckStatus.PASS
    assert f"127.0.0.1:{port} (HTTPS_PROXY)" in result.seen
    assert "canary" not in result.seen


@pytest.mark.parametrize(
    ("environ", "status", "words"),
    [
        ({}, CheckStatus.PASS, "no proxy is set"),
        ({"HTTPS_PROXY": "http://[::1"}, CheckStatus.FAIL, "HTTPS_PROXY: [::1 is not a valid proxy address"),
        ({"https_proxy": "proxy.example:99999"}, CheckStatus.FAIL, "https_proxy: proxy.example:99999"),
        ({"ALL_PROXY": "socks5://jane:canary@proxy.example:1080"}, CheckStatus.FAIL, "ALL_PROXY: proxy.example:1080"),
        (
            {"HTTPS_PROXY": "http://jane:canary@proxy.invalid:3128"},
            CheckStatus.FAIL,
            "proxy.invalid:3128 (HTTPS_PROXY)",
        ),
        ({"HTTPS_PROXY": f"http://127.0.0.1:{free_port()}"}, CheckStatus.FAIL, "(HTTPS_PROXY)"),
        ({"NO_PROXY": "localhost,fe80::/10,[::1]:8080,.corp.example,10.0.0.0/8,*"}, CheckStatus.PASS, "no proxy"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_named(environ: dict[str, str], status: CheckStatus, words: str) -> None:
    result = await network_checks.proxy(environ)
    assert result.status is status, result.seen
    assert words in result.seen
    assert "canary" not in f"{result.seen}{result.remedy}"
    assert bool(result.remedy) is (status is not CheckStatus.PASS)


def test_the_command_prints_one_document_and_its_exit_code_names_the_store(tmp_path: Path) -> None:
    ended = cxr_tui("doctor", "--json", home=tmp_path)
    document = json.loads(ended.out)
    codes = {check["code"]: check["status"] for check in document["checks"]}
    assert document["schema"] == 1
    assert codes["python"] == codes["gpg"] == "pass"
    assert codes["terminal"] == codes["responsys"] == "skip"
    assert codes["credential-store"] == "fail", "a bare environment has no session bus"
    assert (ended.code, document["ok"]) == (4, False)
