"""The OpenPGP public keys that the account has imported, in a real gpg home of the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cxr_tui.sandbox.shared.gpg import run_gpg

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
        ok, listed, _ = await self._gpg("--with-colons", "--import-options", "show-only", "--import", data=data)
        records = [line.split(":") for line in listed.decode("utf-8", "replace").splitlines()]
        if any(record[0] in ("sec", "ssb") for record in records):
            raise KeyRefusedError("The file holds a private key; choose a public key")
        fingerprints = _primary_fingerprints(records)
        if not ok or not fingerprints:
            raise KeyRefusedError("The file is not a PGP/GPG public key")
        if len(fingerprints) > 1:
            raise KeyRefusedError("The file holds more than one public key")
        ok, _, said = await self._gpg("--import", data=data)
        if not ok:
            raise KeyRefusedError(f"The key could not be imported: {said.decode('utf-8', 'replace').strip()}")
        self.keys[name] = fingerprints[0]

    async def encrypt(self, plain: Path, target: Path, name: str, *, compress: bool) -> None:
        """Encrypt a file to a key, with OpenPGP's own ZIP compression or none; EncryptionError."""
        if name not in self.keys:
            raise EncryptionError(f'There is no public key named "{name}"')
        algorithm = "zip" if compress else "none"
        ok, _, said = await self._gpg(
            *("--trust-model", "always", "--compress-algo", algorithm),
            *("--recipient", self.keys[name], "--yes", "--output", str(target), "--encrypt", str(plain)),
        )
        if not ok:
            raise EncryptionError(said.decode("utf-8", "replace").strip() or "gpg failed")

    async def _gpg(self, *arguments: str, data: bytes = b"") -> tuple[bool, bytes, bytes]:
        # Never before the machine's own time: keys are made by real gpg and would come from the future.
        now = max(self._now(), datetime.now(UTC)).strftime("%Y%m%dT%H%M%S")
        options = ("--no-autostart", "--faked-system-time", now)
        ok, out, err = await run_gpg(self._home, *options, *arguments, data=data)
        return ok, out, b"\n".join(line for line in err.splitlines() if b"faked system time" not in line)


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
