"""The account's OpenPGP key pairs, made and used by gpg (facts C.8)."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

from cxr_tui.sandbox.shared.connect_jobs import RunError
from cxr_tui.sandbox.shared.screens import PageError
from cxr_tui.system.gpg import Gpg, GpgRun, gpg_home

_KEY_BITS = 2048
"""The page does not say which keys CX Audience makes; RSA of this size is what others can read (inferred)."""


@dataclass(frozen=True)
class KeyPair:
    """One key pair in the list of the dialog."""

    encryption_key_ids: tuple[str, ...]
    armour: str
    """The public key as it is downloaded."""


class KeyPairs:
    """All key pairs of the account, by name; the private halves never leave the gpg home."""

    def __init__(self) -> None:
        self.pairs: dict[str, KeyPair] = {}
        self._closing = ExitStack()

    @cached_property
    def gpg(self) -> Gpg:
        """Return gpg with its home, which is made at the first use; blocking. GpgUnusableError."""
        return self._closing.enter_context(gpg_home())

    async def generate(self, name: str, email: str) -> KeyPair:
        """Make a key pair, from one printable line each; PageError for a name that is taken, OpenPgpError."""
        if name in self.pairs:
            raise PageError(f'A key pair named "{name}" exists already')
        self.pairs[name] = await asyncio.to_thread(self._make, name, email)
        return self.pairs[name]

    async def decrypt(self, message: bytes, name: str) -> bytes:
        """Return the content of a file that is encrypted to the key pair; RunError names its defect."""
        own = self.pairs[name].encryption_key_ids
        ran = await asyncio.to_thread(lambda: self.gpg.run("--decrypt", data=message, agent=True))
        recipients = _recipients(ran)
        if not recipients:
            raise RunError("The file is not encrypted with a PGP/GPG key")
        if not set(recipients) & set(own):
            # another pair of the account might open it, but the job names this one
            raise RunError(
                f'The file is encrypted with another key ({", ".join(recipients)}) than the key pair "{name}"'
                f" ({', '.join(own)})"
            )
        if ran.code != 0:
            raise RunError("The file could not be decrypted: it is damaged or incomplete")
        return ran.output

    async def is_encrypted(self, content: bytes) -> bool:
        """Return whether a file is encrypted to some key."""
        ran = await asyncio.to_thread(lambda: self.gpg.run("--list-only", "--decrypt", data=content))
        return bool(_recipients(ran))

    async def close(self) -> None:
        """End gpg's agent and remove the private keys with the home."""
        await asyncio.to_thread(self._closing.close)

    def _make(self, name: str, email: str) -> KeyPair:
        fingerprint = self.gpg.generate(name, email, _KEY_BITS, "0", None)
        armour = self.gpg.run("--armor", "--export", fingerprint).output.decode()
        rows = self.gpg.run("--with-colons", "--list-keys", fingerprint).rows()
        ids = tuple(row[4] for row in rows if row[0] == "sub" and "e" in row[11])
        return KeyPair(ids, armour)


def _recipients(ran: GpgRun) -> list[str]:
    return [text.split()[0] for word, text in ran.status() if word == "ENC_TO"]
