"""The OpenPGP public keys that the account has imported, in a gpg home of the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from cxr_tui.sandbox.shared.connect_jobs import RunError
from cxr_tui.sandbox.shared.screens import PageError
from cxr_tui.system.gpg import Gpg, GpgRun


class PublicKeys:
    """Imports and uses keys with gpg; it holds no private key, so it needs no agent."""

    def __init__(self, home: Path, now: Callable[[], datetime]) -> None:
        """`now` is the sandbox's clock: a key that has expired by it is refused by gpg as it would be on that day."""
        self._home = home
        self._now = now
        self.keys: dict[str, str] = {}
        """Fingerprints by the names that the account gave the keys."""

    @cached_property
    def _gpg(self) -> Gpg:
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Gpg(self._home)

    async def import_key(self, name: str, data: bytes) -> None:
        """Import the one public key of a file, armored or not; PageError.

        What the real page refuses is not documented: names in use, and files without one public key (inferred).
        """
        if name in self.keys:
            raise PageError(f'A public key named "{name}" exists already')
        listed = await self._run("--with-colons", "--import-options", "show-only", "--import", data=data)
        # the fingerprint of a primary key follows it; a private key has other rows
        fingerprints = [then[9] for row, then in pairwise(listed.rows()) if (row[0], then[0]) == ("pub", "fpr")]
        if len(fingerprints) != 1:
            raise PageError("The file does not hold one PGP/GPG public key")
        imported = await self._run("--import", data=data)
        # Not the exit code: gpg also asks for an agent, whose socket cannot exist in a folder with a long path.
        if "IMPORT_OK" not in dict(imported.status()):
            raise PageError(f"The key could not be imported: {imported.words()}")
        self.keys[name] = fingerprints[0]

    async def encrypt(self, plain: Path, target: Path, name: str, *, compress: bool) -> None:
        """Encrypt a file to a key, with OpenPGP's own ZIP compression or none; RunError with gpg's own words."""
        if name not in self.keys:
            raise RunError(f'There is no public key named "{name}"')
        algorithm = "zip" if compress else "none"
        ran = await self._run(
            *("--trust-model", "always", "--compress-algo", algorithm),
            *("--recipient", self.keys[name], "--yes", "--output", str(target), "--encrypt", str(plain)),
        )
        if ran.code != 0:
            raise RunError(ran.words())

    async def _run(self, *arguments: str, data: bytes = b"") -> GpgRun:
        # Never before the machine's own time: keys are made by real gpg and would come from the future.
        now = max(self._now(), datetime.now(UTC)).strftime("%Y%m%dT%H%M%S")
        return await asyncio.to_thread(lambda: self._gpg.run("--faked-system-time", now, *arguments, data=data))
