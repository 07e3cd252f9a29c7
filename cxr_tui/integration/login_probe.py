"""Trials: one login with one particular secret, by a gateway of its own that no check shares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cxr_tui.domain.answers import Known
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, FILE_SERVER_PASSPHRASE
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.integration.system_io import SystemIo


class Trial(Protocol):
    """Something that can be logged in to once."""

    async def login(self) -> None:
        """Log in; LoginRefusedError, KeyFileError for a wrong passphrase, and the errors of the connection."""

    async def close(self) -> None:
        """Close the connection."""


@dataclass(frozen=True)
class Means:
    """What a trial is made with."""

    known: Known
    clock: ServerClock
    secret: Callable[[], Awaitable[Secret]]
    wait: Callable[[float], Awaitable[None]]
    file_path: Callable[[str], Path]
    system_io: SystemIo
    failed: FailedLogins


def make_trial(base: str, means: Means) -> Trial:
    """Return the trial for the keyring item `base`, with the secret that `means` gives; it counts nothing itself."""
    known = means.known
    if base == FILE_SERVER_PASSPHRASE:
        path = means.file_path(known.text("destination-connectivity.key_file"))
        return KeyFileTrial(path, means.secret, means.system_io)
    http = means.system_io.http(means.clock)
    if base == AUDIENCE_API_PASSWORD:
        from cxr_tui.gateways.rest.audience import AudienceGateway

        url, user = audience_url(known.text("account.audience_token")), known.text("account.audience_api_user")
        return AudienceGateway(url, user, means.secret, means.clock, failed=means.failed, sleep=means.wait, http=http)
    from cxr_tui.gateways.rest.responsys import ResponsysGateway

    field = "account.connect_api_user" if base == CONNECT_API_PASSWORD else "add-user.login_name"
    user = known.text(field)
    return ResponsysGateway(
        login_url(known), user, means.secret, means.clock, failed=means.failed, sleep=means.wait, http=http
    )


class KeyFileTrial:
    """Opens the private key file; nobody outside is asked, so nobody can be locked out by it."""

    def __init__(self, path: Path, passphrase: Callable[[], Awaitable[Secret]], system_io: SystemIo) -> None:
        self._path = path
        self._passphrase = passphrase
        self._system_io = system_io

    async def login(self) -> None:
        """Open the file with the passphrase; KeyFileError says what is wrong."""
        await self._system_io.open_private_key(self._path, await self._passphrase())

    async def close(self) -> None:
        """Nothing is open."""
