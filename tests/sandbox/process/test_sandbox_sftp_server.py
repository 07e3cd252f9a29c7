"""The sandbox's file server, as real clients find it."""

import io
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cxr_tui.sandbox.sftp_server import FileServer

NOW = datetime(2026, 11, 30, 7, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def key() -> paramiko.RSAKey:
    return paramiko.RSAKey.generate(2048)


@pytest.fixture
def allowed(key: paramiko.RSAKey) -> list[bytes]:
    return [key.asbytes()]


@pytest.fixture
def server(tmp_path: Path, allowed: list[bytes]) -> Iterator[FileServer]:
    made = FileServer("acmeretail_scp", tmp_path / "files", lambda: list(allowed))
    made.start()
    yield made
    made.stop()


def transport(server: FileServer) -> paramiko.Transport:
    made = paramiko.Transport(socket.create_connection((server.host, server.port), 5))
    made.start_client(timeout=5)
    return made


@pytest.fixture
def sftp(server: FileServer, key: paramiko.RSAKey) -> Iterator[paramiko.SFTPClient]:
    made = transport(server)
    made.auth_publickey("acmeretail_scp", key)
    client = paramiko.SFTPClient.from_transport(made)
    assert client is not None
    yield client
    client.close()
    made.close()


def test_the_three_folders_and_their_files(server: FileServer, sftp: paramiko.SFTPClient) -> None:
    assert sorted(sftp.listdir()) == ["archive", "download", "upload"]
    content = os.urandom(3_000_000)
    path = server.path("download/big.bin")
    path.write_bytes(content)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    back = io.BytesIO()
    sftp.getfo("/download/big.bin", back)
    assert back.getvalue() == content
    with sftp.open("download/big.bin") as file:
        file.seek(1_000_000)
        assert file.read(10) == content[1_000_000:1_000_010]
    [found] = sftp.listdir_attr("download")
    assert (found.filename, found.st_size, found.st_mtime) == ("big.bin", 3_000_000, NOW.timestamp())


def test_missing_files_are_reported(sftp: paramiko.SFTPClient) -> None:
    for action in (sftp.stat, sftp.lstat, sftp.listdir, sftp.open):
        with pytest.raises(FileNotFoundError):
            action("download/nothing")


def test_nothing_can_be_written(server: FileServer, sftp: paramiko.SFTPClient) -> None:
    server.path("download/a").write_text("a")
    for path in ("download/a", "upload/b"):
        with pytest.raises(OSError, match="Permission"):
            sftp.open(path, "w")
    with pytest.raises(OSError, match="unsupported"):
        sftp.remove("download/a")
    with pytest.raises(OSError, match=r"unsupported|Operation"):
        sftp.symlink("/etc/passwd", "upload/passwd")
    assert server.path("download/a").read_text() == "a"


@pytest.mark.parametrize(
    "path", ["../../secret", "/../secret", "download/../../secret", "upload/link", "upload/up/secret"]
)
def test_nobody_leaves_the_home(server: FileServer, sftp: paramiko.SFTPClient, path: str) -> None:
    secret = server.home.parent / "secret"
    secret.write_text("outside")
    server.path("upload").joinpath("link").symlink_to(secret)
    server.path("upload").joinpath("up").symlink_to(server.home.parent)
    with pytest.raises(OSError, match=r"No such file|Permission"):
        sftp.open(path).close()
    with pytest.raises(OSError, match=r"No such file|Permission"):
        sftp.stat(path)


def test_a_password_is_never_asked_for(server: FileServer) -> None:
    made = transport(server)
    with pytest.raises(paramiko.BadAuthenticationType) as refused:
        made.auth_password("acmeretail_scp", "secret", fallback=False)
    assert refused.value.allowed_types == ["publickey"]
    made.close()


def test_who_is_refused(server: FileServer, key: paramiko.RSAKey) -> None:
    stranger = paramiko.RSAKey.generate(2048)
    for user, offered in (("acmeretail_scp", stranger), ("somebody_else", key)):
        made = transport(server)
        with pytest.raises(paramiko.AuthenticationException):
            made.auth_publickey(user, offered)
        made.close()


def test_a_key_works_from_the_moment_it_is_authorized(
    server: FileServer, key: paramiko.RSAKey, allowed: list[bytes]
) -> None:
    allowed.clear()
    made = transport(server)
    with pytest.raises(paramiko.AuthenticationException):
        made.auth_publickey("acmeretail_scp", key)
    allowed.append(key.asbytes())
    made.auth_publickey("acmeretail_scp", key)
    assert made.is_authenticated()
    made.close()


def test_the_host_key_is_shown_and_can_change(server: FileServer) -> None:
    def shown() -> str:
        made = transport(server)
        found = made.get_remote_server_key().fingerprint
        made.close()
        return str(found)

    first = server.fingerprint
    assert shown() == first
    server.replace_host_key()
    assert shown() == server.fingerprint != first


def test_commands_and_shells_are_refused(server: FileServer, key: paramiko.RSAKey) -> None:
    made = transport(server)
    made.auth_publickey("acmeretail_scp", key)
    channel = made.open_session(timeout=5)
    with pytest.raises(paramiko.SSHException):
        channel.exec_command("id")
    made.close()


def test_a_stopped_server_is_gone(server: FileServer) -> None:
    port = server.port
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, port), 2)
    server.stop()


@pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's client is not installed")
def test_openssh_s_own_client(server: FileServer, allowed: list[bytes], tmp_path: Path) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    allowed.append(paramiko.RSAKey.from_private_key_file(str(file)).asbytes())
    server.path("download/sent.csv").write_text("a,b\n" * 100_000)
    batch = f"ls -l download\nget download/sent.csv {tmp_path}/back.csv\n"
    options = [
        "StrictHostKeyChecking=no",
        f"UserKnownHostsFile={tmp_path}/known",
        "IdentitiesOnly=yes",
        "BatchMode=yes",
    ]
    command = ["sftp", "-F", "none", "-b", "-", "-i", str(file), "-P", str(server.port)]
    for option in options:
        command += ["-o", option]
    ran = subprocess.run(
        [*command, "acmeretail_scp@127.0.0.1"], input=batch, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "sent.csv" in ran.stdout
    assert (tmp_path / "back.csv").read_text() == "a,b\n" * 100_000
