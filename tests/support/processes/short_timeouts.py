"""The program with less patience: what it waits for with a real network is shortened, so that tests need not wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cxr_tui.gateways.rest.http_client
import cxr_tui.gateways.rest.login_limit
import cxr_tui.gateways.rest.session
import cxr_tui.gateways.sftp.client
import cxr_tui.integration.services
import cxr_tui.preflight.reading.source
import cxr_tui.sandbox.control_call
from cxr_tui.gateways.rest.http_client import Limits
from cxr_tui.gateways.sftp.connection import SshLimits

SHORT = Limits(connect=0.5, silent=0.4, whole=1.5)

Shortened = tuple[tuple[Any, str, object], ...]

PAUSES: Shortened = (
    (cxr_tui.gateways.sftp.client, "CLOSE_SECONDS", 0.5),
    (cxr_tui.gateways.rest.session, "PAUSE_SECONDS", 0.02),
    (cxr_tui.gateways.rest.login_limit, "FAULT_REST_SECONDS", 1.0),
    (cxr_tui.preflight.reading.source, "_FIRST_WAIT", 0.01),
)
"""Between one try and the next: short on any machine."""

REST_LIMITS: Shortened = (
    (cxr_tui.gateways.rest.http_client, "Limits", lambda: SHORT),
    (cxr_tui.gateways.rest.http_client, "PROBE_LIMITS", SHORT),
    (cxr_tui.integration.services, "CLOCK_PATIENCE", 0.3),
    (cxr_tui.sandbox.control_call, "CALL_LIMIT", 5.0),
)
SFTP_LIMITS: Shortened = (
    (cxr_tui.gateways.sftp.client, "SshLimits", lambda: SshLimits(connect=0.5, handshake=1.0, silent=0.4)),
)
"""Until an answer counts as missing: short only where none comes, for a busy machine answers later than that."""


def be_impatient(
    put: Callable[[Any, str, object], object] = setattr, shortened: Shortened = PAUSES + REST_LIMITS + SFTP_LIMITS
) -> None:
    """Shorten what is waited for; `put` may be one that is undone at the end of a test."""
    for module, name, value in shortened:
        getattr(module, name)  # a name that has gone would be shortened in vain
        put(module, name, value)
