"""The program with less patience: what it waits for with a real network is shortened, so that tests need not wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cxr_tui.gateways.failed_logins
import cxr_tui.gateways.file_server
import cxr_tui.gateways.http
import cxr_tui.gateways.knock
import cxr_tui.gateways.token
import cxr_tui.preflight.remote
import cxr_tui.sandbox.keyring_memory
import cxr_tui.setup.world
from cxr_tui.gateways.http import Limits
from cxr_tui.gateways.ssh_connection import SshLimits

SHORT = Limits(connect=0.5, silent=0.4, whole=1.5)

Shortened = tuple[tuple[Any, str, object], ...]

PAUSES: Shortened = (
    (cxr_tui.gateways.file_server, "CLOSE_SECONDS", 0.5),
    (cxr_tui.gateways.token, "PAUSE_SECONDS", 0.02),
    (cxr_tui.gateways.failed_logins, "FAULT_REST_SECONDS", 1.0),
    (cxr_tui.preflight.remote, "_FIRST_WAIT", 0.01),
)
"""Between one try and the next: short on any machine."""

REST_LIMITS: Shortened = (
    (cxr_tui.gateways.http, "Limits", lambda: SHORT),
    (cxr_tui.gateways.knock, "PATIENCE", SHORT),
    (cxr_tui.setup.world, "CLOCK_PATIENCE", 0.3),
    (cxr_tui.sandbox.keyring_memory, "_LIMIT", 5.0),
)
SFTP_LIMITS: Shortened = (
    (cxr_tui.gateways.file_server, "SshLimits", lambda: SshLimits(connect=0.5, handshake=1.0, silent=0.4)),
)
"""Until an answer counts as missing: short only where none comes, for a busy machine answers later than that."""


def be_impatient(
    put: Callable[[Any, str, object], object] = setattr, shortened: Shortened = PAUSES + REST_LIMITS + SFTP_LIMITS
) -> None:
    """Shorten what is waited for; `put` may be one that is undone at the end of a test."""
    for module, name, value in shortened:
        getattr(module, name)  # a name that has gone would be shortened in vain
        put(module, name, value)
