"""File server, external server and SSH2 key: confirmation, waits, and key files that are none."""

from __future__ import annotations

import base64
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import HostKeyChangedError, KeyFileError, SftpLoginError
from cxr_tui.domain.finding import Status, Verdict
from cxr_tui.domain.instruction import Carried, FileRef
from cxr_tui.domain.ssh_public_key import HostKey
from cxr_tui.guide.checks.ssh_key_file import Form, read_key_file
from cxr_tui.guide.steps.export import destination_connectivity
from cxr_tui.guide.steps.import_ import source_specification
from cxr_tui.guide.steps.transfer import external_server, ssh2_key
from support.worlds.scripted_world import (
    HOST_KEY,
    NOW,
    ScriptedFileServer,
    ScriptedWorld,
    checked,
    codes,
    finding,
    known_of,
)

FORMER = HostKey.of("ssh-ed25519", b"the key that was confirmed once")
OTHER = b"".join(
    len(part).to_bytes(4, "big") + part for part in (b"ssh-rsa", b"\x01\x00\x01", (1 << 2047 | 1).to_bytes(257, "big"))
)
"""Another RSA key of 2048 bits, as SSH sends it."""
CONNECTIVITY: dict[str, Value] = {
    "select-object.job_name": "Export",
    "destination-connectivity.server": "files.example",
    "destination-connectivity.user_name": "acme_scp",
    "destination-connectivity.key_file": "key",
    "destination-connectivity.host_key": HOST_KEY.fingerprint,
}


def folders() -> ScriptedFileServer:
    return ScriptedFileServer({"download": (), ".": ()})


async def test_a_confirmed_server_that_lets_us_in_is_proven() -> None:
    outcome = await checked(destination_connectivity.STEP, CONNECTIVITY, ScriptedWorld(server=folders()))
    assert outcome.verdict is Verdict.VERIFIED
    assert {one.status for one in outcome.findings} == {Status.PASS}


async def test_an_unconfirmed_key_is_shown_and_nothing_else_happens() -> None:
    server = folders()
    server.error = SftpLoginError("must not be tried")
    values: dict[str, Value] = {**CONNECTIVITY, "destination-connectivity.host_key": ""}
    outcome = await checked(destination_connectivity.STEP, values, ScriptedWorld(server=server))
    assert outcome.verdict is Verdict.UNKNOWN
    found = finding(outcome, "host-key-unconfirmed")
    assert found.fix is not None
    assert found.fix.answers == {"destination-connectivity.host_key": HOST_KEY.fingerprint}
    assert codes(outcome, Status.FAIL) == set()


async def test_a_confirmed_key_is_the_same_in_every_notation() -> None:
    line = f"256 {HOST_KEY.fingerprint} root@files (ED25519)"
    for confirmed in (HOST_KEY.md5, HOST_KEY.md5.removeprefix("MD5:"), line, f"{HOST_KEY.fingerprint}="):
        values: dict[str, Value] = {**CONNECTIVITY, "destination-connectivity.host_key": confirmed}
        outcome = await checked(destination_connectivity.STEP, values, ScriptedWorld(server=folders()))
        assert outcome.verdict is Verdict.VERIFIED, confirmed
    values = {**CONNECTIVITY, "destination-connectivity.host_key": FORMER.md5}
    outcome = await checked(destination_connectivity.STEP, values, ScriptedWorld(server=folders()))
    assert (
        f"The confirmed key is {FORMER.md5}; the server shows {HOST_KEY.md5}."
        in finding(outcome, "host-key-changed").seen
    )


@pytest.mark.parametrize("kept", ["files.example", "right", "SHA256:cutoff"])
async def test_an_entry_that_is_no_fingerprint_is_never_called_an_attack(kept: str) -> None:
    server = folders()
    server.error = SftpLoginError("must not be tried")
    values: dict[str, Value] = {**CONNECTIVITY, "destination-connectivity.host_key": kept}
    outcome = await checked(destination_connectivity.STEP, values, ScriptedWorld(server=server))
    assert (outcome.verdict, codes(outcome, Status.FAIL)) == (Verdict.UNKNOWN, set())
    found = finding(outcome, "host-key-unconfirmed")
    assert f"shows the key {HOST_KEY.fingerprint}" in found.seen
    assert "Enter the fingerprint" in found.seen


async def test_a_changed_key_stops_before_any_login() -> None:
    server = folders()
    server.error = SftpLoginError("must not be tried")
    values: dict[str, Value] = {**CONNECTIVITY, "destination-connectivity.host_key": FORMER.fingerprint}
    outcome = await checked(destination_connectivity.STEP, values, ScriptedWorld(server=server))
    assert codes(outcome, Status.FAIL) == {"host-key-changed"}
    seen = finding(outcome, "host-key-changed").seen
    assert FORMER.fingerprint in seen
    assert HOST_KEY.fingerprint in seen


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SftpLoginError("refused"), "sftp-auth"),
        (KeyFileError("wrong passphrase"), "sftp-auth"),
        (HostKeyChangedError("SHA256:right", "SHA256:other"), "host-key-changed"),
    ],
)
async def test_what_keeps_us_out_is_named(error: Exception, code: str) -> None:
    server = folders()
    server.error = error  # type: ignore[assignment]  # every one of them is an OutsideError
    outcome = await checked(destination_connectivity.STEP, CONNECTIVITY, ScriptedWorld(server=server))
    assert codes(outcome, Status.FAIL) == {code}


async def test_a_missing_folder_is_named() -> None:
    values: dict[str, Value] = {**CONNECTIVITY, "destination-connectivity.path": "daily"}
    outcome = await checked(destination_connectivity.STEP, values, ScriptedWorld(server=folders()))
    assert codes(outcome, Status.FAIL) == {"remote-path"}


async def test_without_a_key_a_persons_word_decides() -> None:
    outcome = await checked(destination_connectivity.STEP, CONNECTIVITY, ScriptedWorld())
    assert outcome.verdict is Verdict.CONFIRMABLE


REQUEST: dict[str, Value] = {
    "account.account_name": "acme",
    "destination-connectivity.server": "files.example",
    "destination-connectivity.user_name": "acme_scp",
    "external-server.sr_number": "3-1",
    "external-server.sr_date": "2026-06-01",
}


async def test_the_request_is_waited_for_until_somebody_says_that_it_is_done() -> None:
    step = external_server.STEP
    assert (await checked(step, REQUEST, ScriptedWorld())).verdict is Verdict.WAITING
    added: dict[str, Value] = {**REQUEST, "external-server.added": True}
    assert (await checked(step, added, ScriptedWorld())).verdict is Verdict.CONFIRMABLE


def test_the_request_names_server_and_user_on_lines_of_their_own() -> None:
    form = external_server.STEP.visits(known_of(external_server.STEP, REQUEST))[0].entries
    assert "External SFTP Server" in str(form["Problem summary"])
    lines = str(form["Problem description"]).splitlines()
    assert "Server: files.example" in lines
    assert "User name: acme_scp" in lines


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder: Path = tmp_path_factory.mktemp("keys")
    made = {}
    for kind, bits in (("rsa", "3072"), ("ed25519", "256")):
        path = folder / kind
        command = ["ssh-keygen", "-q", "-t", kind, "-b", bits, "-N", "", "-C", "cx", "-f", str(path)]
        subprocess.run(command, check=True)
        made[f"{kind}.pub"], made[kind] = Path(f"{path}.pub").read_bytes(), path.read_bytes()
    made["putty"] = b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n"
    made["html"] = b"<html><body>Sign in</body></html>"
    made["empty"] = b""
    line = made["rsa.pub"].decode().split()
    made["options"] = b"restrict " + made["rsa.pub"]
    made["two"] = made["rsa.pub"] + b"ssh-rsa " + base64.b64encode(OTHER) + b"\n"
    made["wrapped"] = f"> {line[0]} {line[1][:60]}\n> {line[1][60:]}\n".encode()
    return made


KEY: dict[str, Value] = {
    "add-user.email": "a@example.com",
    "account.account_name": "acme",
    "destination-connectivity.user_name": "acme_scp",
    "ssh2-key.tag": "CX",
    "ssh2-key.status": "Completed",
}


async def test_a_completed_key_is_confirmable(keys: dict[str, bytes]) -> None:
    values: dict[str, Value] = {**KEY, "ssh2-key.key_file": "rsa.pub"}
    outcome = await checked(ssh2_key.STEP, values, ScriptedWorld(files=keys))
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert "3072 bits" in finding(outcome, "ssh2-key").seen


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rsa", "private key"),
        ("ed25519", "private key"),
        ("putty", "PuTTY"),
        ("html", "HTML page"),
        ("empty", "empty file"),
        ("options", "with options before the key. It contains one complete key: ssh-rsa, 3072 bits, SHA256:"),
        ("two", "several public keys"),
        ("wrapped", "wrapped, quoted, joined or among other text"),
    ],
)
async def test_what_is_no_usable_key_is_named(keys: dict[str, bytes], name: str, told: str) -> None:
    outcome = await checked(ssh2_key.STEP, {**KEY, "ssh2-key.key_file": name}, ScriptedWorld(files=keys))
    assert codes(outcome, Status.FAIL) == {"ssh2-key-format"}
    assert told in finding(outcome, "ssh2-key-format").seen
    assert "PRIVATE" not in str(outcome)


async def test_a_kind_of_key_that_oracle_does_not_name_is_a_warning(keys: dict[str, bytes]) -> None:
    outcome = await checked(ssh2_key.STEP, {**KEY, "ssh2-key.key_file": "ed25519.pub"}, ScriptedWorld(files=keys))
    assert (codes(outcome, Status.FAIL), codes(outcome, Status.WARN)) == (set(), {"ssh2-key-format"})
    assert "ssh-ed25519" in finding(outcome, "ssh2-key-format").seen


async def test_a_mended_key_is_offered_as_a_file_and_not_read_from_the_mail_again(keys: dict[str, bytes]) -> None:
    world = ScriptedWorld(files=keys)
    outcome = await checked(ssh2_key.STEP, {**KEY, "ssh2-key.key_file": "wrapped"}, world)
    right = read_key_file(keys["rsa.pub"]).key
    fix = finding(outcome, "ssh2-key-format").fix
    assert fix is not None
    ((path, kept),) = ((f"/kept/{name}", content) for name, content in (world.kept or {}).items())
    assert fix.answers == {"ssh2-key.key_file": path}
    reading = read_key_file(kept)
    assert reading.form is Form.SSH2
    assert reading.key is not None
    assert right is not None
    assert reading.key.blob == right.blob
    known = known_of(ssh2_key.STEP, {**KEY, **fix.answers, "ssh2-key.mended": outcome.facts["mended"]})
    assert all("key_file" not in visit.brings.values() for visit in ssh2_key.STEP.visits(known))


async def test_of_several_keys_none_is_chosen(keys: dict[str, bytes]) -> None:
    world = ScriptedWorld(files=keys)
    outcome = await checked(ssh2_key.STEP, {**KEY, "ssh2-key.key_file": "two"}, world)
    found = finding(outcome, "ssh2-key-format")
    assert (found.fix, world.kept) == (None, {})
    assert "does not choose one of them" in found.remedy


async def test_where_no_file_can_be_written_the_mended_key_is_told(keys: dict[str, bytes]) -> None:
    world = ScriptedWorld(files=keys, kept=None)
    outcome = await checked(ssh2_key.STEP, {**KEY, "ssh2-key.key_file": "wrapped"}, world)
    right = read_key_file(keys["rsa.pub"]).key
    assert right is not None
    assert finding(outcome, "ssh2-key-format").fix is None
    assert right.one_line().split()[1] in finding(outcome, "ssh2-key-format").remedy


async def test_the_wait_for_oracle_counts_business_days(keys: dict[str, bytes]) -> None:
    values: dict[str, Value] = {**KEY, "ssh2-key.key_file": "rsa.pub", "ssh2-key.status": "Processing"}
    first = await checked(ssh2_key.STEP, values, ScriptedWorld(files=keys))
    assert first.verdict is Verdict.WAITING
    assert codes(first, Status.FAIL) == set()
    assert "business day 1;" in finding(first, "ssh2-key-pending").seen
    learned = {f"ssh2-key.{name}": value for name, value in first.facts.items()}
    a_week_on = ScriptedWorld(files=keys, time=NOW + timedelta(days=7))
    later = await checked(ssh2_key.STEP, {**values, **learned}, a_week_on)
    assert "business day 6;" in finding(later, "ssh2-key-pending").seen
    assert later.waiting is not None
    assert later.waiting.since == NOW
    learned["ssh2-key.fingerprint"] = "SHA256:of another key"
    again = await checked(ssh2_key.STEP, {**values, **learned}, a_week_on)
    assert "business day 1;" in finding(again, "ssh2-key-pending").seen


async def test_a_key_file_that_is_not_there_is_no_fail() -> None:
    outcome = await checked(ssh2_key.STEP, {**KEY, "ssh2-key.key_file": "gone"}, ScriptedWorld())
    assert (outcome.verdict, codes(outcome, Status.UNKNOWN)) == (Verdict.UNKNOWN, {"file-unreadable"})


def test_the_attachment_is_uploaded_as_it_came() -> None:
    upload = ssh2_key.STEP.visits(known_of(ssh2_key.STEP, KEY))[4]
    assert upload.entries["Select"] == Carried("Attachment")
    saved: dict[str, Value] = {**KEY, "ssh2-key.key_file": "~/cx.pub"}
    upload = ssh2_key.STEP.visits(known_of(ssh2_key.STEP, saved))[4]
    assert upload.entries["Select"] == FileRef("~/cx.pub")


SPECIFICATION: dict[str, Value] = {
    "source-connectivity.job_name": "Import",
    "exported-file.name": "CUSTOMERS.csv.gpg",
    "destination-specification.file_name": "CUSTOMERS",
    "destination-specification.extension": ".csv",
    "destination-specification.encryption": "Compress and encrypt file with PGP/GPG key",
    "destination-specification.delimiter": "Pipe",
    "generate-key.key_name": "responsys",
}


async def test_the_import_is_told_the_name_that_was_seen() -> None:
    step = source_specification.STEP
    outcome = await checked(step, SPECIFICATION, ScriptedWorld())
    assert (outcome.verdict, codes(outcome, Status.FAIL)) == (Verdict.CONFIRMABLE, set())
    entries = step.visits(known_of(step, SPECIFICATION))[0].entries
    assert (entries["File name"], entries["Field delimiter"]) == ("CUSTOMERS.csv.gpg", "Pipe")
    wrong: dict[str, Value] = {**SPECIFICATION, "source-specification.file_name": "CUSTOMERS.csv"}
    outcome = await checked(step, wrong, ScriptedWorld())
    assert codes(outcome, Status.FAIL) == {"file-name-mismatch"}
    fix = finding(outcome, "file-name-mismatch").fix
    assert fix is not None
    assert codes(await checked(step, {**wrong, **fix.answers}, ScriptedWorld()), Status.FAIL) == set()


async def test_unticked_boxes_are_named() -> None:
    values: dict[str, Value] = {**SPECIFICATION, "source-specification.first_line": False}
    values["source-specification.encrypted"] = False
    outcome = await checked(source_specification.STEP, values, ScriptedWorld())
    assert codes(outcome, Status.FAIL) == {"first-line-off", "encrypted-off"}
