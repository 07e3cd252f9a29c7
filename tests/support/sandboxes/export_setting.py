"""Export jobs of a Responsys twin made through its pages, and the OpenPGP key pair that they are made for."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from support.sandboxes.responsys_setting import CONTACT, Stage, key_file

JOB = "Profiles to CX Audience"
KEY_DIALOG = (
    "Data",
    "Connect",
    "Manage Connect",
    "Import Profile Data",
    "Source Specification",
    "Select or import key",
)
COMPLETED = ("Data", "Connect", "Manage Connect", "Completed Jobs")
SPECIFICATION = {
    "File to be created": "CUSTOMERS",
    "Prefix": "No prefix",
    "Suffix": "No suffix",
    "Extension": ".csv",
    "Character set": "Unicode (UTF-8)",
    "Field delimiter": "Comma",
    "Field enclosure": "None",
    "Insert column header as first line": True,
    "Encryption/compression": "Compress and encrypt file with PGP/GPG key",
    "Key": "cx-audience",
    "Additional ready file at completion of download": "Create file with record count",
    "File extension": "ready",
}
PLAIN = {"Encryption/compression": "Do not encrypt or compress file", "Key": ""}
DAILY = {
    "Schedule": "Recurring",
    "Recurring": "Daily",
    "Date": "2026-11-24",
    "Time": "02:15",
    "Every _ days": "1",
    "End date": "No end date",
    "Expiration": "Never expire",
}


class Gpg:
    """A gpg home with one key pair, as CX Audience would have it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        quick = ("--passphrase", "", "--quick-gen-key", "Acme <connect@acme.example>", "rsa2048", "sign", "1y")
        self.run(*quick)
        self.sign_only = self.run("--armor", "--export")
        listed = self.run("--with-colons", "--list-keys").decode()
        fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
        self.run("--passphrase", "", "--quick-add-key", fingerprint, "rsa2048", "encr", "1y")
        self.public = self.run("--armor", "--export")
        self.private = self.run("--armor", "--export-secret-keys")

    def run(self, *arguments: str, data: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--pinentry-mode", "loopback", *arguments]
        return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60).stdout


def gpg_with_a_key_pair() -> Iterator[Gpg]:
    """Make the key pair once for a module; the home is short because of gpg's sockets."""
    home = Path(tempfile.mkdtemp(prefix="g-"))
    try:
        yield Gpg(home)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)


async def step(stage: Stage, name: str, entries: dict[str, Any], press: tuple[str, ...] = ("Save",)) -> dict[str, Any]:
    return (await stage.visit("Data", "Connect", "Manage Connect", JOB, name, entries=entries, press=press)).values


async def import_key(stage: Stage, gpg: Gpg, name: str = "cx-audience") -> None:
    entries = {"New public key name": name, "Choose file": key_file("key.asc", gpg.public)}
    await stage.visit(*KEY_DIALOG, entries=entries, press=("Import",))


async def make_job(stage: Stage, specification: dict[str, Any] | None = None, **schedule: str) -> dict[str, Any]:
    """Go through the wizard as the procedure says and activate; return what the Schedule page shows."""
    create = {"Type of job": "Export Data", "Job name": JOB, "Description": ""}
    await stage.visit("Data", "Connect", "Manage Connect", "Create job", entries=create, press=("Create",))
    await step(stage, "Select object", {"Object": "List", "List": "CUSTOMERS"})
    await step(stage, "Destination Connectivity", {"File location": "Responsys file server", "Path": "download"})
    await step(stage, "Destination Specification", {**SPECIFICATION, **(specification or {})})
    await step(stage, "Notification", {"Send notification to": CONTACT, "When": "On success or failure"})
    return await step(stage, "Schedule", {**DAILY, **schedule}, ("Activate", "Save & Close"))


async def pass_next_run(stage: Stage) -> datetime:
    due = stage.twin.jobs.next_run(JOB)
    assert due is not None
    await stage.clock.advance(due + timedelta(minutes=1))
    return due


def exported(stage: Stage, name: str) -> bytes:
    return stage.twin.file_server.path(f"download/{name}").read_bytes()
