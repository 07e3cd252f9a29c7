"""SSH2 keys in the Responsys twin: what the page takes, how long it takes, and that the key then really works."""

import base64
import struct
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cxr_tui.sandbox.responsys.ssh_keys import read_public_key
from cxr_tui.sandbox.shared.screens import PageError
from support.sandboxes.responsys_setting import Stage, key_file, responsys_stage

PAGE = ("Account", "Global settings", "SSH2 Keys management")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path, people=5) as made:
        yield made


@pytest.fixture(scope="module")
def key() -> paramiko.RSAKey:
    return paramiko.RSAKey.generate(2048)


def one_line(key: paramiko.PKey) -> bytes:
    return f"{key.get_name()} {key.get_base64()} cxaudience\n".encode()


def rfc4716(key: paramiko.PKey) -> bytes:
    text = key.get_base64()
    lines = [text[place : place + 70] for place in range(0, len(text), 70)]
    comment = 'Comment: "a comment that goes on \\\nin the next line"'
    return "\r\n".join(
        ["---- BEGIN SSH2 PUBLIC KEY ----", comment, *lines, "---- END SSH2 PUBLIC KEY ----", ""]
    ).encode()


async def add(stage: Stage, data: bytes, tag: str = "cx-audience", user: str = "acmeretail_scp") -> dict[str, str]:
    entries = {"SCP user": user, "Tag name for key": tag, "Select": key_file("key.pub", data)}
    return (await stage.visit(*PAGE, entries=entries, press=("Add Key",))).values


def opens(stage: Stage, key: paramiko.PKey) -> bool:
    transport = paramiko.Transport((stage.twin.file_server.host, stage.twin.file_server.port))
    try:
        transport.start_client(timeout=5)
        transport.auth_publickey("acmeretail_scp", key)
    except paramiko.AuthenticationException:
        return False
    finally:
        transport.close()
    return True


def test_both_forms_read_alike(key: paramiko.RSAKey) -> None:
    for data in (one_line(key), rfc4716(key)):
        found = read_public_key(data)
        assert (found.blob, found.algorithm, found.bits) == (key.asbytes(), "ssh-rsa", 2048)


def test_what_ssh_keygen_writes_is_read(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(tmp_path / "k")], check=True)
    line = (tmp_path / "k.pub").read_bytes()
    exported = subprocess.run(["ssh-keygen", "-e", "-f", str(tmp_path / "k.pub")], capture_output=True, check=True)
    assert read_public_key(exported.stdout).blob == read_public_key(line).blob
    assert read_public_key(line).bits == 2048
    with pytest.raises(PageError, match="not an SSH2 public key"):
        read_public_key((tmp_path / "k").read_bytes())


def test_dsa_is_measured_by_its_p() -> None:
    numbers = [(1 << 1023) | 1, (1 << 159) | 1, 2, 3]
    fields = [b"ssh-dss", *(b"\0" + number.to_bytes(200, "big").lstrip(b"\0") for number in numbers)]
    blob = b"".join(struct.pack(">I", len(one)) + one for one in fields)
    found = read_public_key(b"ssh-dss " + base64.b64encode(blob))
    assert (found.algorithm, found.bits) == ("ssh-dss", 1024)


def test_what_is_refused(key: paramiko.RSAKey) -> None:
    modern = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    short_key = rsa.RSAPublicNumbers(65537, (1 << 1000) | 1).public_key()
    short = short_key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    whole = rfc4716(key)
    refused = {
        "ssh-ed25519": modern,
        "1001 bits": short,
    }
    for words, data in refused.items():
        with pytest.raises(PageError, match=words):
            read_public_key(data)
    damaged = whole.replace(b"---- END", b"!!!!\r\n---- END")
    page = b"<html><body>Session expired</body></html>"
    putty = b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n"
    for data in (
        whole[: len(whole) // 2],
        damaged,
        page,
        putty,
        b"",
        b"\xff\xfe\x00",
        b"ssh-rsa AAAA",
        one_line(key) * 2,
        one_line(key)[:200],
    ):
        with pytest.raises(PageError):
            read_public_key(data)


async def test_a_key_is_processed_for_days_and_then_opens_the_file_server(stage: Stage, key: paramiko.RSAKey) -> None:
    assert (await stage.visit(*PAGE)).values == {"administrator": "Completed"}
    assert await add(stage, rfc4716(key)) == {"administrator": "Completed", "cx-audience": "Processing"}
    assert not opens(stage, key)
    ready = stage.twin.ssh2_keys.ready_at("cx-audience")
    assert ready is not None
    assert timedelta(days=4, hours=23) < ready - stage.clock.now() <= timedelta(days=5)
    await stage.clock.advance(ready - timedelta(minutes=1))
    assert not opens(stage, key)
    await stage.clock.advance(ready)
    assert (await stage.visit(*PAGE)).values["cx-audience"] == "Completed"
    assert opens(stage, key)
    assert stage.twin.ssh2_keys.ready_at("unknown") is None


async def test_the_administrator_s_own_key_works_from_the_start(stage: Stage) -> None:
    file = stage.twin.administrator_key
    assert opens(stage, paramiko.RSAKey.from_private_key_file(str(file)))


async def test_the_page_wants_user_tag_and_file(stage: Stage, key: paramiko.RSAKey) -> None:
    await add(stage, one_line(key))
    with pytest.raises(PageError, match="exists already"):
        await add(stage, one_line(key))
    with pytest.raises(PageError, match=r"SCP user: .* choose one of acmeretail_scp"):
        await add(stage, one_line(key), tag="two", user="acmeretail")
    with pytest.raises(PageError, match="Tag name for key: this field is required"):
        await add(stage, one_line(key), tag=" ")
    with pytest.raises(PageError, match="Select: this field is required"):
        await stage.visit(*PAGE, entries={"SCP user": "acmeretail_scp", "Tag name for key": "x"}, press=("Add Key",))
