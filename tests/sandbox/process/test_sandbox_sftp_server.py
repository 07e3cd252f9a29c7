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
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
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
    made = FileServer("acmeretail_scp", tmp_path / "files", lambda: list(allowed), lambda: NOW)
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


def test_the_three_folders_and_round_trips(server: FileServer, sftp: paramiko.SFTPClient) -> None:
    assert sorted(sftp.listdir()) == ["archive", "download", "upload"]
    sent = os.urandom(3_000_000)
    sftp.putfo(io.BytesIO(sent), "upload/big.bin")
    assert server.path("upload/big.bin").read_bytes() == sent
    assert sftp.stat("upload/big.bin").st_mtime == NOW.timestamp(), "the sandbox's time, not the machine's"
    back = io.BytesIO()
    sftp.getfo("/upload/big.bin", back)
    assert back.getvalue() == sent
    with sftp.open("upload/big.bin") as file:
        file.seek(1_000_000)
        assert file.read(10) == sent[1_000_000:1_000_010]
    sftp.mkdir("download/own")
    sftp.rename("upload/big.bin", "download/own/moved.bin")
    with pytest.raises(OSError, match=r"Directory not empty|Failure"):
        sftp.rmdir("download/own")
    with sftp.open("upload/other.bin", "w") as file:
        file.write("short")
    sftp.posix_rename("upload/other.bin", "download/own/moved.bin")
    assert sftp.stat("download/own/moved.bin").st_size == 5
    with sftp.open("download/own/moved.bin", "a") as file:
        file.write("er")
    assert server.path("download/own/moved.bin").read_text() == "shorter"
    sftp.truncate("download/own/moved.bin", 2)
    sftp.utime("download/own/moved.bin", (5, 6))
    found = sftp.listdir_attr("download/own")[0]
    assert (found.filename, found.st_size, found.st_mtime) == ("moved.bin", 2, 6)
    sftp.remove("download/own/moved.bin")
    sftp.rmdir("download/own")
    assert sftp.listdir("download") == []


def test_what_is_not_there(sftp: paramiko.SFTPClient) -> None:
    for action in (sftp.stat, sftp.lstat, sftp.listdir, sftp.remove, sftp.rmdir, sftp.open):
        with pytest.raises(FileNotFoundError):
            action("download/nothing")
    sftp.putfo(io.BytesIO(b"x"), "upload/a")
    sftp.putfo(io.BytesIO(b"y"), "upload/b")
    with pytest.raises(OSError, match="Failure"):
        sftp.rename("upload/a", "upload/b")


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
    if "link" in path or "up/" in path:
        with pytest.raises(OSError, match=r"Permission"):
            sftp.open(path, "w").close()
    assert secret.read_text() == "outside"


def test_links_cannot_be_made_and_the_home_cannot_be_removed(sftp: paramiko.SFTPClient) -> None:
    with pytest.raises(OSError, match=r"unsupported|Operation"):
        sftp.symlink("/etc/passwd", "upload/passwd")
    for action in (sftp.rmdir, sftp.remove):
        with pytest.raises(OSError, match=r"Permission"):
            action("/")


def test_a_password_is_never_asked_for(server: FileServer) -> None:
    made = transport(server)
    with pytest.raises(paramiko.BadAuthenticationType) as refused:
        made.auth_password("acmeretail_scp", "secret", fallback=False)
    assert refused.value.allowed_types == ["publickey"]
    made.close()


def test_who_is_refused(server: FileServer, key: paramiko.RSAKey, allowed: list[bytes]) -> None:
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    modern = paramiko.Ed25519Key(file_obj=io.StringIO(pem.decode()))
    allowed.append(modern.asbytes())
    stranger = paramiko.RSAKey.generate(2048)
    for user, offered in (("acmeretail_scp", stranger), ("somebody_else", key), ("acmeretail_scp", modern)):
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
    (tmp_path / "local.csv").write_text("a,b\n" * 100_000)
    batch = f"put {tmp_path}/local.csv upload/sent.csv\nrename upload/sent.csv download/sent.csv\nls -l download\n"
    batch += f"get download/sent.csv {tmp_path}/back.csv\nrm download/sent.csv\n"
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
    assert not server.path("download/sent.csv").exists()
