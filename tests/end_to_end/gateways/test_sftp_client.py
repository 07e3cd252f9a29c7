"""The file server: a real OpenSSH server, keys made by ssh-keygen, and servers that misbehave."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cxr_tui.domain import ports
from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import (
    HostKeyChangedError,
    HostKeyUnconfirmedError,
    KeyFileError,
    OutsideError,
    Reach,
    RemotePathError,
    SftpLoginError,
    UnreachableError,
)
from cxr_tui.domain.finding import Status
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.sftp.client import SftpFileServer
from cxr_tui.gateways.sftp.connection import SshConnection, SshLimits
from cxr_tui.guide.steps.export import destination_connectivity
from support.servers.real_parts import LOOPBACK, SshServer, free_port, make_key, openssh_server, raw_server, silent
from support.worlds.scripted_world import ScriptedWorld, checked, codes, finding

Opened = Callable[..., SftpFileServer]
QUICK = SshLimits(connect=2, handshake=1, silent=1)
SOME = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
async def opened(openssh: SshServer) -> AsyncIterator[Opened]:
    made: list[SftpFileServer] = []

    def open_one(
        *,
        port: int = openssh.port,
        host: str = LOOPBACK,
        user: str = openssh.user,
        key: Path = openssh.key,
        passphrase: Secret | None = None,
        pinned: str = openssh.fingerprint,
        limits: SshLimits | None = None,
    ) -> SftpFileServer:
        made.append(SftpFileServer(host, port, user, key, passphrase, pinned, limits=limits))
        return made[-1]

    yield open_one
    for one in made:
        await one.close()


async def test_host_key_without_login(opened: Opened, openssh: SshServer, tmp_path: Path) -> None:
    server: ports.FileServer = opened(user="nobody-there", key=tmp_path / "none", pinned="")
    shown = await server.host_key()
    assert (shown.kind, shown.fingerprint) == ("ssh-ed25519", openssh.fingerprint)


async def test_listing_stat_read(opened: Opened, openssh: SshServer) -> None:
    (openssh.folder / "download").mkdir(exist_ok=True)
    content = os.urandom(300_000)
    path = openssh.folder / "download" / "CUSTOMERS.csv.gpg"
    path.write_bytes(content)
    os.utime(path, (1796108400, 1796108400))
    server = opened()
    (found,) = await server.listing("download")
    assert (found.name, found.path, found.size) == ("CUSTOMERS.csv.gpg", "download/CUSTOMERS.csv.gpg", 300_000)
    assert found.modified == datetime.fromtimestamp(1796108400, UTC)
    assert not found.is_folder
    assert [one.is_folder for one in await server.listing("") if one.name == "download"] == [True]
    assert await server.stat("download/CUSTOMERS.csv.gpg") == found
    assert await server.stat("download/none") is None
    assert await server.read(found.path, 100) == content[:100]
    assert await server.read(found.path, 250_000) == content[:250_000]
    assert await server.read(found.path, 1_000_000) == content


async def test_paths_that_cannot_be_read(opened: Opened) -> None:
    server = opened()
    with pytest.raises(RemotePathError, match="nowhere does not exist"):
        await server.listing("nowhere")
    with pytest.raises(RemotePathError, match="␛"):
        await server.read("no\x1bwhere", 10)


async def test_a_name_that_is_not_utf8_is_listed_as_strange(opened: Opened, openssh: SshServer) -> None:
    folder = openssh.folder / "odd"
    folder.mkdir(exist_ok=True)
    (folder / os.fsdecode(b"caf\xe9.csv")).touch()
    (folder / "café.csv").touch()
    found = await opened().listing("odd")
    assert [(one.name, one.strange) for one in found] == [("café.csv", False), ("caf\udce9.csv", True)]


async def test_one_connection_for_all_calls(opened: Opened, openssh: SshServer) -> None:
    server = opened()
    await asyncio.gather(*(server.stat("none") for _ in range(5)))
    connection = server._connection
    await server.listing("")
    assert server._connection is connection
    await server.close()
    assert server._connection is None
    await server.listing("")


async def test_nothing_of_the_user_is_sent_before_the_key_is_confirmed(opened: Opened, openssh: SshServer) -> None:
    log = openssh.folder.parent / "sshd.log"
    before = log.read_text()
    with pytest.raises(HostKeyUnconfirmedError, match=f" {re.escape(openssh.fingerprint)} is not saved"):
        await opened(pinned="", user="stranger").listing("")
    with pytest.raises(HostKeyChangedError) as changed:
        await opened(pinned=SOME, user="stranger").stat("x")
    assert (changed.value.pinned, changed.value.found) == (SOME, openssh.fingerprint)
    await asyncio.sleep(0.2)
    assert "stranger" not in log.read_text()[len(before) :]


async def test_the_pinned_key_may_be_any_of_the_server_s(opened: Opened, openssh: SshServer) -> None:
    server = opened(pinned=openssh.rsa_fingerprint)
    assert await server.stat("none") is None
    shown = await server.host_key()
    assert (shown.kind, shown.fingerprint) == ("ssh-rsa", openssh.rsa_fingerprint)


async def test_fingerprints_as_people_copy_them(opened: Opened, openssh: SshServer) -> None:
    bare = openssh.fingerprint.removeprefix("SHA256:")
    shown = await opened().host_key()
    rsa = await opened(pinned=openssh.rsa_fingerprint).host_key()
    line = f"256 {openssh.fingerprint} root@files (ED25519)"
    for copied in (f" {openssh.fingerprint}\n", bare, f"SHA256:{bare}=", line, shown.md5, rsa.md5):
        assert await opened(pinned=copied).stat("none") is None, copied
    with pytest.raises(HostKeyUnconfirmedError):
        await opened(pinned="files.example").stat("none")


async def test_a_refused_key_says_what_was_tried(opened: Opened, openssh: SshServer, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    with pytest.raises(SftpLoginError, match=rf"refused.*user {openssh.user}, key ssh-rsa 2048 bit SHA256:"):
        await opened(key=other).listing("")
    with pytest.raises(SftpLoginError, match="nobody-there"):
        await opened(user="nobody-there").listing("")


REFUSING = {
    "passwords only": (
        {"PubkeyAuthentication": "no", "PasswordAuthentication": "yes"},
        "accepts no keys from this user, only password",
        "sftp-no-keys",
    ),
    "a password after the key": (
        {"AuthenticationMethods": "publickey,password", "PasswordAuthentication": "yes"},
        "accepts the key and asks for more: password",
        "sftp-second-factor",
    ),
    "a code after the key": (
        {
            "AuthenticationMethods": "publickey,keyboard-interactive",
            "KbdInteractiveAuthentication": "yes",
            "UsePAM": "yes",
        },
        "accepts the key and asks for more: keyboard-interactive",
        "sftp-second-factor",
    ),
    "no SFTP": ({"Subsystem": "other /bin/false"}, "accepts the user and offers no SFTP", "sftp-not-offered"),
    "SFTP that does not start": (
        {"Subsystem": "sftp /nowhere/sftp-server"},
        "accepts the user and offers no SFTP",
        "sftp-not-offered",
    ),
    "a command that says no": (
        {"ForceCommand": "echo This account is not available >&2; exit 1"},
        "accepts the user and offers no SFTP",
        "sftp-not-offered",
    ),
    "a command that prints text": (
        {"ForceCommand": "echo This service allows sftp connections only."},
        "sent text instead of SFTP: This service allows sftp connections only.",
        "sftp-text",
    ),
}


def step_answers(server: SshServer) -> dict[str, Value]:
    return {
        "account.account_name": "acme",
        "select-object.job_name": "Export",
        "destination-connectivity.server": f"{LOOPBACK}:{server.port}",
        "destination-connectivity.user_name": server.user,
        "destination-connectivity.host_key": server.fingerprint,
    }


@pytest.mark.sampled(2)
@pytest.mark.parametrize("settings", REFUSING)
async def test_a_login_that_ends_without_sftp_says_what_was_refused(
    opened: Opened, tmp_path: Path, settings: str
) -> None:
    configuration, said, code = REFUSING[settings]
    with openssh_server(tmp_path / "sshd", **configuration) as server:
        gateway = opened(port=server.port, pinned=server.fingerprint, key=server.key)
        world = ScriptedWorld(server=gateway)  # type: ignore[arg-type]  # a real one
        outcome = await checked(destination_connectivity.STEP, step_answers(server), world)
        with pytest.raises(OutsideError, match=re.escape(said)):
            await gateway.stream("x", lambda _: None)
    assert codes(outcome, Status.FAIL) == {code}
    found = finding(outcome, code)
    assert said in found.seen
    assert "not registered" not in found.why


@pytest.mark.parametrize("taken", ["ssh-rsa", "ssh-ed25519"])
async def test_a_server_that_hides_which_signatures_it_takes_is_among_the_causes(
    opened: Opened, tmp_path: Path, taken: str
) -> None:
    with openssh_server(tmp_path / "sshd", PubkeyAcceptedAlgorithms=taken) as server:
        gateway = opened(port=server.port, pinned=server.fingerprint, key=server.key)
        outcome = await checked(
            destination_connectivity.STEP,
            step_answers(server),
            ScriptedWorld(server=gateway),  # type: ignore[arg-type]  # a real one
        )
    found = finding(outcome, "sftp-auth")
    assert "only SHA-1 signatures" in found.why
    assert "rsa-sha2-256" in found.remedy


def cut(gateway: SftpFileServer) -> None:
    """Cut the line as a firewall does that forgets a resting connection."""
    assert gateway._connection is not None
    assert gateway._connection._socket is not None
    gateway._connection._socket.shutdown(socket.SHUT_RDWR)


async def test_a_dropped_connection_is_made_again_once(opened: Opened, tmp_path: Path) -> None:
    with openssh_server(tmp_path / "sshd") as server:
        gateway = opened(port=server.port, pinned=server.fingerprint, key=server.key)
        (server.folder / "x").write_text("1")
        await gateway.listing("")
        connection = gateway._connection
        cut(gateway)
        assert [one.name for one in await gateway.listing("")] == ["x"]
        assert gateway._connection is not connection
        cut(gateway)
    with pytest.raises(UnreachableError) as caught:
        await gateway.listing("")
    assert caught.value.reach is Reach.REFUSED


async def test_a_lost_line_that_still_looks_whole(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = opened()
    await gateway.listing("")
    cut(gateway)
    monkeypatch.setattr(SshConnection, "usable", property(lambda connection: connection._sftp is not None))
    assert await gateway.stat("none") is None


async def test_closing_a_cut_line_closes_everything(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = opened()
    await gateway.listing("")
    connection = gateway._connection
    assert connection is not None

    def broken_goodbye() -> None:
        raise EOFError

    monkeypatch.setattr(connection._sftp, "close", broken_goodbye)
    await gateway.close()
    assert connection._transport is not None
    assert not connection._transport.is_active()


@pytest.mark.parametrize(
    ("host", "expected"), [("files.responsys.invalid", Reach.DNS), (LOOPBACK, Reach.REFUSED), ("a..b", Reach.DNS)]
)
async def test_unreachable(opened: Opened, host: str, expected: Reach) -> None:
    with pytest.raises(UnreachableError) as caught:
        await opened(host=host, port=free_port()).listing("")
    assert caught.value.reach is expected


async def test_silence_ends_in_time(opened: Opened) -> None:
    with raw_server(silent) as port:
        with pytest.raises(UnreachableError) as caught:
            await opened(port=port, limits=QUICK).host_key()
        assert caught.value.reach in (Reach.CUT, Reach.TIMEOUT)


async def test_something_else_than_ssh(opened: Opened) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.recv(1000)

    with raw_server(talk) as port, pytest.raises(UnreachableError) as caught:
        await opened(port=port, limits=QUICK).host_key()
    assert caught.value.reach in (Reach.CUT, Reach.TIMEOUT)


async def test_cancelling_returns_at_once_and_leaves_no_connection(opened: Opened) -> None:
    come, gone = threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-slow\r\n")
        come.set()
        silent(connection)
        gone.set()

    with raw_server(talk) as port:
        task = asyncio.create_task(opened(port=port).host_key())
        await asyncio.to_thread(come.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(gone.wait)


async def test_no_key_of_the_machine_is_ever_tried(
    opened: Opened, openssh: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right key lies in ~/.ssh, the wrong one is given: the login must fail."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_rsa").write_bytes(openssh.key.read_bytes())
    monkeypatch.setenv("HOME", str(home))
    with pytest.raises(SftpLoginError):
        await opened(key=make_key(tmp_path / "other")).listing("")


# --- key files --------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(3)
@pytest.mark.parametrize("passphrase", ["", "täst pass"])
@pytest.mark.parametrize("form", ["OpenSSH", "PEM", "PKCS8"])
async def test_key_files_of_every_form(
    opened: Opened, openssh: SshServer, tmp_path: Path, form: str, passphrase: str
) -> None:
    options = [] if form == "OpenSSH" else ["-m", form]
    key = openssh.allow(make_key(tmp_path / "key", "rsa", *options, passphrase=passphrase))
    assert await opened(key=key, passphrase=Secret(passphrase) if passphrase else None).stat("none") is None
    if passphrase:
        with pytest.raises(KeyFileError, match="protected by a passphrase"):
            await opened(key=key).listing("")
        with pytest.raises(KeyFileError, match="passphrase is wrong") as caught:
            await opened(key=key, passphrase=Secret("wr0ng!")).listing("")
        assert "wr0ng!" not in str(caught.value)


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
async def test_a_key_file_that_an_editor_saved_in_another_charset(
    opened: Opened, openssh: SshServer, tmp_path: Path, charset: str
) -> None:
    path = tmp_path / "key"
    path.write_bytes(openssh.key.read_text().encode(charset))
    assert await opened(key=path).stat("none") is None


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
async def test_other_kinds_of_keys(opened: Opened, openssh: SshServer, tmp_path: Path, kind: str) -> None:
    key = openssh.allow(make_key(tmp_path / "key", kind))
    assert await opened(key=key).stat("none") is None


async def test_a_passphrase_for_an_open_key_is_ignored(opened: Opened) -> None:
    assert await opened(passphrase=Secret("not needed")).stat("none") is None


async def test_a_passphrase_is_fetched_when_it_is_needed(openssh: SshServer, tmp_path: Path) -> None:
    key = make_key(tmp_path / "key", passphrase="pw")
    fetched: list[int] = []

    async def fetch() -> Secret:
        fetched.append(1)
        return Secret("pw")

    server = SftpFileServer(LOOPBACK, openssh.port, openssh.user, key, fetch, openssh.fingerprint)
    await server.host_key()
    assert fetched == []
    with pytest.raises(SftpLoginError):
        await server.listing("")
    assert fetched == [1]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "PuTTY"),
        (b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 jane", "is a public key"),
        (b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "is a public key"),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "OpenPGP"),
        (b"-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----\n", "DSA"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n", "damaged"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n", "damaged"),
        (b"<html>not found</html>", "not a private key"),
        (b" \n", "empty"),
        (b"x" * 70_000, "too large"),
        (None, "does not exist"),
    ],
)
async def test_what_is_no_key_file(opened: Opened, tmp_path: Path, content: bytes | None, named: str) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeyFileError, match=named):
        await opened(key=path).listing("")
    if content is None:
        with pytest.raises(KeyFileError, match="cannot be read"):
            await opened(key=tmp_path).listing("")


@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
async def test_an_rsa_key_whose_numbers_do_not_fit_together_signs_nothing(
    opened: Opened, tmp_path: Path, form: PrivateFormat
) -> None:
    good = rsa.generate_private_key(65537, 2048).private_numbers()
    numbers = RSAPrivateNumbers(
        good.p, good.q, good.d, good.dmp1 + 2, good.dmq1, good.iqmp, good.public_numbers
    )  # a signature with it would give the key away
    broken = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    path = tmp_path / "key"
    path.write_bytes(broken.private_bytes(Encoding.PEM, form, NoEncryption()))
    with pytest.raises(KeyFileError, match="damaged"):
        await opened(key=path).listing("")


async def test_a_server_that_knows_only_sha1(opened: Opened, tmp_path: Path) -> None:
    with (
        openssh_server(tmp_path / "sshd", KexAlgorithms="diffie-hellman-group14-sha1") as server,
        pytest.raises(UnreachableError) as caught,
    ):
        await opened(port=server.port).host_key()
    assert caught.value.reach is Reach.TLS
    assert "no common encryption" in caught.value.detail
