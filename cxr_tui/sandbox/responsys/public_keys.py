"""The OpenPGP public keys that the account has imported, in a real gpg home of the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

MAX_KEY_FILE = 1024 * 1024


class KeyRefusedError(Exception):
    """The key dialog does not take a file; the text says why."""


class EncryptionError(Exception):
    """gpg could not encrypt; the text is what it said."""


class PublicKeys:
    """Imports and uses keys with gpg; no agent is needed, for there is no private key here."""

    def __init__(self, home: Path, now: Callable[[], datetime]) -> None:
        """`now` is the sandbox's clock: a key that has expired by it is refused by gpg as it would be on that day."""
        self._home = home
        self._now = now
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.keys: dict[str, str] = {}
        """Fingerprints by the names that the account gave the keys."""

    async def import_key(self, name: str, data: bytes) -> None:
        """Import the one public key of a file, armoured or not; KeyRefusedError.

        What the real page refuses is not documented: names in use, private keys and anything that is no key (inferred).
        """
        if not name.strip():
            raise KeyRefusedError("Enter a new public key name")
        if name in self.keys:
            raise KeyRefusedError(f'A public key named "{name}" exists already')
        if len(data) > MAX_KEY_FILE:
            raise KeyRefusedError("The file is too large for a public key")
        if b"PRIVATE KEY" in data:
            raise KeyRefusedError("The file holds a private key; choose a public key")
        status, listed, _ = await self._gpg("--with-colons", "--import-options", "show-only", "--import", data=data)
        records = [line.split(":") for line in listed.decode("utf-8", "replace").splitlines()]
        if any(record[0] in ("sec", "ssb") for record in records):
            raise KeyRefusedError("The file holds a private key; choose a public key")
        fingerprints = _primary_fingerprints(records)
        if status != 0 or not fingerprints:
            raise KeyRefusedError("The file is not a PGP/GPG public key")
        if len(fingerprints) > 1:
            raise KeyRefusedError("The file holds more than one public key")
        status, _, said = await self._gpg("--import", data=data)
        if status != 0:
            raise KeyRefusedError(f"The key could not be imported: {said.decode('utf-8', 'replace').strip()}")
        self.keys[name] = fingerprints[0]

    async def encrypt(self, plain: Path, target: Path, name: str, *, compress: bool) -> None:
        """Encrypt a file to a key, with OpenPGP's own ZIP compression or none; EncryptionError."""
        if name not in self.keys:
            raise EncryptionError(f'There is no public key named "{name}"')
        algorithm = "zip" if compress else "none"
        status, _, said = await self._gpg(
            *("--trust-model", "always", "--compress-algo", algorithm),
            *("--recipient", self.keys[name], "--yes", "--output", str(target), "--encrypt", str(plain)),
        )
        if status != 0:
            raise EncryptionError(said.decode("utf-8", "replace").strip() or f"gpg ended with status {status}")

    async def _gpg(self, *arguments: str, data: bytes = b"") -> tuple[int, bytes, bytes]:
        # Never before the machine's own time: keys are made by real gpg and would come from the future.
        now = max(self._now(), datetime.now(UTC)).strftime("%Y%m%dT%H%M%S")
        options = ("--batch", "--no-tty", "--no-autostart", "--quiet", "--faked-system-time", now)
        process = await asyncio.create_subprocess_exec(
            *("gpg", "--homedir", str(self._home), *options, *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(data)
        said = b"\n".join(line for line in err.splitlines() if b"faked system time" not in line)
        return process.returncode or 0, out, said


def _primary_fingerprints(records: list[list[str]]) -> list[str]:
    """Return the fingerprint that follows each primary key in gpg's listing with colons."""
    found = []
    expected = False
    for record in records:
        if record[0] == "pub":
            expected = True
        elif record[0] == "fpr" and expected:
            found.append(record[9])
            expected = False
    return found
