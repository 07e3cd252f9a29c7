"""The gateway to OpenPGP files: gpg in another thread, within a time limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cxr_tui.domain.errors import GpgUnusableError
from cxr_tui.domain.responsys_data import MessageInfo, PublicKeyInfo
from cxr_tui.gateways.openpgp.message import read_message
from cxr_tui.gateways.openpgp.public_key import read_public_key
from cxr_tui.system.threads import run_in_thread

LIMIT_SECONDS = 30.0

Found = TypeVar("Found")


class GpgOpenPgp:
    """Implements `cxr_tui.domain.ports.OpenPgp`, without state."""

    async def read_public_key(self, data: bytes) -> PublicKeyInfo:
        """Read one public key, armored or binary; OpenPgpError names the type of other data."""
        return await self._in_time(lambda: read_public_key(data))

    async def read_message(self, head: bytes) -> MessageInfo:
        """Read the outer packets of a message from its first bytes; GpgUnusableError."""
        return await self._in_time(lambda: read_message(head))

    async def _in_time(self, read: Callable[[], Found]) -> Found:
        try:
            return await run_in_thread(read, LIMIT_SECONDS, "gpg")
        except TimeoutError:
            raise GpgUnusableError("gpg did not answer in time") from None
