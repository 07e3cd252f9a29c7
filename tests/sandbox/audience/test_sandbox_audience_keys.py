"""Key pairs by real gpg, and the SSH2 key as OpenSSH reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cxr_tui.domain.ssh_public_key import key_of
from cxr_tui.sandbox.audience.keys import KeyPairs
from cxr_tui.sandbox.shared.connect_jobs import RunError
from cxr_tui.sandbox.shared.screens import PageError
from support.sandboxes.audience_setting import Stage, encrypt, ssh_blob, stage

DIALOG = "Data > Connect > Manage Connect > Import Profile Data > Source Specification > Select or generate key"
SSH_FORM = (
    "Data > Connect > Manage Connect > Export Data > Destination Connectivity > Access or Generate key information"
)


async def _generate(on: Stage, name: str) -> tuple[str, bytes]:
    await on.visit(DIALOG, press="Generate key pair", **{"Name": name, "Email address": "poc@acme.example"})
    shows = await on.visit(DIALOG, press="Download, Done", **{"Select key pair": name})
    file: tuple[str, bytes] = shows.files["Downloaded key"]
    return file


async def test_a_generated_pair_is_downloaded_as_armoured_public_key() -> None:
    async with stage() as on:
        name, content = await _generate(on, "Responsys profiles")
        assert name == "Responsys_profiles.asc"
        assert content.startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----")
        packets = _packets(content, on.directory)
        assert packets.count("pkey[0]: [2048 bits]") == 2
        assert "pref-aead" not in packets
        assert "features: 01" in packets
        assert "secret" not in packets
        assert (await on.visit(DIALOG)).values == {"Key pairs": ["Responsys profiles"]}
        for wrong in ("Responsys profiles", "", "a\nExpire-Date: 1d"):
            with pytest.raises(PageError):
                await _generate(on, wrong)
        with pytest.raises(PageError, match=r"Select key pair: .* is not offered"):
            await on.visit(DIALOG, press="Download", **{"Select key pair": "other"})


async def test_only_files_to_the_chosen_pair_are_opened() -> None:
    async with stage() as on:
        await _generate(on, "one")
        await _generate(on, "two")
        keys, content = on.twin.keys, b"line 1\nline 2\n"
        message = encrypt(content, keys.pairs["one"].armour, _home(on.directory))
        assert await keys.is_encrypted(message)
        assert await keys.decrypt(message, "one") == content
        with pytest.raises(RunError, match="another key"):
            await keys.decrypt(message, "two")
        with pytest.raises(RunError, match="damaged or incomplete"):
            await keys.decrypt(message[:-30], "one")
        with pytest.raises(RunError, match="not encrypted"):
            await keys.decrypt(content, "one")


@pytest.mark.parametrize("text", [b"", b"a,b\n", "é,b\n".encode(), "é".encode() * 100, b"\xef\xbb\xbfRIID_,"])
async def test_text_is_not_taken_for_an_encrypted_file(text: bytes) -> None:
    keys = KeyPairs()
    assert not await keys.is_encrypted(text)
    await keys.close()


async def test_the_gpg_home_is_gone_with_the_twin() -> None:
    async with stage() as on:
        await _generate(on, "one")
        home = on.twin.keys.gpg.home
        assert home.is_dir()
        await on.twin.keys.close()
        assert not home.exists()


async def test_the_ssh2_key_is_mailed_once_external_servers_are_enabled() -> None:
    async with stage() as on:
        with pytest.raises(PageError, match="not enabled"):
            await on.visit(SSH_FORM, press="Send key", **{"Email address": "poc@acme.example"})
        on.twin.account.external_servers.append("127.0.0.1:2222")
        hosts = await on.visit(
            "Data > Connect > Manage Connect > Export Data > Destination Connectivity",
            **{"File location": "External Server by SFTP"},
        )
        assert hosts.values["Hostname"] == ["127.0.0.1:2222"]
        for _ in range(2):
            await on.visit(SSH_FORM, press="Send key", **{"Email address": "poc@acme.example"})
        mails = on.mailbox.mails
        assert [mail.subject for mail in mails] == ["Your SSH2 public key"] * 2
        files = [mail.files["Attachment"][1] for mail in mails]
        assert files[0] == files[1]
        assert max(len(line) for line in files[0].splitlines()) <= 72
        key = key_of(ssh_blob(files[0]), "")
        assert key is not None
        assert (key.algorithm, key.bits) == ("ssh-rsa", 2048)


def _packets(content: bytes, directory: Path) -> str:
    words = ["gpg", "--homedir", str(_home(directory)), "--list-packets"]
    return subprocess.run(words, input=content, capture_output=True, check=False).stdout.decode()


def _home(directory: Path) -> Path:
    home = directory / "sender"
    home.mkdir(mode=0o700, exist_ok=True)
    return home
